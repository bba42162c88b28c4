"""The audit log: who was told what of which recording, by which model."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from ecg.v1 import prediction_pb2 as pb
from ecg_server.call import Call
from ecg_server.records.audit_file import AuditFile, Entry
from ecg_server.records.background_writer import CAPACITY, BackgroundWriter
from ecg_server.records.line_file import RecordsError
from ecg_server.records.time_text import utc_text


def utc_today() -> date:
    """Return the day it is in UTC."""
    return datetime.now(UTC).date()


class AuditLog:
    """Writes one line for each recording answered, in a thread, behind the lines that are there already.

    While it cannot be written recordings are answered without it, `problem` makes the server NOT_SERVING, and the next
    line that can be written says in `lost` how many could not.

    Args:
        path: the file, to whose name the day is added.
        today: which day it is.
        capacity: lines that may wait.

    Raises:
        RecordsError: it cannot be written, or another process writes to it.
    """

    def __init__(self, path: Path, today: Callable[[], date] = utc_today, capacity: int = CAPACITY) -> None:
        try:
            self._file = AuditFile(path, today)
        except OSError as error:
            raise RecordsError("the audit log", path, error) from error
        self._software = version("ecg-classifier")
        self._writer: BackgroundWriter[Entry] = BackgroundWriter(f"the audit log {path}", self._write, capacity)

    @property
    def problem(self) -> str | None:
        """Why lines are being lost, and what to do; None: they are not."""
        return self._writer.problem

    def write(self, call: Call, input_sha256: str, answer: pb.Prediction | pb.RecordingError) -> None:
        """Have a line written on a recording that is answered. Never waits and never fails.

        Args:
            call: the call it came with.
            input_sha256: its digest, as `input_digest` gives it.
            answer: what the caller is told of it.
        """
        self._writer.put(
            {
                "time": utc_text(time.time()),
                "request_id": call.request_id,
                "caller": call.caller or call.peer,
                "method": call.method,
                "input_sha256": input_sha256,
                **(_decision(answer) if isinstance(answer, pb.Prediction) else {"error": answer.reason}),
                "software": self._software,
            }
        )

    def check(self, seconds: float) -> str | None:
        """Try to write, if that failed before; return the problem since the last check; blocks while the disk does."""
        return self._writer.check(seconds)

    def close(self) -> None:
        """Write what is still to be written, and end."""
        self._writer.close()
        self._file.close()

    def _write(self, entry: Entry | None, lost: int) -> None:
        if entry is not None or lost:
            losses = {"lost": lost} if lost else {}
            self._file.write({**(entry or {"time": utc_text(time.time())}), **losses})


def _decision(prediction: pb.Prediction) -> Entry:
    """Return what was said of a recording, with the figures that said it and all that they depend on."""
    reasons = (pb.AbstentionReason.Name(one.reason) for one in prediction.abstentions)
    return {
        "positive": [one.code for one in prediction.classes if one.is_positive],
        "probabilities": {one.code: round(one.probability, 6) for one in prediction.classes},
        "abstentions": list(dict.fromkeys(reason.removeprefix("ABSTENTION_REASON_") for reason in reasons)),
        "model": {
            "name": prediction.model.name,
            "version": prediction.model.version,
            "sha256": prediction.model.sha256,
        },
        "operating_point": prediction.operating_point,
    }
