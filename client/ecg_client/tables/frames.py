"""DataFrames in and out: recordings from the rows of one, and what became of them in the rows of another."""

import asyncio
import collections
import importlib
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from ecg_client.errors import InvalidFrameError, MissingExtraError
from ecg_client.formats.file_format import Stated
from ecg_client.outcomes import Item, Outcome, OutcomesInOrder
from ecg_client.prediction import RecordingResult
from ecg_client.recording import Recording
from ecg_client.tables.frame_recordings import recordings_of
from ecg_client.tables.rows import Row, columns, row_of

if TYPE_CHECKING:
    import pandas as pd

    from ecg_client.tables.origin import Origin

# They have a value for "nothing": of numbers it is NaN, of all others `pandas.NA`.
_DTYPES = {str: "string", int: "Int64", float: "float64", bool: "boolean"}


class FrameBatch:
    """The recordings of a DataFrame on their way through a stream.

    Args:
        frame: The DataFrame.
        sample_rate_hz: The sample rate of recordings that do not say it, in hertz.
        unit: The unit of files that do not say it, such as "uV".

    Raises:
        InvalidFrameError: It is no DataFrame, or has not the columns that it needs.
        MissingExtraError: pandas is not installed.
    """

    def __init__(self, frame: "pd.DataFrame", sample_rate_hz: float | None, unit: str | None) -> None:
        self._pandas = _import_pandas()
        if not isinstance(frame, self._pandas.DataFrame):
            raise InvalidFrameError(f"predict_frame takes a pandas DataFrame, not a {type(frame).__name__}")
        self._index = frame.index
        self._taken = recordings_of(frame, Stated(sample_rate_hz, unit), self._is_missing)
        self._origins: collections.deque[Origin | None] = collections.deque()
        self._outcomes = OutcomesInOrder()
        self._rows: list[Row] = []

    def recordings(self) -> Iterator[Recording]:
        """Yields the recordings that can be sent."""
        return self._outcomes.sent(self._items())

    async def recordings_async(self) -> AsyncIterator[Recording]:
        """Yields the recordings that can be sent; files are read in another thread."""
        recordings = self.recordings()
        while (recording := await asyncio.to_thread(next, recordings, None)) is not None:
            yield recording

    def add(self, result: RecordingResult) -> None:
        """Notes what became of the next recording, and of those before it that were not sent."""
        self._rows += map(self._row, self._outcomes.answered(result))

    def predictions(self, class_codes: tuple[str, ...]) -> "pd.DataFrame":
        """Returns a row for each recording, with the index of the frame they came in."""
        rows = [*self._rows, *map(self._row, self._outcomes.left())]
        data = {
            name: self._pandas.array([row.get(name) for row in rows], dtype=_DTYPES[kind])
            for name, kind in columns(class_codes).items()
        }
        return self._pandas.DataFrame(data, index=self._index)

    def _items(self) -> Iterator[Item]:
        for origin, item in self._taken:
            self._origins.append(origin)
            yield item

    def _row(self, outcome: Outcome) -> Row:
        return row_of(outcome, self._origins.popleft())

    def _is_missing(self, cell: Any) -> bool:
        return bool(self._pandas.api.types.is_scalar(cell) and self._pandas.isna(cell))


def _import_pandas() -> Any:
    try:
        return importlib.import_module("pandas")
    except ImportError as error:
        raise MissingExtraError("predict_frame", "pandas") from error
