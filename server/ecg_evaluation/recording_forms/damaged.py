"""Recordings with damaged leads: what the damage costs when the network sees it, and when the service has its way."""

from collections.abc import Iterator

import numpy as np

from ecg_evaluation.arrays import Flags
from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.asking import ask
from ecg_evaluation.recording_forms.findings import DamageFigures
from ecg_evaluation.recording_forms.originals import ALL_LEADS
from ecg_evaluation.signal_quality.damages import Damage, Inflict, all_damages
from ecg_model.recording import FloatArray
from ecg_model.warning import WarningCode

LEFT = "as it is"
SERVED = "as served"
OFFSETS_MILLIVOLTS = (0.1, 0.3, 1.0)


def measure_damaged(asked: Asked) -> Iterator[DamageFigures]:
    """Yield the figures of every kind of damage."""
    for number, damage in enumerate((*offsets(), *all_damages())):
        signals, _ = damage.inflict(asked.originals.signals, asked.random(100 + number))
        left = ask(asked.as_they_are, asked.originals.sent_as(signals))
        served = ask(asked.classifier, asked.originals.sent_as(signals))
        form = f"{damage.name}, {damage.strength}".rstrip(", ")
        yield DamageFigures(
            name=damage.name,
            strength=damage.strength,
            left=asked.against_originals.figures(form, LEFT, left.probabilities),
            served=asked.against_originals.figures(form, SERVED, served.probabilities, is_served=True),
            changed=served.changed_share,
        )


def offsets() -> tuple[Damage, ...]:
    """Return levels added to a lead of each recording, or to all: direct current that no filter has taken out."""
    code = WarningCode.SIGNAL_OFFSET_REMOVED
    return (
        *(
            Damage("offset", f"{level:g} mV, one lead", code, _offset(level, everywhere=False))
            for level in OFFSETS_MILLIVOLTS
        ),
        *(
            Damage("offset", f"{level:g} mV, all leads", code, _offset(level, everywhere=True))
            for level in OFFSETS_MILLIVOLTS
        ),
    )


def _offset(millivolts: float, *, everywhere: bool) -> Inflict:
    def inflict(signals: FloatArray, random: np.random.Generator) -> tuple[FloatArray, Flags]:
        chosen = random.integers(len(ALL_LEADS), size=(len(signals), 1))
        which = (np.arange(len(ALL_LEADS)) == chosen) | everywhere
        return signals + np.float32(millivolts) * which[:, np.newaxis].astype(np.float32), which

    return inflict
