"""What `ecg stream` has to say at the end: the first rows, counts, and the AUC where labels are known."""

import collections
import dataclasses
import itertools
from collections.abc import Iterator, Mapping

from ecg_client.evaluation import AucReport, evaluate_auc
from ecg_client.outcomes import Outcome
from ecg_client.wording import is_about_quality

MAX_ROWS = 20
_MAX_REMARKS = 5


@dataclasses.dataclass(slots=True)
class Report:
    """Outcomes as they come in; of a large set only the first are kept whole, and the first that went wrong.

    Attributes:
        count: Outcomes so far.
        rows: Those to show.
        problem_count: How many recordings could not be read or classified.
        finding_counts: How many recordings have each finding, by class code, in the model's order.
        remark_counts: How many recordings the readers of files made each remark about.
        warned_counts: How many recordings have each warning of their signal's quality, by its code.
        abstained_count: In how many recordings the service does not stand by its findings.
        labelled: What the AUC is computed from: probabilities and labels of each classified recording that has labels.
        row_count: How many rows the table has that was written; 0 where none was.
        synthetic_count: How many of the recordings that are to be sent are made up by this program.
        kept_count: How many recordings an earlier run classified already; they are in none of the other counts.
    """

    count: int = 0
    synthetic_count: int = 0
    kept_count: int = 0
    row_count: int = 0
    rows: list[Outcome] = dataclasses.field(default_factory=list)
    problem_count: int = 0
    finding_counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    remark_counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    warned_counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    abstained_count: int = 0
    labelled: list[tuple[Mapping[str, float], Mapping[str, int]]] = dataclasses.field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Counts an outcome."""
        self.count += 1
        self.remark_counts.update(outcome.remarks)
        if self.count <= MAX_ROWS or (outcome.problem is not None and self.problem_count < MAX_ROWS):
            self.rows.append(outcome)
        if outcome.prediction is None:
            self.problem_count += 1
            return
        self.abstained_count += outcome.prediction.is_abstained
        self.warned_counts.update({one.code for one in outcome.prediction.warnings if is_about_quality(one)})
        classes = outcome.prediction.classes
        self.finding_counts.update({entry.code: int(entry.is_positive) for entry in classes})
        if outcome.labels is not None:
            self.labelled.append(({entry.code: entry.probability for entry in classes}, outcome.labels))

    def count_lines(self) -> Iterator[str]:
        """How many there were, and with what findings."""
        problems = f"; {self.problem_count} could not be read or classified" if self.problem_count else ""
        yield f"{self.count} recording{'' if self.count == 1 else 's'}{problems}"
        if self.kept_count:
            yield f"Classified by an earlier run, and kept: {self.kept_count} (not in these figures)"
        if self.finding_counts:
            yield "Findings: " + ", ".join(f"{code} {count}" for code, count in self.finding_counts.items())
        if self.abstained_count:
            yield f"Abstained: {self.abstained_count}, where the service does not stand by its findings"

    def warned_lines(self) -> Iterator[str]:
        """How many signals have which fault, the most frequent first."""
        if self.warned_counts:
            counts = ", ".join(f"{code} {count}" for code, count in self.warned_counts.most_common())
            yield f"Signal quality, recordings warned of: {counts} (which: --output)"

    def remark_lines(self) -> Iterator[str]:
        """What the readers of files had to say, the most frequent first."""
        for remark, count in self.remark_counts.most_common(_MAX_REMARKS):
            yield f"In {count} recording{'' if count == 1 else 's'}: {remark}"
        if len(self.remark_counts) > _MAX_REMARKS:
            yield f"... and {len(self.remark_counts) - _MAX_REMARKS} remarks more (all of them: --output)"

    def auc_lines(self) -> Iterator[str]:
        """The AUC of each class and their mean; nothing where no recording came with labels."""
        if not self.labelled:
            return
        others: Iterator[tuple[Mapping[str, float], None]] = itertools.repeat(
            ({}, None), self.count - self.problem_count - len(self.labelled)
        )
        yield from _auc_lines(evaluate_auc(itertools.chain(self.labelled, others)))


def _auc_lines(auc: AucReport) -> Iterator[str]:
    left_out = f" ({auc.unlabelled_count} without a label left out)" if auc.unlabelled_count else ""
    yield f"AUC over {auc.labelled_count} labelled recordings{left_out}:"
    yield from (f"  {code:<4} {value:.3f}" for code, value in auc.auc_by_class.items())
    if auc.classes_left_out:
        yield f"  left out: {', '.join(auc.classes_left_out)} (all labelled recordings agree, so there is no AUC)"
    if auc.macro_auc is not None:
        yield f"macro-AUC {auc.macro_auc:.3f}"
