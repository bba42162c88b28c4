"""Metrics for whoever comes and asks: GET /metrics, over HTTP."""

import logging
import socket
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, cast

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from ecg_server.addresses import AddressError, address_text

PATH = "/metrics"

# How often it is looked whether to end.
LOOK_SECONDS = 0.1

logger = logging.getLogger(__name__)


class MetricsEndpoint:
    """Answers in threads of its own, so that it answers even while the event loop does not. Begins at once.

    Args:
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        registry: what tells the metrics.

    Attributes:
        url: where they are.

    Raises:
        AddressError: the address is in use, not permitted, or none of this machine.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry) -> None:
        try:
            self._server = _Server(host, port, registry)
        except OSError as error:
            raise AddressError(host, port, error.strerror or str(error), "--metrics-port") from error
        self.url = f"http://{address_text(host, self._server.server_address[1])}{PATH}"
        threading.Thread(target=self._server.serve_forever, args=(LOOK_SECONDS,), name="metrics", daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True  # the leftovers of a server that has just ended are no obstacle
    daemon_threads = True

    def __init__(self, host: str, port: int, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.address_family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        super().__init__((host, port), _Answer)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's
        """Write down what went wrong, unless it is that the caller has gone."""
        error = sys.exception()
        if not isinstance(error, OSError):
            logger.error("the metrics could not be told", exc_info=error)


class _Answer(BaseHTTPRequestHandler):
    timeout = 10.0  # seconds, so that nobody keeps a thread for ever by asking slowly

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        encode, content_type = choose_encoder(self.headers.get("Accept", ""))
        self._send(HTTPStatus.OK, content_type, encode(cast("_Server", self.server).registry))

    def send_error(self, *_: object, **__: object) -> None:
        """Answer whatever else is asked."""
        self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"GET /metrics is all there is\n")

    def version_string(self) -> str:
        """Return who answers."""
        return "ecg-server"

    def log_message(self, *_: object) -> None:
        """Write nothing: who asks comes every few seconds."""

    def _send(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
