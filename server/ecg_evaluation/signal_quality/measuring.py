"""From a PTB-XL folder to everything a measurement of signal quality tells."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ecg_evaluation.annotations import QUALITY_COLUMNS
from ecg_evaluation.arrays import Weights
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.signal_quality.assessed import Assessed, assess_parts, assess_recordings, in_parts
from ecg_evaluation.signal_quality.damages import all_damages
from ecg_evaluation.signal_quality.figures import DamageFigures, DataUsed, HarmlessFigures, QualityFigures
from ecg_evaluation.signal_quality.harmless import harmless_changes
from ecg_evaluation.signal_quality.inflicted import damage_figures, harmless_figures
from ecg_evaluation.signal_quality.observed import Measured, clean_figures, noted_figures
from ecg_evaluation.signal_quality.records import read_records
from ecg_evaluation.signal_quality.shares import rounded, share
from ecg_model.recording import FloatArray
from ecg_model.signal_quality.criteria import CRITERIA
from ecg_model.warning import WarningCode

CHOSEN_ON = (1, 2, 3, 4, 5, 6, 7, 8)
"""The folds on whose clean recordings the thresholds were chosen."""

# The faults whose figures could tell what a column notes.
NOTED_CODES = (
    WarningCode.SIGNAL_BASELINE_WANDER,
    WarningCode.SIGNAL_STEP,
    WarningCode.SIGNAL_NOISE,
    WarningCode.SIGNAL_AMPLITUDE,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """How to measure.

    Attributes:
        checked_on: folds to report on beside those on which the thresholds were chosen.
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
    """

    checked_on: tuple[int, ...] = (9,)
    resamples: int = 1000
    seed: int = 0


def measure_quality(
    folder: Path, settings: QualitySettings = QualitySettings(), on_progress: Progress = lambda _: None
) -> QualityFigures:
    """Measure every fault on PTB-XL, on its clean recordings as they are and damaged.

    Args:
        folder: PTB-XL, as PhysioNet publishes it.
        settings: how.
        on_progress: is told in words what is being done.

    Raises:
        UnreadableFileError: the table or a signal cannot be read.
        EvaluationError: there is no clean recording to measure on.
    """
    measured = _measure(folder, settings, on_progress)
    clean, any_warned = measured.records.clean(), measured.assessed.any_warned()
    chosen, checked = clean & ~measured.checked, clean & measured.checked
    signals = np.stack(list(measured.records.signals(checked)))
    weights = measured.weights(checked)
    return QualityFigures(
        data=_data_used(measured, settings),
        software={"python": platform.python_version(), "numpy": version("numpy")},
        clean=tuple(clean_figures(measured, one) for one in CRITERIA),
        any_warned=rounded(any_warned[chosen].mean()),
        any_warned_checked=share(any_warned[checked], weights),
        noted=tuple(noted_figures(measured, column, code) for column in QUALITY_COLUMNS for code in NOTED_CODES),
        damages=tuple(_damaged(signals, weights, settings.seed, on_progress)),
        harmless=tuple(_harmless(signals, weights, on_progress)),
    )


def _measure(folder: Path, settings: QualitySettings, on_progress: Progress) -> Measured:
    records = read_records(folder, {*CHOSEN_ON, *settings.checked_on})
    checked = records.in_folds(settings.checked_on)
    for folds in (checked, ~checked):
        if not np.any(records.clean() & folds):
            raise EvaluationError(f"{folder} has no clean recording in some of the folds; give the whole of PTB-XL")
    on_progress(f"assessing {len(records.rows)} recordings")
    assessed = assess_parts(in_parts(records.signals(np.ones(len(records.rows), dtype=np.bool_))))
    return Measured(records, assessed, checked, settings.resamples, settings.seed)


def _data_used(measured: Measured, settings: QualitySettings) -> DataUsed:
    checked, clean = measured.checked, measured.records.clean()
    return DataUsed(
        chosen_on=CHOSEN_ON,
        checked_on=settings.checked_on,
        recordings=(int((~checked).sum()), int(checked.sum())),
        clean=(int((clean & ~checked).sum()), int((clean & checked).sum())),
        resamples=settings.resamples,
        seed=settings.seed,
    )


def _damaged(signals: FloatArray, weights: Weights, seed: int, on_progress: Progress) -> Iterator[DamageFigures]:
    before: Assessed = assess_recordings(signals)
    for index, damage in enumerate(all_damages()):
        on_progress(f"damage: {damage.name} {damage.strength}".rstrip())
        yield damage_figures(damage, signals, before, weights, np.random.default_rng((seed, index)))


def _harmless(signals: FloatArray, weights: Weights, on_progress: Progress) -> Iterator[HarmlessFigures]:
    for name, change in harmless_changes().items():
        on_progress(f"harmless: {name}")
        yield harmless_figures(name, assess_recordings(change(signals)), weights)
