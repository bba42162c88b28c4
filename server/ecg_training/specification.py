"""What the shipped networks take, learned from the training rows: chiefly, what stands for an unknown value."""

from collections.abc import Sequence
from statistics import fmean

from ecg_client.formats.ptbxl import PtbxlRow
from ecg_evaluation.model_recording import model_metadata
from ecg_model.manifest import InputSpecification, MetadataFeature, SignalRule
from ecg_model.recording import LeadName, PatientMetadata, Sex
from ecg_training.network import REFERENCE_INPUTS

OLDEST_YEARS = 90.0
LEAST_HEIGHT_CM = 50.0
# What masking and offsets cost: docs/recordings.md.
SIGNAL_RULE = SignalRule(maskable_leads=2, greatest_offset_mv=0.05)
SEX_CODES: dict[str, float] = {Sex.MALE: 0, Sex.FEMALE: 1}


def learn_specification(rows: Sequence[PtbxlRow]) -> InputSpecification:
    """Return the network's input, with the mean of the known values in place of an unknown one."""
    patients = [model_metadata(row.metadata) for row in rows]
    return InputSpecification(
        sample_rate_hz=100,
        sample_count=1000,
        lead_names=tuple(LeadName),
        metadata=_features(patients),
        metadata_input=REFERENCE_INPUTS.metadata,
        signal_input=REFERENCE_INPUTS.signal,
    )


def _features(patients: Sequence[PatientMetadata]) -> tuple[MetadataFeature, ...]:
    ages = [min(patient.age_years, OLDEST_YEARS) for patient in patients if patient.age_years is not None]
    sexes = [SEX_CODES[patient.sex] for patient in patients if patient.sex is not None]
    heights = [one.height_cm for one in patients if one.height_cm is not None and one.height_cm >= LEAST_HEIGHT_CM]
    weights = [patient.weight_kg for patient in patients if patient.weight_kg is not None]
    return (
        MetadataFeature(name="age_years", imputed=_mean(ages), maximum=OLDEST_YEARS),
        MetadataFeature(name="sex", imputed=_mean(sexes), codes=SEX_CODES),
        MetadataFeature(name="height_cm", imputed=_mean(heights), minimum=LEAST_HEIGHT_CM),
        MetadataFeature(name="weight_kg", imputed=_mean(weights)),
        MetadataFeature(name="first_infarction_stage", imputed=0, is_used=False),
        MetadataFeature(name="second_infarction_stage", imputed=0, is_used=False),
        # PTB-XL notes a pacemaker where there is one and nothing otherwise, so unknown is none.
        MetadataFeature(name="has_pacemaker", imputed=0),
    )


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 2) if values else 0.0
