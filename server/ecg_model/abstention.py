"""When a model does not stand by its findings, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from ecg_model.familiarity import LeadStatistics, leaves_ranges, signal_statistics
from ecg_model.manifest import Abstention, LeadRange
from ecg_model.recording import FloatArray, LeadName


class AbstentionReason(Enum):
    """Why a model abstains."""

    UNCERTAIN = auto()
    UNFAMILIAR = auto()


@dataclass(frozen=True, slots=True)
class Abstained:
    """One reason why the model does not stand by its findings in a recording.

    Attributes:
        reason: its kind.
        message: it, in words.
        lead: the lead it concerns; None: the whole recording.
    """

    reason: AbstentionReason
    message: str
    lead: LeadName | None = None


def abstentions(uncertainties: FloatArray, signals: FloatArray, rule: Abstention | None) -> list[tuple[Abstained, ...]]:
    """Return, for each recording, why the model does not stand by its findings; mostly that is nothing.

    Args:
        uncertainties: of the predictions, float32 [recording].
        signals: what the network was given, float32 millivolts [recording, sample, lead].
        rule: when the model abstains; None: never.
    """
    reasons: list[list[Abstained]] = [[] for _ in uncertainties]
    if rule is not None:
        for index in _uncertain(uncertainties, rule):
            reasons[index].append(_too_uncertain(rule.greatest_uncertainty))
        for index, reason in _unfamiliar(signals, rule.lead_ranges):
            reasons[index].append(reason)
    return [tuple(one) for one in reasons]


def _uncertain(uncertainties: FloatArray, rule: Abstention) -> list[int]:
    # Compared as the float32 that the caller sees.
    indices: list[int] = np.flatnonzero(uncertainties > np.float32(rule.greatest_uncertainty)).tolist()
    return indices


def _too_uncertain(greatest: float) -> Abstained:
    message = f"the network is unsure: the uncertainty is above {greatest:.3g}"
    return Abstained(AbstentionReason.UNCERTAIN, message)


def _unfamiliar(signals: FloatArray, ranges: tuple[LeadRange, ...]) -> Iterator[tuple[int, Abstained]]:
    if not ranges:
        return
    statistics = signal_statistics(signals)
    for recording, lead in np.argwhere(leaves_ranges(statistics, ranges)).tolist():
        yield recording, _unlike_training(statistics, recording, lead, ranges[lead])


def _unlike_training(statistics: LeadStatistics, recording: int, lead: int, known: LeadRange) -> Abstained:
    samples = _figure(statistics.deviation_mv[recording, lead], known.deviation_mv)
    steps = _figure(statistics.step_deviation_mv[recording, lead], known.step_deviation_mv)
    message = (
        f"lead {known.name} is unlike the training data: standard deviation of its samples {samples}, of the steps "
        f"from one to the next {steps}"
    )
    return Abstained(AbstentionReason.UNFAMILIAR, message, known.name)


def _figure(measured: np.float32, usual: tuple[float, float]) -> str:
    return f"{measured:.3g} mV ({usual[0]:.3g} to {usual[1]:.3g} mV is usual)"
