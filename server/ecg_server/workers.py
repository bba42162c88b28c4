"""Several server processes on one port, under one parent that restarts a dead one and drains all on SIGTERM.

The processes are spawned, never forked: gRPC and TensorFlow do not survive a fork. The kernel shares the connections
out among them (SO_REUSEPORT), each has its share of the cores, and a process listens only once it can answer.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from ecg_server.addresses import check_address_is_free
from ecg_server.settings import ServerSettings

RESTART_AFTER_SECONDS = 1.0
# Beyond the time that a worker has for its calls, what it may take to end.
GRACE_SECONDS = 3.0
READY = ""

# What a worker process runs: it reports READY, or why it cannot serve, through the connection.
RunWorker = Callable[[ServerSettings, Connection], None]

logger = logging.getLogger(__name__)


class WorkerError(Exception):
    """A worker cannot serve. Its text is one line."""


class Supervisor:
    """The parent of the server processes.

    Args:
        settings: of the whole server; `workers` says how many processes.
        run_worker: what a process runs.
    """

    def __init__(self, settings: ServerSettings, run_worker: RunWorker) -> None:
        check_address_is_free(settings.host, settings.port)
        self._reservation = _reserve_port(settings.host, settings.port)
        self.port: int = self._reservation.getsockname()[1]
        self._settings = replace(settings, port=self.port)
        self._run_worker = run_worker
        self._processes: dict[int, BaseProcess] = {}
        self._is_stopping = False

    async def start(self) -> None:
        """Start all workers; return once all are SERVING.

        Raises:
            WorkerError: one of them cannot serve.
        """
        await asyncio.gather(*(self._start(index) for index in range(self._settings.workers)))

    async def keep_running(self) -> None:
        """Restart workers that die, until cancelled."""
        await asyncio.gather(*(self._keep(index) for index in range(self._settings.workers)))

    async def renew_models(self) -> None:
        """Tell all workers to load their models anew."""
        for process in self._processes.values():
            if process.is_alive() and process.pid is not None:
                os.kill(process.pid, signal.SIGHUP)

    async def drain(self) -> None:
        """Tell all workers to answer what they have received and to stop; end those that do not."""
        self._is_stopping = True
        for process in self._processes.values():
            process.terminate()
        exits = [asyncio.create_task(_exit_of(process)) for process in self._processes.values()]
        if exits:
            await asyncio.wait(exits, timeout=self._settings.drain_seconds + GRACE_SECONDS)
        for process in self._processes.values():
            if process.is_alive():
                logger.error("%s did not stop in time and was killed", process.name)
                process.kill()
        await asyncio.gather(*exits)
        self._reservation.close()

    async def _start(self, index: int) -> None:
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        settings = with_own_metrics_port(self._settings, index)
        process = context.Process(target=self._run_worker, args=(settings, sender), name=f"worker-{index}")
        process.start()
        sender.close()
        self._processes[index] = process
        problem = await asyncio.to_thread(_receive, receiver)
        if problem != READY:
            raise WorkerError(problem)

    async def _keep(self, index: int) -> None:
        while True:
            await _exit_of(self._processes[index])
            if self._is_stopping:
                return
            logger.error("worker %d ended with status %s; starting another", index, self._processes[index].exitcode)
            await asyncio.sleep(RESTART_AFTER_SECONDS)
            try:
                await self._start(index)
            except (WorkerError, OSError) as error:
                logger.error("worker %d cannot serve: %s", index, error)  # noqa: TRY400 - foreseen; one line says it


def with_own_metrics_port(settings: ServerSettings, index: int) -> ServerSettings:
    """Return the settings of one of several workers: what each of them counts it tells on a port of its own."""
    first = settings.telemetry.metrics_port
    # A port of 0 is each time another one.
    if not first:
        return settings
    return replace(settings, telemetry=replace(settings.telemetry, metrics_port=first + index))


def _receive(receiver: Connection) -> str:
    try:
        return str(receiver.recv())
    except EOFError:
        return "a server process ended before it could serve"


async def _exit_of(process: BaseProcess) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()


def _reserve_port(host: str, port: int) -> socket.socket:
    """Hold the port, without listening, so that it stays ours while no worker is up; port 0 picks a free one."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    reservation = socket.socket(family, kind, protocol)
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reservation.bind(address)
    return reservation
