"""What is known of a format of files: how to tell it, and how to read it."""

import contextlib
import dataclasses
import importlib.util
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ecg_client.errors import EcgError, MissingExtraError, UnreadableFileError
from ecg_client.recording import Recording

HEAD_BYTES = 4096
"""How much of a file is looked at to tell its format."""

GREATEST_FILE_BYTES = 1 << 28
"""How large a file of one recording may be: twice what ten minutes of twelve leads at 2,000 Hz are as doubles."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stated:
    """What the caller states of files that do not say it themselves; what a file says goes first.

    Attributes:
        sample_rate_hz: Samples per second, in hertz; None: nothing is stated.
        unit: Unit of the samples, such as "uV"; None: nothing is stated.
    """

    sample_rate_hz: float | None = None
    unit: str | None = None


Reader = Callable[[], Recording]


@dataclasses.dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of files.

    Attributes:
        name: Its name, such as "EDF".
        suffixes: The suffixes that its files usually have, in lower case. They tell no format; they tell which files
            of a folder were meant to be recordings, and what a file that is none was meant to be.
        recognises: Says by the first `HEAD_BYTES` bytes of a file, and where it lies, whether it is of this format.
        find: Finds the recordings in a file; each reader reads one.
        extra: The extra that brings what reads it; None: the base install does.
        modules: What that extra must have brought.
        greatest_bytes: How large a file may be.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes, Path], bool]
    find: Callable[[Path, Stated], Sequence[Reader]]
    extra: str | None = None
    modules: tuple[str, ...] = ()
    greatest_bytes: int = GREATEST_FILE_BYTES

    def readers(self, path: Path, stated: Stated) -> list[Reader]:
        """Finds the recordings in a file.

        Raises:
            UnreadableFileError: There is none; the readers raise it as well.
            MissingExtraError: What reads the format is not installed.
        """
        self._require_extra()
        with self._naming_faults(path):
            size = path.stat().st_size
            if size > self.greatest_bytes:
                raise UnreadableFileError(
                    path, f"{size:,} bytes are more than a recording has ({self.greatest_bytes:,}); cut a part out"
                )
            found = self.find(path, stated)
        return [self._guarded(path, read) for read in found]

    def _require_extra(self) -> None:
        if self.extra and any(importlib.util.find_spec(module) is None for module in self.modules):
            raise MissingExtraError(f"Reading {self.name} files", self.extra)

    def _guarded(self, path: Path, read: Reader) -> Reader:
        def read_guarded() -> Recording:
            with self._naming_faults(path):
                return read()

        return read_guarded

    @contextlib.contextmanager
    def _naming_faults(self, path: Path) -> Iterator[None]:
        """Turns whatever a broken file provokes into the error that names it.

        What the libraries say, and what they warn of, is left out: it may hold parts of the file, and so the name of
        the patient.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except EcgError:
            raise
        except OSError as error:
            raise UnreadableFileError(path, error.strerror or "it cannot be read") from error
        except Exception as error:
            problem = f"not a file of the format {self.name} that can be read: it is damaged or cut short"
            raise UnreadableFileError(path, f"{problem}; export or copy it again") from error


def single(read: Callable[[Path, Stated], Recording]) -> Callable[[Path, Stated], Sequence[Reader]]:
    """Returns the `find` of a format whose files hold one recording each."""

    def find(path: Path, stated: Stated) -> Sequence[Reader]:
        return [lambda: read(path, stated)]

    return find
