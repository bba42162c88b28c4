"""What is in files that somebody dropped on the page: recordings as the contract has them, and what could not be read.

It runs in a process of its own (`reader_process`), for readers meet files from anywhere.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from ecg_client.convert import recording_to_proto, signal_byte_count
from ecg_client.errors import EcgError, MissingExtraError, UnreadableFileError
from ecg_client.formats.catalogue import SUFFIXES, format_of
from ecg_client.formats.file_format import HEAD_BYTES, Stated
from ecg_client.formats.wfdb_channels import signal_file_names
from ecg_client.formats.wfdb_record import wfdb_header
from ecg_client.recording import Recording
from ecg_gateway.page.strangers import is_stranger, stranger_text

GREATEST_SIGNAL_BYTES = 1 << 25
"""How many bytes of signals an answer holds."""

# What nobody would think missing in a file, and only the one who made it knows.
_UNSTATED = "This file does not say how many samples a second has, or in what unit they are. Say it, and read it again."
_TRIAL = Stated(500.0, "uV")


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no recording of a file.

    Attributes:
        file: Name of the file.
        message: What is wrong, and what to do, in words.
        is_ecg: Whether it is an ECG, or is called like one; False: in a folder it can be passed over.
        is_unstated: Whether it could be read if its sample rate and its unit were stated.
    """

    file: str
    message: str
    is_ecg: bool = True
    is_unstated: bool = False


def read_files(folder: Path, stated: Stated) -> dict[str, Any]:
    """Read what is in a folder.

    Args:
        folder: The folder; files that belong together lie in it side by side.
        stated: What the caller states of files that do not say it.

    Returns:
        `recordings`, each with its `file`, its `number` in it, its `format`, its `remarks` and the `recording` in
        ProtoJSON; `problems`, one for each file of which there is no recording; and `left_out_count`, how many
        recordings would have been too much for one answer.
    """
    recordings: list[dict[str, Any]] = []
    problems: list[Problem] = []
    left_out, room = 0, GREATEST_SIGNAL_BYTES
    for path in _wanted(folder):
        try:
            for number, (name, recording) in enumerate(_read_file(path, stated)):
                room -= signal_byte_count(recording)
                if room < 0:
                    left_out += 1
                else:
                    recordings.append(recording_to_json(recording, file=path.name, number=number, file_format=name))
        except EcgError as error:
            problems.append(_problem(path, error, stated))
    return {
        "recordings": recordings,
        "problems": [_problem_to_json(problem) for problem in problems],
        "left_out_count": left_out,
    }


def recording_to_json(recording: Recording, *, file: str, number: int, file_format: str) -> dict[str, Any]:
    """Return a recording as the page takes it."""
    return {
        "file": file,
        "number": number,
        "format": file_format,
        "remarks": list(recording.remarks),
        "recording": json_format.MessageToDict(recording_to_proto(recording), preserving_proto_field_name=True),
    }


def _wanted(folder: Path) -> Sequence[Path]:
    """The files of a folder, without those that only hold the samples of a WFDB record that is there as well."""
    paths = sorted(folder.iterdir())
    signals = {name for path in paths if path.suffix.lower() == ".hea" for name in _signal_names(path)}
    return [path for path in paths if path.name not in signals and not _is_companion(path)]


def _signal_names(header: Path) -> Sequence[str]:
    with header.open("rb") as file:
        is_header = not is_stranger(header.name, file.read(HEAD_BYTES))
    return [name for name in signal_file_names(header) if name != header.name] if is_header else []


def _is_companion(path: Path) -> bool:
    return path.suffix.lower() in (".dat", ".mat") and wfdb_header(path).is_file()


def _read_file(path: Path, stated: Stated) -> Iterator[tuple[str, Recording]]:
    if is_stranger(path.name, _head(path)):
        raise UnreadableFileError(path, "a stranger")
    file_format = format_of(path)
    for read in file_format.readers(path, stated):
        yield file_format.name, read()


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _problem(path: Path, error: EcgError, stated: Stated) -> Problem:
    if isinstance(error, MissingExtraError):
        return Problem(path.name, f"{error}. Ask whoever runs this page.")
    if not _is_known(path):
        is_meant = path.suffix.lower() in SUFFIXES
        return Problem(path.name, stranger_text(path.name, _head(path)), is_ecg=is_meant)
    remaining = _remaining_error(path, error, stated)
    if remaining is None:
        return Problem(path.name, _UNSTATED, is_unstated=True)
    problem = remaining.problem if isinstance(remaining, UnreadableFileError) else str(remaining)
    return Problem(path.name, f"{problem[:1].upper()}{problem[1:]}.")


def _is_known(path: Path) -> bool:
    if is_stranger(path.name, _head(path)):
        return False
    try:
        format_of(path)
    except UnreadableFileError:
        return False
    return True


def _remaining_error(path: Path, error: EcgError, stated: Stated) -> EcgError | None:
    """What would be wrong with a file if all that can be stated of it were; None: it would be read.

    An error that stating cures has a remedy for the command line, which nobody has at the page.
    """
    trial = Stated(stated.sample_rate_hz or _TRIAL.sample_rate_hz, stated.unit or _TRIAL.unit)
    if trial == stated:
        return error
    try:
        return None if any(True for _ in _read_file(path, trial)) else error
    except EcgError as remaining:
        return remaining


def _problem_to_json(problem: Problem) -> Mapping[str, Any]:
    return {
        "file": problem.file,
        "message": problem.message,
        "is_ecg": problem.is_ecg,
        "is_unstated": problem.is_unstated,
    }
