"""Asks a classifier about recordings in some form, as the server does."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ecg_evaluation.arrays import Flags, Floats
from ecg_evaluation.resampling import DIGITS
from ecg_model.classifier import Classifier, Prediction
from ecg_model.manifest import SignalRule
from ecg_model.recording import LeadName, Recording
from ecg_model.warning import WarningCode

BATCH_SIZE = 16

_CHANGES = {WarningCode.SIGNAL_LEAD_MASKED, WarningCode.LEAD_DERIVED, WarningCode.SIGNAL_OFFSET_REMOVED}


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of recordings that are alike in form.

    Attributes:
        probabilities: shape [recording, class]; NaN where the recording was refused.
        windows: those of each window, shape [recording, window, class]; NaN where the recording was refused or the
            window left out.
        changed: where leads were masked, derived, or had an offset removed, shape [recording].
    """

    probabilities: Floats
    windows: Floats
    changed: Flags

    @property
    def answered(self) -> Flags:
        """Which recordings were not refused, shape [recording]."""
        answered: Flags = np.isfinite(self.probabilities.sum(axis=1))
        return answered

    @property
    def changed_share(self) -> float:
        """Share of the answered recordings in which leads were changed; 0 where none was answered."""
        changed = self.changed[self.answered]
        return round(float(changed.mean()), DIGITS) if changed.size else 0.0


def without_rule(classifier: Classifier) -> Classifier:
    """Return a classifier that gives the network every signal as it is, whatever its quality."""
    return replace(classifier, manifest=replace(classifier.manifest, signal_rule=None))


def masking_all(classifier: Classifier) -> Classifier:
    """Return a classifier that masks every unusable lead, however many there are, and removes no offset."""
    rule = SignalRule(maskable_leads=len(LeadName), greatest_offset_mv=math.inf)
    return replace(classifier, manifest=replace(classifier.manifest, signal_rule=rule))


def ask(classifier: Classifier, recordings: Iterable[Recording]) -> Answers:
    """Return what a classifier says of recordings, all of which have equally many windows."""
    remaining = iter(recordings)
    outcomes = []
    while batch := list(islice(remaining, BATCH_SIZE)):
        outcomes += classifier.classify(batch)
    predictions = [outcome if isinstance(outcome, Prediction) else None for outcome in outcomes]
    nothing = (np.nan,) * len(classifier.manifest.classes)
    window_count = max((len(one.windows) for one in predictions if one), default=1)
    return Answers(
        probabilities=np.array([one.probabilities if one else nothing for one in predictions]),
        windows=np.array(
            [
                [window.probabilities or nothing for window in one.windows] if one else [nothing] * window_count
                for one in predictions
            ]
        ),
        changed=np.array([one is not None and _is_changed(one) for one in predictions], dtype=np.bool_),
    )


def _is_changed(prediction: Prediction) -> bool:
    return any(one.code in _CHANGES for one in prediction.warnings)
