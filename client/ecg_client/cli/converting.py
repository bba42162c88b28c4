"""`ecg convert`: recordings of any format, written as WFDB records or as one `.npz`."""

import collections
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from ecg_client.cli.options import Files, Folds, SampleRate, Unit
from ecg_client.cli.rendering import terminal
from ecg_client.errors import UnwritableFileError, UnwritableRecordingError
from ecg_client.formats.ptbxl_table import TABLE_NAME, is_ptbxl_folder
from ecg_client.formats.sources import RecordingSource, find_recordings
from ecg_client.recording import Recording
from ecg_client.writing import NpzFile, WfdbFolder, record_name
from ecg_client.writing.unread import UnreadFiles

Output = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="OUT",
        help="Where to write: a folder, for WFDB records that are named after their sources; NAME.hea, for one record; "
        "or NAME.npz, for all recordings in one file.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]

_MAX_REMARKS = 5
# Whoever gives one of these does not mean a folder.
_NOT_WRITTEN = frozenset(
    (
        ".bdf",
        ".csv",
        ".dat",
        ".dcm",
        ".ecg",
        ".edf",
        ".json",
        ".mat",
        ".npy",
        ".parquet",
        ".scp",
        ".tsv",
        ".txt",
        ".xml",
    )
)

NOTE = """\
WFDB records (a header and 16 bits a sample) take any sample rate, length and leads. No sample is clipped, or moved by
more than half a step; integers stay what they are. Age, sex, height, weight and a pacemaker
stand in comments of the header. An .npz holds 10 s at 100 Hz of all twelve leads, with age, sex and
the rest, and with targets where all recordings have them. No patient's name is in either, unless the name of the file
is one.
"""


def convert(  # noqa: PLR0913 - each is an option of the command
    files: Files,
    output: Output,
    fold: Folds = None,
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    force: Force = False,
) -> None:
    """Write recordings as WFDB records, or as one .npz file.

    Asks no service. What cannot be read or written is told, and the others are written all the same.
    """
    if fold and not any(map(is_ptbxl_folder, files)):
        raise typer.BadParameter(f"--fold needs a PTB-XL folder (one with {TABLE_NAME})")
    sources = find_recordings(files, folds=fold, sample_rate_hz=sample_rate, unit=unit)
    if not sources:
        raise typer.BadParameter("nothing to convert: no recording is in these folds")
    # Without --force nothing is replaced, and nothing has to be spared.
    unread = UnreadFiles(sources if force else ())
    conversion = _Conversion(_target(output, len(sources), unread, replaces=force), unread)
    try:
        conversion.run(sources)
    except OSError as error:
        raise UnwritableFileError(output, f"{error.strerror}; give another --output") from error
    conversion.tell(output)
    sys.exit(1 if conversion.problem_count else 0)


def _target(output: Path, source_count: int, unread: UnreadFiles, *, replaces: bool) -> NpzFile | WfdbFolder:
    """What to write; found out before anything is read, as far as it can be."""
    if output.suffix == ".npz":
        return _npz_target(output, replaces=replaces)
    if output.suffix.lower() in _NOT_WRITTEN and not output.is_dir():
        raise typer.BadParameter(f"--output: {output.suffix} is not written; give a folder, NAME.hea or NAME.npz")
    if output.suffix != ".hea":
        return WfdbFolder(output, replaces=replaces, spared=unread)
    if source_count > 1:
        raise typer.BadParameter(f"--output: {output} is one record, but there are {source_count}; give a folder")
    if output.stem != record_name(output.stem):
        raise typer.BadParameter(f"--output: a record is called by letters, digits, - and _ alone, not {output.stem!r}")
    return WfdbFolder(output.parent, output.stem, replaces=replaces, spared=unread)


def _npz_target(output: Path, *, replaces: bool) -> NpzFile:
    if not output.parent.is_dir():
        raise typer.BadParameter(f"--output: there is no folder {output.parent}; make it, or give another")
    if output.exists() and not replaces:
        raise typer.BadParameter(f"--output: {output} is there already; --force replaces it")
    return NpzFile(output)


@dataclasses.dataclass(slots=True)
class _Conversion:
    """Recordings on their way into files; problems are told as they come, what was lost at the end.

    What is told goes through the console of the progress bar, which makes room for it.
    """

    target: NpzFile | WfdbFolder
    unread: UnreadFiles
    console: Console = dataclasses.field(default_factory=lambda: terminal(stderr=True))
    problem_count: int = 0
    lost_counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    remark_counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def run(self, sources: Sequence[RecordingSource]) -> None:
        console = self.console
        for source in track(sources, "recordings", console=console, transient=True, disable=not console.is_terminal):
            item = source.read_or_error()
            self.unread.remove(source)
            if isinstance(item, Recording):
                self._write(item)
            else:
                self._tell_problem(str(item.path), item.problem)
        self.target.finish()

    def tell(self, output: Path) -> None:
        """Prints what was written, and what of it was lost."""
        problems = f"; {self.problem_count} could not be read or written" if self.problem_count else ""
        count = self.target.count
        typer.echo(f"{f'{_counted(count)} in {output}' if count else 'nothing was written'}{problems}")
        if self.lost_counts:
            lost = ", ".join(f"{field} ({count})" for field, count in self.lost_counts.items())
            self._tell(f"known, but left out, for the format has no place for it: {lost}")
        for remark, remarked in self.remark_counts.most_common(_MAX_REMARKS):
            self._tell(f"in {_counted(remarked)}: {remark}")

    def _write(self, recording: Recording) -> None:
        try:
            written = self.target.add(recording)
        except UnwritableRecordingError as error:
            self._tell_problem(recording.recording_id, str(error))
            return
        self.lost_counts.update(written.lost_fields)
        self.remark_counts.update(recording.remarks)
        if written.is_renamed:
            self._tell(f"{recording.recording_id}: written as {written.name}")

    def _tell_problem(self, name: str, problem: str) -> None:
        self.problem_count += 1
        self._tell(f"{name}: {problem}")

    def _tell(self, line: str) -> None:
        self.console.print(f"ecg: {line}", soft_wrap=True)


def _counted(count: int) -> str:
    return f"{count} recording{'' if count == 1 else 's'}"
