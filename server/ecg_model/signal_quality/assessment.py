"""Measures the faults of a batch of windows, and tells which leads are unusable and what to warn of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ecg_model.recording import BoolArray, FloatArray, LeadName
from ecg_model.signal_quality.amplitude import lead_ranges_mv
from ecg_model.signal_quality.arm_leads import arm_swap
from ecg_model.signal_quality.baseline_wander import wander_mv
from ecg_model.signal_quality.clipping import clipped_percent
from ecg_model.signal_quality.criteria import (
    AMPLITUDE,
    ARM_LEADS,
    BASELINE_WANDER,
    CLIPPING,
    FLAT_LINE,
    LIMB_LEADS,
    NOISE,
    STEP,
    Criterion,
)
from ecg_model.signal_quality.figures import lead_by_lead
from ecg_model.signal_quality.flat_line import flat_percent
from ecg_model.signal_quality.limb_leads import contradiction_mv
from ecg_model.signal_quality.noise import noise_mv
from ecg_model.signal_quality.step import step_mv
from ecg_model.warning import RecordingWarning, in_some_windows

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Measurement:
    """One fault in a batch of windows.

    Attributes:
        criterion: the fault.
        values: its figures, float32 [window, lead]; [window, 1] where it concerns all leads together.
    """

    criterion: Criterion
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Assessment:
    """All faults of a batch of windows; those of several recordings may lie in it one after the other.

    Attributes:
        measurements: one for each criterion.
    """

    measurements: tuple[Measurement, ...]
    # Whether anything is to be said of a window at all: hardly ever, and then `warnings` costs nothing.
    _warned: list[bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limits = _in_a_row(tuple((one.criterion.warns_from, one.values.shape[1]) for one in self.measurements))
        values = np.concatenate([one.values for one in self.measurements], axis=1)
        object.__setattr__(self, "_warned", (values >= limits).any(axis=1).tolist())

    def values(self, criterion: Criterion) -> FloatArray:
        """Return the figures of one fault, float32 [window, lead] or [window, 1].

        Raises:
            KeyError: it was not measured.
        """
        return {one.criterion.code: one.values for one in self.measurements}[criterion.code]

    def unusable(self) -> BoolArray:
        """Return which leads had better be replaced by nothing: bool [window, lead]."""
        unusable = np.zeros((len(self._warned), len(LeadName)), dtype=np.bool_)
        if any(self._warned):
            for one in self.measurements:
                if one.criterion.unusable_from is not None:
                    unusable |= one.values >= one.criterion.unusable_from
        return unusable

    def warnings(
        self, windows: slice, lead_names: Sequence[LeadName], *, repeated: bool = False
    ) -> tuple[RecordingWarning, ...]:
        """Return what to say of one recording: a warning for each fault and lead, by the figure of the worst window.

        Args:
            windows: where the recording's windows are in the batch.
            lead_names: the leads in the order of the columns.
            repeated: whether a short recording was repeated to fill the window; then a step may be but the seam, and
                is not said.
        """
        if not any(self._warned[windows]):
            return ()
        return tuple(
            warning
            for one in self.measurements
            if not (repeated and one.criterion is STEP)
            for warning in _warnings(one.criterion, one.values[windows], lead_names)
        )


@cache
def _in_a_row(limits: tuple[tuple[float, int], ...]) -> FloatArray:
    """Return limits as one row, each as often as its measurement has columns."""
    return np.concatenate([np.full(columns, limit, dtype=np.float32) for limit, columns in limits])


def _warnings(criterion: Criterion, values: FloatArray, lead_names: Sequence[LeadName]) -> Iterator[RecordingWarning]:
    faulty = (values >= criterion.warns_from).sum(axis=0)
    worst = values.max(axis=0)
    # One column for all leads: the fault is the whole recording's.
    leads = lead_names if values.shape[1] > 1 else (None,)
    for column in np.flatnonzero(faulty).tolist():
        measured = float(f"{worst[column]:.{_DIGITS}g}")
        where = in_some_windows(int(faulty[column]), len(values))
        yield RecordingWarning(
            code=criterion.code,
            message=criterion.message(leads[column], measured, where),
            lead=leads[column],
            measured=measured,
            unit=criterion.unit,
        )


def assess_as_sent(signals: FloatArray) -> tuple[Measurement, ...]:
    """Measure what resampling would hide.

    Args:
        signals: at the rate sent, float32 millivolts [window, sample, lead], the twelve leads in the usual order.
    """
    signals = _laid_out(signals)
    return (
        Measurement(CLIPPING, clipped_percent(signals)),
        Measurement(LIMB_LEADS, contradiction_mv(signals)),
    )


def concatenate(parts: Sequence[tuple[Measurement, ...]]) -> tuple[Measurement, ...]:
    """Return measurements of several batches of windows as those of one batch."""
    return tuple(
        Measurement(same[0].criterion, np.concatenate([one.values for one in same]))
        for same in zip(*parts, strict=True)
    )


def _blaming_no_other(assessment: Assessment) -> Assessment:
    """Return an assessment in which no lead contradicts leads I and II where one of the three is unusable.

    That is what is wrong then: names, signs and gains may all be right.
    """
    unusable = assessment.unusable()
    if not unusable.any():
        return assessment
    beside = unusable | unusable[:, :1] | unusable[:, 1:2]
    return Assessment(
        tuple(
            one if one.criterion is not LIMB_LEADS else Measurement(LIMB_LEADS, np.where(beside, 0, one.values))
            for one in assessment.measurements
        )
    )


def assess(signals: FloatArray, sample_rate_hz: float, as_sent: tuple[Measurement, ...]) -> Assessment:
    """Measure everything else, and put all together.

    Args:
        signals: at the network's rate, float32 millivolts [window, sample, lead], the twelve leads in the usual order.
        sample_rate_hz: the network's rate.
        as_sent: what `assess_as_sent` gave for the same windows.
    """
    signals = _laid_out(signals)
    assessment = Assessment(
        (
            *as_sent,
            Measurement(FLAT_LINE, flat_percent(signals, sample_rate_hz)),
            Measurement(AMPLITUDE, lead_ranges_mv(signals)),
            Measurement(BASELINE_WANDER, wander_mv(signals, sample_rate_hz)),
            Measurement(NOISE, noise_mv(signals, sample_rate_hz)),
            Measurement(STEP, step_mv(signals, sample_rate_hz)),
            Measurement(ARM_LEADS, arm_swap(signals, sample_rate_hz)),
        )
    )
    return _blaming_no_other(assessment)


def _laid_out(signals: FloatArray) -> FloatArray:
    """Return the same signals with the samples of a lead side by side, once for all that is measured."""
    return lead_by_lead(signals).swapaxes(1, 2)
