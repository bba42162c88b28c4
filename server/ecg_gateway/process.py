"""A gateway process: listens, and serves until it is told to stop."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from ecg_client.connection import is_of_this_machine
from ecg_gateway.application import build
from ecg_gateway.log import start_log
from ecg_gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from ecg_gateway.metrics import Metrics

# One body of the original service is a thousand lists, and no cycle: Python would look for some after each 700.
GC_THRESHOLD = 20_000

logger = logging.getLogger(__name__)


class StartError(Exception):
    """The gateway cannot start; the text says why and what to do, in one line."""


def run_gateway(settings: GatewaySettings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is told HOST:PORT once the gateway listens.

    Raises:
        StartError: plain text would leave the machine, or the address or certificates cannot be used.
        InvalidCredentialsError: the certificates for the service cannot be used.
    """
    check_exposure(settings)
    if settings.service.tls is not None:
        # They are used when the first call is made, which would be late to say that they cannot be.
        settings.service.tls.credentials()
    metrics = None if settings.metrics_port is None else _metrics()
    config = uvicorn_config(settings, metrics)
    with _listening(settings.host, settings.port) as listener:
        start_log()
        if metrics is not None:
            _tell(metrics, settings)
        address = _text(*listener.getsockname()[:2])

        def on_listening() -> None:
            announce(address)
            logger.info("the page is at %s://%s/", "http" if settings.tls is None else "https", address)

        server = _Server(config, on_listening)
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_serve(server, listener))


def check_exposure(settings: GatewaySettings) -> None:
    """Refuse to let plain text leave the machine, unless the settings say that it may.

    Raises:
        StartError: it would.
    """
    if settings.is_insecure:
        return
    if settings.tls is None and not is_of_this_machine(_text(settings.host, settings.port)):
        raise StartError(
            f"will not listen on {settings.host!r} without TLS: other machines can reach it, or nobody can tell; "
            "give --tls-certificate and --tls-key, or --insecure if anybody on the way may read along"
        )
    service = settings.service
    if service.tls is None and not is_of_this_machine(service.address):
        raise StartError(
            f"will not call the service at {service.address} without TLS: recordings and tokens would leave this "
            "machine in plain text; give --service-tls or --service-authority, or --insecure if anybody may read along"
        )


def uvicorn_config(settings: GatewaySettings, metrics: "Metrics | None" = None) -> uvicorn.Config:
    """Return how uvicorn is to serve the gateway.

    Raises:
        StartError: the certificate or its key cannot be used.
    """
    config = uvicorn.Config(
        build(settings, metrics),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=max(1, round(settings.drain_seconds)),
        ssl_certfile=None if settings.tls is None else settings.tls.certificate,
        ssl_keyfile=None if settings.tls is None else settings.tls.private_key,
        # Python would ask for the password of an encrypted key.
        ssl_keyfile_password="",
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise StartError(
            "cannot use --tls-certificate and --tls-key: give a certificate and its own key, not encrypted, as PEM"
        ) from error
    return config


async def _serve(server: "_Server", listener: socket.socket) -> None:
    # What is there now stays: it need not be looked at again.
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, which tells when it listens, and leaves signals to whoever started it."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def stop(self) -> None:
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn would end the process by the signal that it was stopped with, and not with status 0.
        yield


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, ValueError) as error:
        raise _cannot_listen(host, port, error, "--port") from error
    with listener:
        yield listener


def _metrics() -> "Metrics":
    try:
        from ecg_gateway.metrics import Metrics  # noqa: PLC0415 - most gateways tell nobody
    except ModuleNotFoundError as missing:
        raise StartError(f'--metrics-port needs {missing.name}: pip install "ecg-classifier[telemetry]"') from missing
    return Metrics()


def _tell(metrics: "Metrics", settings: GatewaySettings) -> None:
    port = settings.metrics_port or 0
    try:
        port = metrics.serve(settings.host, port)
    except OSError as error:
        raise _cannot_listen(settings.host, port, error, "--metrics-port") from error
    logger.info("metrics", extra={"port": port})


def _cannot_listen(host: str, port: int, error: Exception, flag: str) -> StartError:
    # Python puts the address behind what the system says, in brackets.
    why = (getattr(error, "strerror", None) or "it is no address").partition(" (")[0]
    return StartError(f"cannot listen on {_text(host, port)}: {why}; choose another --host or {flag}")


def _text(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
