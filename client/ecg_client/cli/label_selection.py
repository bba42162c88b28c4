"""Which recordings have labels, from their files or from a table."""

import collections
import dataclasses
from collections.abc import Iterable, Iterator

import typer

from ecg_client.errors import UnreadableFileError
from ecg_client.evaluation import is_labelled
from ecg_client.label_table import Labels
from ecg_client.recording import Recording


@dataclasses.dataclass(slots=True)
class LabelSelection:
    """Recordings with their labels, and those that have none counted.

    Attributes:
        table: The labels by recording id; None: those that the recordings bring.
        count: Recordings looked at.
        labelled_count: Those of them that have a label.
        unlabelled_count: Those that have none; the rest could not be read.
        ids: How often each id was among them, where there is a table.
    """

    table: Labels | None
    count: int = 0
    labelled_count: int = 0
    unlabelled_count: int = 0
    ids: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def labelled(self, items: Iterable[Recording | UnreadableFileError]) -> Iterator[Recording | UnreadableFileError]:
        """Returns recordings that have labels, and what cannot be read."""
        for item in items:
            self.count += 1
            given = self._with_labels(item) if isinstance(item, Recording) else item
            if given is None:
                self.unlabelled_count += 1
            else:
                self.labelled_count += isinstance(given, Recording)
                yield given

    def _with_labels(self, recording: Recording) -> Recording | None:
        if self.table is None:
            return recording if is_labelled(recording.labels) else None
        self.ids[recording.recording_id] += 1
        labels = self.table.get(recording.recording_id)
        return dataclasses.replace(recording, labels=labels) if labels else None

    def check(self) -> None:
        """Refuses to tell figures where labels can belong to other recordings, or nothing has any.

        Raises:
            typer.BadParameter: Two recordings have one id, or no recording has a label.
        """
        twice = [name for name, count in self.ids.items() if count > 1 and name in (self.table or {})]
        if twice:
            raise typer.BadParameter(f"--labels: several recordings are called {twice[0]}; rename their files")
        if self.unlabelled_count and not self.labelled_count:
            raise typer.BadParameter(f"no recording has a label; {self._remedy()}")

    def _remedy(self) -> str:
        first = next(iter(self.ids), "")
        return f"in --labels, the first would be {first}" if first else "give --labels"

    @property
    def unmatched_count(self) -> int:
        """Lines of the table about recordings that are not there."""
        return len((self.table or {}).keys() - self.ids.keys())
