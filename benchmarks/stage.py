"""The processes of a run: servers and clients, started when first needed, stopped at the end."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from typing import Any, Self, TypeVar

from benchmarks.answers import AnswerKey, network_answers, service_answers
from benchmarks.calls import Load
from benchmarks.measurement import Measurement, Metrics, Window, metrics
from benchmarks.processes import RunningServer, running
from benchmarks.recordings import NATIVE_RATE_HZ, recordings
from benchmarks.settings import Settings
from ecg_model.loading import Runtime

R = TypeVar("R")

Client = Callable[[Load], Measurement]

# Clients that are to begin together are given so long, in seconds, to connect and to finish their warm-up.
CONNECT_SECONDS = 1.0


class ClientFailedError(Exception):
    """What a client did in its process failed; the text says how."""


class Stage:
    """Where the cases of a run find each other's processes.

    Args:
        settings: how the run is done.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._stack = ExitStack()
        # One of each for the whole run.
        self.answers = cache(self._answers)
        self.network_answers = cache(self._network_answers)
        self.server = cache(self._server)
        self._process = cache(self._started_process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ecg_server(self, runtime: Runtime, *flags: str) -> RunningServer:
        """Return this project's server."""
        return self.server("ecg_server", *ecg_server_arguments(self.settings.model, runtime), *flags)

    def window(self, starts_at: float = 0.0) -> Window:
        """Return when a client is to measure."""
        return Window(self.settings.seconds, self.settings.warm_up_seconds, starts_at)

    def load(self, server: RunningServer, **what: Any) -> Load:
        """Return what a client is to do to a server."""
        what.setdefault("answers", self.answers(what.get("sample_rate_hz", NATIVE_RATE_HZ)))
        what.setdefault("window", self.window())
        return Load(server=server, **what)

    def measure(self, client: Client, server: RunningServer, **what: Any) -> Metrics:
        """Return what one client, in a process of its own, measures."""
        return metrics([self.start(client.__name__, client, self.load(server, **what)).result()])

    def measure_together(self, clients: int, client: Client, server: RunningServer, **what: Any) -> Metrics:
        """Return what several clients, each in a process of its own, measure at the same time."""
        names = [f"{client.__name__} {index}" for index in range(clients)]
        for prepared in [self.start(name, _prepare, client) for name in names]:
            prepared.result()
        starts_at = time.monotonic() + CONNECT_SECONDS + self.settings.warm_up_seconds
        load = self.load(server, window=self.window(starts_at), **what)
        return metrics([one.result() for one in [self.start(name, client, load) for name in names]])

    def start(self, process: str, function: Callable[..., R], *arguments: object) -> Future[R]:
        """Run a function in the process of this name."""
        return self._process(process).submit(_plainly, function, *arguments)

    def _answers(self, sample_rate_hz: float = NATIVE_RATE_HZ) -> AnswerKey:
        return self.start("answers", service_answers, self.settings.model, sample_rate_hz).result()

    def _network_answers(self) -> AnswerKey:
        return self.start("answers", network_answers, self.settings.model).result()

    def _server(self, module: str, *arguments: str) -> RunningServer:
        return self._stack.enter_context(running(module, *arguments))

    def _started_process(self, _: str) -> ProcessPoolExecutor:
        # Spawned, not forked: gRPC and TensorFlow do not survive a fork.
        context = multiprocessing.get_context("spawn")
        return self._stack.enter_context(ProcessPoolExecutor(1, mp_context=context, initializer=_hush))


def _hush() -> None:
    """Keep what TensorFlow says on its way up off the terminal. What goes wrong comes back as an exception."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _prepare(_: Client) -> None:
    """Have the client's module imported, which sending the client does, and the recordings made."""
    recordings()


def _plainly(function: Callable[..., R], *arguments: object) -> R:
    """Call a function; what it raises comes back through a pipe, and not every exception survives that."""
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001 - it is raised again, as something that can be sent
        raise ClientFailedError(f"{type(error).__name__}: {error}") from None


def ecg_server_arguments(model: str, runtime: Runtime) -> tuple[str, ...]:
    """Return the flags with which this project's server is measured: a free port, all else as it ships."""
    return ("--model", model, "--runtime", runtime.value, "--port", "0")
