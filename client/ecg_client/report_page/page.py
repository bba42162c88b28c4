"""The page as it is written: rows as they come, kept on disk until what stands above them is known."""

import base64
import collections
import contextlib
import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import TextIO

from ecg_client.errors import UnreadableFileError
from ecg_client.outcomes import Outcome
from ecg_client.recording import Recording
from ecg_client.report import Report
from ecg_client.report_page.markup import escaped, problem_row, row
from ecg_client.report_page.overview import Origins, overview
from ecg_client.report_page.thumbnail import thumbnail_path

MOST_THUMBNAILS = 1000
"""Recordings of a batch that are given a thumbnail: the first. A page of 10,000 has about 6 MB so."""

_SORTABLE = '<button type="button">{}</button>'
# More of them are there on a click: the other recordings shall not be pages away.
_MOST_OPEN_PROBLEMS = 20
_COLUMNS_BEFORE = ("No.", "Recording")
_COLUMNS_AFTER = ("Findings", "Uncertainty", "Notes")


class ReportPage:
    """A page in the making. Memory is needed for the recordings that are on their way, and no others."""

    def __init__(self, rows: TextIO, problems: TextIO) -> None:
        self._rows = rows
        self._problems = problems
        self._thumbnails: collections.deque[str] = collections.deque()
        self._taken = 0
        self._count = 0
        self._problem_count = 0
        self._origins = Origins()

    def sketched(self, items: Iterable[Recording | UnreadableFileError]) -> Iterator[Recording | UnreadableFileError]:
        """Passes on what is read, and keeps a thumbnail of it until its outcome is there."""
        for item in items:
            self._taken += 1
            has_one = isinstance(item, Recording) and self._taken <= MOST_THUMBNAILS
            self._thumbnails.append(thumbnail_path(item) if has_one and isinstance(item, Recording) else "")
            yield item

    def written(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Passes on outcomes, which come in the order of the items, and writes a row for each."""
        for outcome in outcomes:
            self._add(outcome, self._thumbnails.popleft())
            yield outcome

    def write(self, file: TextIO, report: Report, *, is_complete: bool) -> None:
        """Writes the whole page."""
        file.write(_head())
        if not is_complete:
            file.write('<p class="cut">Cut short: the batch was interrupted, and the rest of it is not here.</p>\n')
        if report.kept_count:
            kept = f"{report.kept_count:,} recordings that an earlier run classified are not on this page."
            file.write(f'<p class="cut">{kept}</p>\n')
        file.writelines(overview(report, self._origins))
        if self._problem_count:
            is_open = " open" if self._problem_count <= _MOST_OPEN_PROBLEMS else ""
            summary = f"<summary>Not classified: {self._problem_count:,}</summary>"
            file.write(f'<section><details{is_open}>{summary}<table class="records"><tbody>\n')
            _copy(self._problems, file)
            file.write("</tbody></table></details></section>\n")
        if self._count > self._problem_count:
            file.write(self._table_head())
            _copy(self._rows, file)
            file.write('</tbody></table><button type="button" class="more" hidden></button></section>\n')
        file.write(f"<script>{_asset('page.js')}</script>\n</main></body></html>\n")

    def _add(self, outcome: Outcome, path: str) -> None:
        self._count += 1
        if outcome.prediction is None:
            self._problem_count += 1
            self._problems.write(problem_row(self._count, outcome))
            return
        self._origins.add(outcome.prediction)
        self._rows.write(row(self._count, outcome, outcome.prediction, self._class_codes(), path))

    def _class_codes(self) -> list[str]:
        return [entry.code for entry in self._origins.classes]

    def _table_head(self) -> str:
        sortable = "".join(f"<th>{_SORTABLE.format(name)}</th>" for name in _COLUMNS_BEFORE)
        classes = [_SORTABLE.format(escaped(code)) for code in self._class_codes()]
        after = [_SORTABLE.format(name) for name in _COLUMNS_AFTER]
        columns = "".join(f"<th>{name}</th>" for name in (*classes, *after))
        first = f" of the first {MOST_THUMBNAILS:,}" if self._taken > MOST_THUMBNAILS else ""
        return (
            '<section><h2>Recordings</h2><p class="find"><input type="search" placeholder="find" aria-label="find"></p>'
            f"<p>Traces{first}: lead II, ten seconds at most, \N{MINUS SIGN}1 to 2 mV. A bold figure is a finding.</p>"
            f'<table class="records sortable"><thead><tr>{sortable}<th class="trace">Trace</th>{columns}</tr></thead>'
            "<tbody>\n"
        )


@contextlib.contextmanager
def writing_page(path: Path, report: Report) -> Iterator[ReportPage]:
    """Makes a page, and writes it at the end; where that comes early too, and then the page says so.

    Args:
        path: Where; it is opened at once, so that nothing is done for a page that cannot be written.
        report: The counts, complete at the end.

    Raises:
        OSError: The file cannot be written.
    """
    with (
        path.open("w", encoding="utf-8", errors="replace") as file,
        _scratch() as rows,
        _scratch() as problems,
    ):
        page = ReportPage(rows, problems)
        is_complete = False
        try:
            yield page
            is_complete = True
        finally:
            page.write(file, report, is_complete=is_complete)


def _scratch() -> TextIO:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")


def _copy(scratch: TextIO, file: TextIO) -> None:
    scratch.seek(0)
    shutil.copyfileobj(scratch, file)


def _asset(name: str) -> str:
    return (resources.files("ecg_client.report_page") / name).read_text("utf-8")


def _head() -> str:
    digest = base64.b64encode(hashlib.sha256(_asset("page.js").encode()).digest()).decode()
    # Nothing is loaded, and nothing runs but the script that sorts, even if a text were mistaken for markup.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    now = dt.datetime.now(dt.UTC)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>ECG report</title><style>{_asset('page.css')}</style></head>\n<body><main>"
        f'<h1>ECG report</h1><p class="made">{now:%Y-%m-%d %H:%M} UTC</p>'
        '<p class="disclaimer">Not a medical device. No diagnosis, no treatment and no triage may rest on it.</p>\n'
    )
