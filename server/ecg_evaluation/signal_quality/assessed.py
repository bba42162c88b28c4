"""Assesses many recordings, a few at a time, and keeps the figures."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ecg_evaluation.arrays import Flags
from ecg_model.recording import FloatArray
from ecg_model.signal_quality.assessment import Assessment, assess, assess_as_sent
from ecg_model.signal_quality.criteria import CRITERIA
from ecg_model.warning import WarningCode

SAMPLE_RATE_HZ = 100.0
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Assessed:
    """The figures of many recordings.

    Attributes:
        values: of each fault, float32 [recording, lead] or [recording, 1].
        unusable: bool [recording, lead].
    """

    values: dict[WarningCode, FloatArray]
    unusable: Flags

    def worst(self, code: WarningCode) -> FloatArray:
        """Return the figure of each recording's worst lead, float32 [recording]."""
        worst: FloatArray = self.values[code].max(axis=1)
        return worst

    def warned(self, code: WarningCode) -> Flags:
        """Return which leads are warned of, bool [recording, lead] or [recording, 1]."""
        return self.values[code] >= _THRESHOLDS[code]

    def recordings_warned(self, code: WarningCode) -> Flags:
        """Return which recordings are warned of on any lead, bool [recording]."""
        warned: Flags = np.any(self.warned(code), axis=1)
        return warned

    def any_warned(self) -> Flags:
        """Return which recordings are warned of, by any code on any lead: bool [recording]."""
        warned: Flags = np.any([self.recordings_warned(code) for code in self.values], axis=0)
        return warned


_THRESHOLDS = {one.code: np.float32(one.warns_from) for one in CRITERIA}


def assess_recordings(signals: FloatArray) -> Assessed:
    """Return the figures of recordings [recording, sample, lead] at 100 Hz, as sent and as the network sees them."""
    return assess_parts(signals[start : start + _AT_ONCE] for start in range(0, len(signals), _AT_ONCE))


def assess_parts(parts: Iterable[FloatArray]) -> Assessed:
    """Return the figures of recordings that come in parts, which need not lie in memory together."""
    return _joined([_assess(part) for part in parts])


def in_parts(signals: Iterable[FloatArray]) -> Iterator[FloatArray]:
    """Yield single recordings [sample, lead] some at a time [recording, sample, lead]."""
    part: list[FloatArray] = []
    for signal in signals:
        part.append(signal)
        if len(part) == _AT_ONCE:
            yield np.stack(part)
            part = []
    if part:
        yield np.stack(part)


def _assess(signals: FloatArray) -> Assessment:
    return assess(signals, SAMPLE_RATE_HZ, assess_as_sent(signals))


def _joined(assessments: list[Assessment]) -> Assessed:
    return Assessed(
        {one.code: np.concatenate([each.values(one) for each in assessments]) for one in CRITERIA},
        np.concatenate([each.unusable() for each in assessments]),
    )
