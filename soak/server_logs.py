"""What the servers write down: how much they computed, and what they complain of."""

import json
import threading
from collections import Counter
from typing import Any

from ecg_testing.processes import LISTENING, ServerProcess
from soak.journal import Journal

COMPUTED_LATE = "computed_after_deadline"

_FORESEEN = (
    "stays as it is: ",  # a broken bundle was published
    "ended with status -9; starting another",  # a worker was killed
    "ExecuteBatchError raised in core",  # the caller had gone before its status could be sent, says gRPC itself
)


class ServerLogs:
    """Reads the servers' logs, and forgets the lines.

    Args:
        journal: where it is told of complaints that nothing explains.

    Attributes:
        counts: what the processes that were drained said they had done, in all.
        drained: how many those were.
        refused_bundles: how often a server refused a bundle.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.drained = 0
        self.refused_bundles = 0

    def read(self, server: ServerProcess) -> None:
        """Read what a server has written since it was read last."""
        with self._lock:
            while server.lines:
                self._read_line(server.lines.pop(0))

    def _read_line(self, line: str) -> None:
        if line.startswith(LISTENING):
            return
        entry = _entry(line)
        if COMPUTED_LATE in entry:
            self.drained += 1
            self.counts.update({name: value for name, value in entry.items() if isinstance(value, int)})
        elif entry.get("level") not in {"INFO", "WARNING"}:
            self._read_complaint(line)

    def _read_complaint(self, line: str) -> None:
        self.refused_bundles += "stays as it is: " in line
        if not any(words in line for words in _FORESEEN):
            self._journal.note_unforeseen(f"a server says {line.strip()[:2000]}")


def _entry(line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
