"""From a recording as files hold it to one as the model knows it, without a wire between."""

import numpy as np

from ecg_client.recording import MICROVOLTS_PER_MILLIVOLT
from ecg_client.recording import InfarctionStage as FileStage
from ecg_client.recording import PatientMetadata as FileMetadata
from ecg_client.recording import Recording as FileRecording
from ecg_model.recording import InfarctionStage, LeadName, PatientMetadata, Recording, Sex


def model_recording(recording: FileRecording) -> Recording:
    """Return a recording in the model's words: bit for bit what the server makes of it when it is sent.

    A gain other than that of PTB-XL (1 microvolt) or of millivolts may differ in the last bit.
    """
    units_per_millivolt = np.float32(MICROVOLTS_PER_MILLIVOLT / recording.microvolts_per_unit)
    return Recording(
        signal=recording.signal.astype(np.float32) / units_per_millivolt,
        sample_rate_hz=recording.sample_rate_hz,
        lead_names=tuple(LeadName[name.name] for name in recording.lead_names),
        metadata=model_metadata(recording.metadata),
    )


def model_metadata(metadata: FileMetadata) -> PatientMetadata:
    """Return what a file knows of a patient, in the model's words."""
    return PatientMetadata(
        age_years=metadata.age_years,
        sex=None if metadata.sex is None else Sex[metadata.sex.name],
        height_cm=metadata.height_cm,
        weight_kg=metadata.weight_kg,
        first_infarction_stage=_model_stage(metadata.first_infarction_stage),
        second_infarction_stage=_model_stage(metadata.second_infarction_stage),
        has_pacemaker=metadata.has_pacemaker,
    )


def _model_stage(stage: FileStage | None) -> InfarctionStage | None:
    return None if stage is None else InfarctionStage[stage.name]
