"""Servers in processes of their own, and what those take."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ANNOUNCEMENT = "listening on "
STOP_SECONDS = 30
ROOT = Path(__file__).parents[1]
# What is measured is what lies beside the benchmark, wherever the installed packages come from.
SOURCES = (".", "client", "generated", "server")


class ServerDiedError(Exception):
    """A server ended before it listened; its text is the last that the server said."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answers.

    Attributes:
        address: where, as HOST:PORT.
        pid: its process; others may be below it.
        start_seconds: from the process's start to its "listening on" line, in seconds.
    """

    address: str
    pid: int
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process and all below it, in 10^6 bytes.

    Attributes:
        rss: resident; what several processes share counts for each of them.
        pss: resident, what is shared divided among those who share it; 0 where the system does not tell.
        uss: resident and its own; would be free if it ended.
    """

    rss: float
    pss: float
    uss: float


@contextmanager
def running(module: str, *arguments: str) -> Iterator[RunningServer]:
    """Run a server (`python -m MODULE ...`) and give it once it listens; at the end it is told to stop."""
    started = time.monotonic()
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=_environment()) as process:
        try:
            address = _address(process)
            yield RunningServer(address, process.pid, time.monotonic() - started)
        finally:
            _stop(process)


def cpu_seconds(pid: int | None) -> float:
    """Return the CPU time of a process and all below it so far, in seconds; 0 for none."""
    if pid is None:
        return 0.0
    return sum(times.user + times.system for times in (process.cpu_times() for process in _tree(pid)))


def memory(pid: int) -> Memory:
    """Return the memory of a process and all below it."""
    infos = [process.memory_full_info() for process in _tree(pid)]
    return Memory(*(sum(getattr(info, kind, 0) for info in infos) / 1e6 for kind in ("rss", "pss", "uss")))


def _tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _environment() -> dict[str, str]:
    """Return our environment, less what would configure a server or keep it from starting as an installed one does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECG_", "PYTHONDONTWRITE"))}
    sources = [*(str(ROOT / source) for source in SOURCES), *filter(None, [os.environ.get("PYTHONPATH")])]
    return kept | {"PYTHONPATH": os.pathsep.join(sources)}


def _address(process: subprocess.Popen[str]) -> str:
    said = ["it said nothing"]
    for line in process.stderr or ():
        if line.startswith(ANNOUNCEMENT):
            threading.Thread(target=_read_on, args=(process,), daemon=True).start()
            return line.removeprefix(ANNOUNCEMENT).strip()
        said.append(line)
    raise ServerDiedError(said[-1].strip())


def _read_on(process: subprocess.Popen[str]) -> None:
    # A server whose log nobody reads blocks once the pipe is full.
    for _ in process.stderr or ():
        pass


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
