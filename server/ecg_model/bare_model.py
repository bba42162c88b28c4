"""The conventions of a Keras file that comes without a manifest."""

from ecg_model.manifest import (
    DIAGNOSTIC_CLASSES,
    ClassSpecification,
    InputSpecification,
    MetadataFeature,
    OperatingPoint,
)
from ecg_model.recording import InfarctionStage, LeadName, Sex

# An unknown value is 0, as in the data that such files learned from.
BARE_METADATA = (
    MetadataFeature(name="age_years", imputed=0),
    MetadataFeature(name="sex", imputed=0, codes={Sex.MALE: 0, Sex.FEMALE: 1}),
    MetadataFeature(name="height_cm", imputed=0, minimum=50),
    MetadataFeature(name="weight_kg", imputed=0),
    MetadataFeature(
        name="first_infarction_stage",
        imputed=0,
        codes={
            InfarctionStage.UNKNOWN: 0,
            InfarctionStage.I: 1,
            InfarctionStage.I_II: 2,
            InfarctionStage.II: 3,
            InfarctionStage.II_III: 4,
            InfarctionStage.III: 5,
        },
    ),
    MetadataFeature(
        name="second_infarction_stage",
        imputed=0,
        codes={
            InfarctionStage.UNKNOWN: 0,
            InfarctionStage.I: 1,
            InfarctionStage.II: 2,
            InfarctionStage.III: 3,
        },
    ),
    MetadataFeature(name="has_pacemaker", imputed=0),
)


def bare_input(metadata_input: str, signal_input: str) -> InputSpecification:
    """Return what a Keras file without a manifest takes, whose inputs have these names."""
    return InputSpecification(
        sample_rate_hz=100,
        sample_count=1000,
        lead_names=tuple(LeadName),
        metadata=BARE_METADATA,
        metadata_input=metadata_input,
        signal_input=signal_input,
    )


def bare_classes() -> tuple[ClassSpecification, ...]:
    """Return the classes of a Keras file without a manifest; its probabilities are told as they are."""
    return tuple(
        ClassSpecification(code=code, display_name=display_name) for code, display_name in DIAGNOSTIC_CLASSES.items()
    )


def bare_operating_points() -> tuple[OperatingPoint, ...]:
    """Return the one operating point of a Keras file without a manifest."""
    thresholds = (0.5,) * len(DIAGNOSTIC_CLASSES)
    return (OperatingPoint(name="default", description="0.5 for every class", thresholds=thresholds),)
