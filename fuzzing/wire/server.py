"""The server under fire: a process of its own, as users start it."""

import subprocess
import sys
import threading
from typing import Self

import psutil

LISTENING = "listening on "
_MEGABYTE = 1 << 20
_START_SECONDS = 120


class ServerUnderFire:
    """`python -m ecg_server --model reference` on a free port.

    Attributes:
        address: where it listens.
        lines: what it wrote to standard error, so far.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ecg_server", "--model", "reference", "--port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.address = ""
        self.lines: list[str] = []
        self._is_listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        if not self._is_listening.wait(_START_SECONDS) or not self.address:
            self.__exit__()
            raise RuntimeError("the server did not start:\n" + "".join(self.lines))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._reader.join()
        if self._process.stderr is not None:
            self._process.stderr.close()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.address.rpartition(":")[2])

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def megabytes(self) -> float:
        """Return how much memory the process has."""
        return psutil.Process(self._process.pid).memory_info().rss / _MEGABYTE

    def _read(self) -> None:
        for line in self._process.stderr or ():
            self.lines.append(line)
            if line.startswith(LISTENING):
                self.address = line.removeprefix(LISTENING).strip()
                self._is_listening.set()
        self._is_listening.set()
