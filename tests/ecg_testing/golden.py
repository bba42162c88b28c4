"""The golden files: Keras networks in both dialects, recordings, and what the Keras that wrote them says of those."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecg.v1 import recording_pb2 as pb
from ecg_model.recording import FloatArray, InfarctionStage, LeadName, PatientMetadata, Recording, Sex
from ecg_testing.messages import packed_recording

GOLDEN = Path(__file__).parents[1] / "golden"
KERAS_2 = GOLDEN / "keras2.keras"
KERAS_3 = GOLDEN / "keras3.keras"
PARAMETERS = 185_997

FIRST_STAGES = (None, *(stage for stage in InfarctionStage if stage is not InfarctionStage.UNKNOWN))
SECOND_STAGES = (None, InfarctionStage.I, InfarctionStage.II, InfarctionStage.III)


@dataclass(frozen=True, slots=True)
class GoldenRecordings:
    """What lies beside a golden network.

    Attributes:
        metadata: float32 [recording, 7], as the network takes it.
        microvolts: int16 [recording, sample, lead].
        probabilities: float32 [recording, class], as the Keras that wrote the network computed them.
    """

    metadata: FloatArray
    microvolts: npt.NDArray[np.int16]
    probabilities: FloatArray

    def recordings(self) -> list[Recording]:
        """Return the recordings as the model takes them."""
        return [
            Recording((signal / 1000).astype(np.float32), 100, tuple(LeadName), _patient(*row.tolist()))
            for signal, row in zip(self.microvolts, self.metadata, strict=True)
        ]

    def messages(self) -> list[pb.Recording]:
        """Return the recordings as a caller sends them."""
        return [
            packed_recording(signal, metadata=_patient_message(*row.tolist()))
            for signal, row in zip(self.microvolts, self.metadata, strict=True)
        ]


def golden_recordings(keras_path: Path) -> GoldenRecordings:
    """Return what lies beside a golden network."""
    with np.load(keras_path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return GoldenRecordings(arrays["metadata"], arrays["microvolts"], arrays["probabilities"])


def _patient(*row: float) -> PatientMetadata:
    age, sex, height, weight, first, second, pacemaker = row
    return PatientMetadata(
        age_years=age,
        sex=Sex.FEMALE if sex else Sex.MALE,
        height_cm=height,
        weight_kg=weight,
        first_infarction_stage=FIRST_STAGES[int(first)],
        second_infarction_stage=SECOND_STAGES[int(second)],
        has_pacemaker=bool(pacemaker),
    )


def _patient_message(*row: float) -> pb.PatientMetadata:
    age, sex, height, weight, first, second, pacemaker = row
    return pb.PatientMetadata(
        age_years=age,
        sex=pb.SEX_FEMALE if sex else pb.SEX_MALE,
        height_cm=height,
        weight_kg=weight,
        first_infarction_stage=(0, 2, 3, 4, 5, 6)[int(first)],
        second_infarction_stage=(0, 2, 4, 6)[int(second)],
        has_pacemaker=bool(pacemaker),
    )
