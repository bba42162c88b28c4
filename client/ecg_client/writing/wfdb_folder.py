"""WFDB records: for each recording a header (`.hea`) and a signal file (`.dat`) of 16 bits."""

import dataclasses
import importlib
import re
import tempfile
from collections.abc import Container
from pathlib import Path
from typing import Any

from ecg_client.errors import MissingExtraError, UnwritableRecordingError
from ecg_client.formats.wfdb_comments import comments_of, metadata_from_comments
from ecg_client.recording import LeadName, Recording
from ecg_client.writing.digitising import Digitised, digitised
from ecg_client.writing.written import Written, lost_fields

_NOT_IN_NAMES = re.compile(r"[^-\w]+", re.ASCII)
# The header comes last.
_SUFFIXES = (".dat", ".hea")
_ELSEWHERE = "give another folder as --output"


@dataclasses.dataclass(slots=True)
class WfdbFolder:
    """A folder of WFDB records.

    Attributes:
        path: The folder; it is made when it is missing.
        name: What to call the only record of this folder; None: records are called by their recording ids.
        replaces: Whether records that are there already are written anew.
        spared: Files that are not replaced even so, such as recordings that are still to be read.
        count: Records written so far.
    """

    path: Path
    name: str | None = None
    replaces: bool = False
    spared: Container[Path] = ()
    count: int = 0
    _names: set[str] = dataclasses.field(default_factory=set)

    def add(self, recording: Recording) -> Written:
        """Writes a record, with its sample rate and leads as they are; it is there whole, or not at all.

        In a recording id, each run of characters that no record may be called by becomes one `_`, and a name that this
        folder was given already gets `-2`, `-3` and so on.

        Returns:
            What was written. What is known of the patient stands in comments; infarction stages are lost.

        Raises:
            UnwritableRecordingError: The record is there already, a spared file is, or no WFDB record can hold
                the signal.
            MissingExtraError: The `wfdb` package is not installed.
            OSError: The folder cannot be written to.
        """
        wfdb = _import_wfdb()
        name = self.name or self._free_name(record_name(recording.recording_id))
        self._refuse_spared(name)
        self._names.add(name.casefold())
        if not self.replaces and any(path.exists() for path in self._files(name)):
            raise UnwritableRecordingError(f"{self.path / name}.hea is there already; --force replaces it")
        signal = digitised(recording)
        self.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.path, prefix=".ecg-") as folder:
            _write(wfdb, folder, name, recording, signal)
            # Whatever stops this in between, no header ever says of other samples what it said of its own.
            (self.path / f"{name}.hea").unlink(missing_ok=True)
            for path in self._files(name):
                (Path(folder) / path.name).replace(path)
        self.count += 1
        is_renamed = name not in {self.name, recording.recording_id}
        read_back = metadata_from_comments(comments_of(recording.metadata))
        return Written(name, lost_fields(recording.metadata, read_back), is_renamed)

    def finish(self) -> None:
        """Does nothing: each record is there as soon as it is added."""

    def _files(self, name: str) -> list[Path]:
        return [self.path / f"{name}{suffix}" for suffix in _SUFFIXES]

    def _refuse_spared(self, name: str) -> None:
        for path in self._files(name):
            if path in self.spared:
                raise UnwritableRecordingError(f"{path} belongs to a recording that is still to be read; {_ELSEWHERE}")

    def _free_name(self, name: str) -> str:
        number, free = 1, name
        while free.casefold() in self._names:
            number, free = number + 1, f"{name}-{number + 1}"
        return free


def record_name(text: str) -> str:
    """Returns the name of a record for a recording id: letters, digits, `-` and `_` alone."""
    return _NOT_IN_NAMES.sub("_", text) or "recording"


def _import_wfdb() -> Any:
    try:
        return importlib.import_module("wfdb")
    except ImportError as error:
        raise MissingExtraError("Writing WFDB records", "wfdb") from error


def _write(wfdb: Any, folder: str, name: str, recording: Recording, signal: Digitised) -> None:
    count = len(recording.lead_names)
    wfdb.wrsamp(
        name,
        fs=float(recording.sample_rate_hz),
        units=["mV"] * count,
        sig_name=[_usual(lead) for lead in recording.lead_names],
        d_signal=signal.samples.astype(int),
        fmt=["16"] * count,
        adc_gain=list(signal.gains),
        baseline=list(signal.baselines),
        comments=list(comments_of(recording.metadata)),
        write_dir=folder,
    )


def _usual(lead: LeadName) -> str:
    return lead.name.replace("AV", "aV")
