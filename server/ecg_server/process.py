"""A server process: runs a server until it is told to stop, alone or as one of several workers."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import Any

from ecg_model.errors import BundleError
from ecg_model.loading import load_classifier
from ecg_server.addresses import AddressError
from ecg_server.server import EcgServer
from ecg_server.settings import ServerSettings
from ecg_server.workers import READY, Supervisor

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def run_server(settings: ServerSettings, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` is told the port once the server is SERVING.

    Raises:
        AddressError: the server cannot listen where it was told to.
        BundleError: the model cannot be served.
        WorkerError: with several workers, why one of them cannot serve.
    """
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    _run(_serve(settings, on_ready) if settings.workers == 1 else _supervise(settings, on_ready))


def run_worker(settings: ServerSettings, reports: Connection) -> None:
    """Serve as one of several workers; report READY, or in one line why not."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    try:
        _run(_serve(settings, lambda _: reports.send(READY)))
    except (AddressError, BundleError) as error:
        reports.send(str(error))


async def _serve(settings: ServerSettings, on_ready: Callable[[int], None]) -> None:
    stopping = _stop_signal()
    server = EcgServer(settings, lambda: load_classifier(settings.model, settings.runtime, settings.threads))
    try:
        on_ready(await _start(server, stopping))
        await stopping.wait()
    finally:
        await server.drain()


async def _start(server: EcgServer, stopping: asyncio.Event) -> int:
    """Start a server and return its port; end the process when it is told to stop before it is ready."""
    starting = asyncio.create_task(server.start())
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait([starting, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not starting.done():
        # Nothing was received, and the thread that loads a model cannot be interrupted.
        logging.shutdown()
        os._exit(0)
    return await starting


async def _supervise(settings: ServerSettings, on_ready: Callable[[int], None]) -> None:
    stopping = _stop_signal()
    supervisor = Supervisor(settings, run_worker)
    try:
        await supervisor.start()
        on_ready(supervisor.port)
        keeping = asyncio.create_task(supervisor.keep_running())
        await stopping.wait()
        keeping.cancel()
        await asyncio.wait([keeping])
    finally:
        await supervisor.drain()


def _stop_signal() -> asyncio.Event:
    """Return what is set when this process is to stop: by a signal, or because the parent of the workers is gone."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    parent = multiprocessing.parent_process()
    if parent is not None:
        loop.add_reader(parent.sentinel, stopping.set)
    return stopping


def _run(serving: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serving)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop where the platform has it: it costs the least CPU for a recording."""
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
