"""What a model is told of patients: what the data know, nothing, or what gives the answer away too."""

from collections.abc import Callable
from dataclasses import replace

from ecg_client.recording import PatientMetadata

AS_IN_DATA = "as in the data"
NONE = "none"
WITH_STAGES = "with infarction stages"


def mask_stages(metadata: PatientMetadata) -> PatientMetadata:
    """Return the metadata without the infarction stages: the rule for every figure."""
    return replace(metadata, first_infarction_stage=None, second_infarction_stage=None)


def forget_all(_metadata: PatientMetadata) -> PatientMetadata:
    """Return the metadata of a patient of whom nothing is known."""
    return PatientMetadata()


def keep_all(metadata: PatientMetadata) -> PatientMetadata:
    """Return the metadata as they were read, stages and all."""
    return metadata


METADATA_VARIANTS: dict[str, Callable[[PatientMetadata], PatientMetadata]] = {
    AS_IN_DATA: mask_stages,
    NONE: forget_all,
    WITH_STAGES: keep_all,
}
