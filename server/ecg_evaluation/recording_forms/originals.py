"""The recordings that are brought into other forms: labelled ones of PTB-XL, ten seconds of twelve leads at 100 Hz."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ecg_evaluation.arrays import Flags, Integers
from ecg_evaluation.fold import Fold
from ecg_evaluation.metadata_variants import mask_stages
from ecg_evaluation.model_recording import model_recording
from ecg_model.recording import FloatArray, LeadName, PatientMetadata, Recording

SAMPLE_RATE_HZ = 100.0
SECONDS = 10.0
ALL_LEADS = tuple(LeadName)


@dataclass(frozen=True, slots=True)
class Originals:
    """Recordings as PTB-XL has them, and what they show.

    Attributes:
        signals: float32 millivolts [recording, sample, lead], twelve leads in the standard order.
        metadata: of each recording, without infarction stages.
        labels: what they show, shape [recording, class].
        patients: number of the patient of each.
    """

    signals: FloatArray
    metadata: tuple[PatientMetadata, ...]
    labels: Flags
    patients: Integers

    def __len__(self) -> int:
        return len(self.signals)

    def rows(self, indices: npt.NDArray[np.integer[Any]]) -> Self:
        """Return the recordings with these indices."""
        return type(self)(
            self.signals[indices],
            tuple(self.metadata[index] for index in indices),
            self.labels[indices],
            self.patients[indices],
        )

    def sent_as(
        self,
        signals: Iterable[FloatArray],
        sample_rate_hz: float = SAMPLE_RATE_HZ,
        lead_names: Sequence[LeadName] = ALL_LEADS,
    ) -> Iterator[Recording]:
        """Yield the recordings of the same patients with other signals, each [sample, lead]."""
        for signal, metadata in zip(signals, self.metadata, strict=True):
            yield Recording(signal, sample_rate_hz, tuple(lead_names), metadata)


def originals_of(fold: Fold, class_codes: tuple[str, ...]) -> Originals:
    """Return the recordings of a fold, with what they show of a model's classes.

    Raises:
        UnreadableFileError: a recording cannot be read.
        EvaluationError: the model tells a class that PTB-XL does not.
    """
    labels = fold.labels(class_codes)
    recordings = [model_recording(one) for one in fold.recordings(mask_stages)]
    return Originals(
        signals=np.stack([one.signal for one in recordings]),
        metadata=tuple(one.metadata for one in recordings),
        labels=labels,
        patients=fold.patients(),
    )
