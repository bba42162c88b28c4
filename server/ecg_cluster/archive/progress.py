"""How far a run is, on one line of a terminal."""

import time
from collections.abc import Callable
from typing import TextIO


class Progress:
    """Writes a line, over and over; nothing where nobody looks.

    Args:
        file: what it writes to.
        total: how many files there are, of which any may hold several recordings.
        kept: how many of them are done already.
        clock: says how many seconds have passed since whenever.
    """

    def __init__(self, file: TextIO, total: int, kept: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._total, self._kept, self._clock = file, total, kept, clock
        self._is_shown = file.isatty()
        self._files = self._recordings = 0
        # When the first chunk was done, and what it had: of it nobody knows how long its worker took to start.
        self._first: tuple[float, int, int] | None = None
        self._width = 0

    def begin(self) -> None:
        """Say that workers start."""
        self._show(f"{self._done:,} of {self._total:,} files; the workers load the model")

    def add(self, files: int, recordings: int) -> None:
        """Count what was done, and show it."""
        self._files += files
        self._recordings += recordings
        if self._first is None:
            self._first = (self._clock(), self._files, self._recordings)
        self._show(f"{self._done:,} of {self._total:,} files{self._speed()}")

    def end(self) -> None:
        """Take the line away."""
        if self._is_shown:
            self._file.write(f"\r{' ' * self._width}\r")
            self._file.flush()

    @property
    def _done(self) -> int:
        return self._kept + self._files

    def _speed(self) -> str:
        began, first_files, first_recordings = self._first or (0.0, self._files, 0)
        files, seconds = self._files - first_files, self._clock() - began
        if seconds <= 0 or not files:
            return ""
        left = (self._total - self._done) * seconds / files
        return f", {(self._recordings - first_recordings) / seconds:,.0f} recordings/s, {_duration(left)} left"

    def _show(self, line: str) -> None:
        if not self._is_shown:
            return
        self._file.write(f"\r{line.ljust(self._width)}")
        self._file.flush()
        self._width = len(line)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
