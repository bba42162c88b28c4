"""A client process that writes each answer down, is killed, and goes on where it was stopped."""

import subprocess
import sys
import time
from pathlib import Path

from ecg_testing.writing_client import read_lines
from soak.account import Outcome
from soak.load import Load
from soak.samples import WRITTEN
from soak.waiting import until

_ENDLESS = 10**9
_REST = 200


class KilledClient:
    """A client that is killed in the middle of a stream, and another one that sends the rest.

    Args:
        address: where it streams to.
        folder: where it writes.
        load: where it is counted, and what the answers should be.
    """

    def __init__(self, address: str, folder: Path, load: Load) -> None:
        self._address = address
        self._file = folder / "answers"
        self._load = load

    def run(self, seconds: float) -> None:
        """Let it stream for so long, kill it, let another one send the rest, and count the answers."""
        kind = self._load.chance.choice(("sync", "async"))
        first = self._start(kind, _ENDLESS)
        try:
            until(lambda: self._file.exists() and bool(read_lines(self._file)), "a client gets an answer")
            time.sleep(seconds)
        finally:
            first.kill()
            first.wait()
        count = len(read_lines(self._file)) + _REST
        status = self._start(kind, count).wait(timeout=120)
        self._count(count, f"a client that went on ended with status {status}")
        self._file.unlink()

    def _start(self, kind: str, count: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ecg_testing.writing_client", self._address, str(self._file), str(count), kind]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def _count(self, expected: int, detail: str) -> None:
        account = self._load.account
        account.send(expected)
        seen: set[int] = set()
        for number, probabilities in read_lines(self._file):
            is_right = self._load.samples[number % WRITTEN].agrees(probabilities)
            if number in seen:
                account.note(Outcome.DUPLICATED, detail=f"recording {number} of a killed client")
            else:
                account.note(
                    Outcome.ANSWERED if is_right else Outcome.WRONG, detail=f"recording {number}: {probabilities}"
                )
            seen.add(number)
        account.note(Outcome.LOST, len(set(range(expected)) - seen), detail)
