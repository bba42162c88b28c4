"""Recordings without some leads: what the service makes of lost ones, however many, and what an estimate would do."""

from collections.abc import Iterator, Sequence

import numpy as np

from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.recording_forms.asked import Asked
from ecg_evaluation.recording_forms.asking import ask
from ecg_evaluation.recording_forms.findings import LostFigures
from ecg_evaluation.recording_forms.lead_estimates import estimate_leads
from ecg_evaluation.recording_forms.originals import ALL_LEADS
from ecg_evaluation.resampling import DIGITS
from ecg_model.leads import DEPENDENT_LEADS
from ecg_model.manifest import SignalRule
from ecg_model.masking import mask
from ecg_model.recording import STANDARD_LEADS, FloatArray, LeadName

MASKED = "masked"
ESTIMATED = "estimated from the others"
MOST_RANDOM = 6

LIMB_LEADS, CHEST_LEADS = ALL_LEADS[:6], ALL_LEADS[6:]
SETS: dict[str, Sequence[LeadName]] = {
    **{name: (name,) for name in ALL_LEADS},
    "V1, V2": (LeadName.V1, LeadName.V2),
    "V5, V6": (LeadName.V5, LeadName.V6),
    "V1 to V3": (LeadName.V1, LeadName.V2, LeadName.V3),
    "V4 to V6": (LeadName.V4, LeadName.V5, LeadName.V6),
    "III, aVR, aVL, aVF": DEPENDENT_LEADS,
    "all limb leads": LIMB_LEADS,
    "all chest leads": CHEST_LEADS,
}


def measure_lost(asked: Asked, moments: Floats) -> Iterator[LostFigures]:
    """Yield the figures of recordings without some leads: each, sets, then random ones of each recording.

    Args:
        asked: the model and the recordings.
        moments: of recordings of other patients, to estimate lost leads from the others.
    """
    for name, leads in SETS.items():
        lost = np.array([one in leads for one in ALL_LEADS])
        yield _measure(asked, moments, name, np.broadcast_to(lost, (len(asked.originals), len(ALL_LEADS))))
    random = asked.random(2)
    for count in range(1, MOST_RANDOM + 1):
        name = f"{count} at random"
        yield _measure(asked, moments, name, random_leads(len(asked.originals), count, random))


def random_leads(recordings: int, count: int, random: np.random.Generator) -> Flags:
    """Return which leads are lost, so many in each recording: [recording, lead]."""
    ranks = random.permuted(np.tile(np.arange(len(ALL_LEADS)), (recordings, 1)), axis=1)
    lost: Flags = ranks < count
    return lost


def _measure(asked: Asked, moments: Floats, name: str, lost: Flags) -> LostFigures:
    originals, lost_of_each = asked.originals, list(zip(asked.originals.signals, lost, strict=True))
    masked = ask(asked.masking_all, originals.sent_as(without(*one) for one in lost_of_each))
    estimated = ask(asked.as_they_are, originals.sent_as(estimate_leads(*one, moments) for one in lost_of_each))
    return LostFigures(
        leads=name,
        answered=round(float(is_answered(lost, asked.classifier.manifest.signal_rule).mean()), DIGITS),
        masked=asked.against_originals.figures(name, MASKED, masked.probabilities),
        estimated=asked.against_originals.figures(name, ESTIMATED, estimated.probabilities),
    )


def is_answered(lost: Flags, rule: SignalRule | None) -> Flags:
    """Return which recordings without some leads [recording, lead] are answered, shape [recording]."""
    if rule is None:
        return np.ones(len(lost), dtype=np.bool_)
    nothing = np.zeros((*lost.shape[:1], 1, *lost.shape[1:]), dtype=np.float32)
    usable = np.zeros(len(lost), dtype=np.bool_)
    answered: Flags = ~mask(nothing, lost, usable, STANDARD_LEADS, rule.maskable_leads).left_out
    return answered


def without(signal: FloatArray, lost: Flags) -> FloatArray:
    """Return a signal [sample, lead] whose lost leads are flat at 0 mV, as those of a loose electrode."""
    return np.where(lost, np.float32(0), signal)
