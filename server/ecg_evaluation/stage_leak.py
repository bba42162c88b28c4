"""How much an infarction stage gives away: it was noted by the physician who wrote the diagnosis."""

from collections.abc import Sequence
from pathlib import Path

from ecg_client.formats.ptbxl import CLASS_CODES, PtbxlRow, read_table
from ecg_evaluation.evaluation import StageLeak

TRAINING_FOLDS = tuple(range(1, 9))
_INFARCTION = CLASS_CODES.index("MI")


def measure_stage_leaks(folder: Path, folds: tuple[int, ...]) -> tuple[StageLeak, ...]:
    """Return the size of the leak in the folds that are evaluated and, beside it, in those that train.

    Raises:
        UnreadableFileError: the table cannot be read.
    """
    return tuple(
        stage_leak(read_table(folder, folds=those, with_infarction_stages=True)) for those in (folds, TRAINING_FOLDS)
    )


def stage_leak(rows: Sequence[PtbxlRow]) -> StageLeak:
    """Return the size of the leak in rows that were read with their stages."""
    staged = [row for row in rows if _is_staged(row)]
    unstaged = [row for row in rows if not _is_staged(row)]
    return StageLeak(
        folds=tuple(sorted({row.fold for row in rows})),
        staged=len(staged),
        staged_infarctions=_infarctions(staged),
        unstaged=len(unstaged),
        unstaged_infarctions=_infarctions(unstaged),
    )


def _is_staged(row: PtbxlRow) -> bool:
    stages = (row.metadata.first_infarction_stage, row.metadata.second_infarction_stage)
    return any(stage is not None for stage in stages)


def _infarctions(rows: Sequence[PtbxlRow]) -> int:
    return sum(row.labels[_INFARCTION] for row in rows)
