"""A server process: runs a server until it is told to stop, alone or as one of several workers."""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from ecg_model.classifier import Classifier
from ecg_model.errors import BundleError
from ecg_model.loading import load_classifier
from ecg_server.access.errors import AccessError
from ecg_server.access.exposure import check_exposure, exposure_notice
from ecg_server.addresses import AddressError
from ecg_server.memory import keep_memory_level
from ecg_server.own_thread import wait_for_own_threads
from ecg_server.records.line_file import RecordsError
from ecg_server.records.logs import Logs, start_logs
from ecg_server.server import EcgServer
from ecg_server.settings import ServerSettings
from ecg_server.telemetry.telemetry import TelemetryError
from ecg_server.workers import READY, Supervisor

# Beyond the time that calls have to end, what else may take in a drain. Then what still runs is left behind.
GRACE_SECONDS = 2.0

logger = logging.getLogger(__name__)


def run_server(settings: ServerSettings, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` is told the port once the server is SERVING.

    Raises:
        AccessError: plain text would leave the machine, or the tokens or certificates cannot be used.
        AddressError: the server cannot listen where it was told to.
        BundleError: the model cannot be served.
        RecordsError: the log or the audit log cannot be written.
        TelemetryError: metrics or traces cannot be told.
        WorkerError: with several workers, why one of them cannot serve.
    """
    check_exposure(settings.host, settings.access)
    is_alone = settings.workers == 1
    # Who only supervises answers no recording.
    records = settings.records if is_alone else replace(settings.records, audit=None)
    with start_logs(records) as logs:
        notice = exposure_notice(settings.host, settings.access)
        if notice is not None:
            logger.warning(notice)
        _run(_serve(settings, logs, on_ready) if is_alone else _supervise(settings, on_ready))


def run_worker(settings: ServerSettings, reports: Connection) -> None:
    """Serve as one of several workers; report READY, or in one line why not."""
    # Ctrl-C reaches the whole group of processes, but it is the parent that tells its workers when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with start_logs(settings.records, multiprocessing.current_process().name) as logs:
            _run(_serve(settings, logs, lambda _: reports.send(READY)))
    except (AccessError, AddressError, BundleError, RecordsError, TelemetryError) as error:
        reports.send(str(error))


async def _serve(settings: ServerSettings, logs: Logs, on_ready: Callable[[int], None]) -> None:
    stopping = _stop_signal()
    server = EcgServer(settings, lambda model: _load(model, settings), logs)
    starting = asyncio.create_task(server.start())
    try:
        if not await _comes_first(starting, stopping):
            # Nothing was received, and the thread that loads a model cannot be interrupted.
            _leave(logs, status=0)
        port = starting.result()
        with _on_hangup(server.renew_models):
            on_ready(port)
            await stopping.wait()
    finally:
        await _drain(server, settings.drain_seconds + GRACE_SECONDS, logs)


async def _drain(server: EcgServer, seconds: float, logs: Logs) -> None:
    try:
        await asyncio.wait_for(server.drain(), seconds)
    except TimeoutError:
        logger.error("something did not end in %g s and is left behind", seconds)  # noqa: TRY400 - it has no traceback
        # A thread that is stuck in the network would keep the process from ending.
        _leave(logs, status=1)
    if not wait_for_own_threads(GRACE_SECONDS):
        # All is answered. A model that is being loaded, or checked, is not waited for.
        _leave(logs, status=0)


def _leave(logs: Logs, status: int) -> None:
    """End the process now, whatever its threads do."""
    logs.close()
    os._exit(status)


def _load(model: str, settings: ServerSettings) -> Classifier:
    return load_classifier(model, settings.runtime, settings.threads, settings.operating_point)


async def _supervise(settings: ServerSettings, on_ready: Callable[[int], None]) -> None:
    stopping = _stop_signal()
    supervisor = Supervisor(settings, run_worker)
    running = asyncio.create_task(supervisor.start())
    try:
        if await _comes_first(running, stopping):
            running.result()
            running = asyncio.create_task(supervisor.keep_running())
            with _on_hangup(supervisor.renew_models):
                on_ready(supervisor.port)
                await stopping.wait()
    finally:
        running.cancel()
        await asyncio.wait([running])
        await supervisor.drain()


async def _comes_first(task: asyncio.Task[Any], stopping: asyncio.Event) -> bool:
    """Wait until a task has ended, which is True, or until the process is told to stop."""
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    return task.done()


@contextmanager
def _on_hangup(renew: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Have models loaded anew whenever SIGHUP comes."""
    loop = asyncio.get_running_loop()
    renewals: set[asyncio.Task[None]] = set()  # the event loop itself does not hold on to a task

    def begin() -> None:
        renewals.add(renewal := loop.create_task(renew()))
        renewal.add_done_callback(renewals.discard)

    loop.add_signal_handler(signal.SIGHUP, begin)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        for renewal in renewals:
            renewal.cancel()


def _stop_signal() -> asyncio.Event:
    """Return what is set when this process is to stop: by a signal, or because the parent of the workers is gone."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    parent = multiprocessing.parent_process()
    if parent is None:
        loop.add_signal_handler(signal.SIGINT, stopping.set)
    else:
        loop.add_reader(parent.sentinel, stopping.set)
    return stopping


def _run(serving: Coroutine[Any, Any, None]) -> None:
    keep_memory_level()
    # A thread that has finished a batch waits for the interpreter while another one holds it, which may take a whole
    # interval while a core idles. Python's own interval is 5 ms.
    sys.setswitchinterval(0.001)
    # Until there are models to load anew, it means nothing.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serving)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return uvloop where the platform has it: it costs the least CPU for a recording."""
    try:
        import uvloop  # noqa: PLC0415 - not there on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
