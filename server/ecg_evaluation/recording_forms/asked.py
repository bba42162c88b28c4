"""A model, and the recordings it is asked about: what every measurement starts from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ecg_evaluation.arrays import Flags, Floats, Integers
from ecg_evaluation.class_figures import Outcomes
from ecg_evaluation.recording_forms.asking import Answers, ask, masking_all, without_rule
from ecg_evaluation.recording_forms.comparing import Comparison
from ecg_evaluation.recording_forms.originals import Originals
from ecg_evaluation.resampling import resample_weights
from ecg_model.classifier import Classifier


@dataclass(frozen=True)  # without slots, which leave no place for what is made once
class Asked:
    """A model, and the recordings it is asked about.

    Attributes:
        classifier: as it is served.
        originals: the recordings as PTB-XL has them.
        resamples: how often patients are drawn anew for the intervals.
        seed: everything random follows from it.
    """

    classifier: Classifier
    originals: Originals
    resamples: int
    seed: int

    @cached_property
    def as_they_are(self) -> Classifier:
        """The model without its rule for bad signals: the network is given what was sent."""
        return without_rule(self.classifier)

    @cached_property
    def masking_all(self) -> Classifier:
        """The model with no limit to the leads it masks."""
        return masking_all(self.classifier)

    @cached_property
    def class_codes(self) -> tuple[str, ...]:
        """The classes, in the order of the probabilities."""
        return tuple(one.code for one in self.classifier.manifest.classes)

    @cached_property
    def answers(self) -> Answers:
        """What the model says of the recordings as they are."""
        return ask(self.classifier, self.originals.sent_as(self.originals.signals))

    @cached_property
    def against_originals(self) -> Comparison:
        """What all forms of the same recordings are compared with."""
        return self.comparison(self.originals.labels, self.originals.patients, self.answers.probabilities)

    def comparison(self, labels: Flags, patients: Integers, probabilities: Floats) -> Comparison:
        """Return what other probabilities of some recordings are compared with; see `Outcomes`."""
        weights = resample_weights(patients, self.resamples, self.seed)
        return Comparison(Outcomes(self.class_codes, labels, probabilities, weights))

    def part(self, step: int) -> "Asked":
        """Return the same about every so-manieth recording: 2 for every second."""
        return Asked(
            self.classifier, self.originals.rows(np.arange(0, len(self.originals), step)), self.resamples, self.seed
        )

    def random(self, purpose: int) -> np.random.Generator:
        """Return a random generator of its own for each purpose, so that no measurement depends on another."""
        return np.random.default_rng((self.seed, purpose))
