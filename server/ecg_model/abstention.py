"""When a model does not stand by its findings, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from ecg_model.familiarity import FamiliarRanges, LeadStatistics, signal_statistics
from ecg_model.manifest import AbstentionRule, LeadRange
from ecg_model.recording import BoolArray, FloatArray, LeadName

NEVER = AbstentionRule(greatest_uncertainty=1)


class AbstentionReason(Enum):
    """Why a model abstains."""

    UNCERTAIN = auto()
    UNFAMILIAR = auto()


@dataclass(frozen=True, slots=True)
class Abstention:
    """One reason why the model does not stand by its findings in a recording.

    Attributes:
        reason: its kind.
        message: it, in words.
        lead: the lead it concerns; None: the whole recording.
    """

    reason: AbstentionReason
    message: str
    lead: LeadName | None = None


class Abstainer:
    """Tells where one model does not stand by its findings.

    Args:
        rule: when it abstains; None: never.
    """

    def __init__(self, rule: AbstentionRule | None) -> None:
        rule = rule or NEVER
        # Compared as the float32 that the caller sees.
        self._greatest_uncertainty = np.float32(rule.greatest_uncertainty)
        self._too_uncertain = _too_uncertain(rule.greatest_uncertainty)
        self._lead_ranges = rule.lead_ranges
        self._familiar = FamiliarRanges(rule.lead_ranges)

    def __call__(
        self, uncertainties: FloatArray, signals: FloatArray, ignored: BoolArray, counts: Sequence[int]
    ) -> list[tuple[Abstention, ...]]:
        """Return, for each recording, why the model does not stand by its findings; mostly that is nothing.

        Args:
            uncertainties: of the predictions, float32 [recording].
            signals: what the network was given, float32 millivolts [window, sample, lead].
            ignored: bool [window, lead]: what is not looked at, because it is known not to be a signal.
            counts: how many windows each recording has; they lie one after the other.
        """
        reasons: list[list[Abstention]] = [[] for _ in uncertainties]
        for recording in np.flatnonzero(uncertainties > self._greatest_uncertainty).tolist():
            reasons[recording].append(self._too_uncertain)
        if self._lead_ranges:
            recording_of = np.repeat(np.arange(len(counts)), counts)
            for window, abstention in self._unfamiliar(signals, ignored):
                found = reasons[recording_of[window]]
                if all(one.lead is not abstention.lead for one in found):
                    found.append(abstention)
        return [tuple(one) for one in reasons]

    def _unfamiliar(self, signals: FloatArray, ignored: BoolArray) -> Iterator[tuple[int, Abstention]]:
        statistics = signal_statistics(signals)
        for window, lead in np.argwhere(self._familiar.are_left_by(statistics) & ~ignored).tolist():
            yield window, _unlike_training(statistics, window, lead, self._lead_ranges[lead])


def _too_uncertain(greatest: float) -> Abstention:
    message = f"the network is unsure: the uncertainty is above {greatest:.3g}"
    return Abstention(AbstentionReason.UNCERTAIN, message)


def _unlike_training(statistics: LeadStatistics, window: int, lead: int, known: LeadRange) -> Abstention:
    samples = _figure(statistics.deviation_mv[window, lead], known.deviation_mv)
    steps = _figure(statistics.step_deviation_mv[window, lead], known.step_deviation_mv)
    message = (
        f"lead {known.name} is unlike the training data: standard deviation of its samples {samples}, of the steps "
        f"from one to the next {steps}"
    )
    return Abstention(AbstentionReason.UNFAMILIAR, message, known.name)


def _figure(measured: np.float32, usual: tuple[float, float]) -> str:
    return f"{measured:.3g} mV ({usual[0]:.3g} to {usual[1]:.3g} mV is usual)"
