"""From what is known of a patient to the numbers a network takes. Pure functions; serving and training share them."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ecg_model.manifest import METADATA_UNITS, MetadataFeature
from ecg_model.recording import FloatArray, PatientMetadata
from ecg_model.warning import RecordingWarning, WarningCode


@dataclass(frozen=True, slots=True)
class EncodedMetadata:
    """The metadata input of one recording: float32 [feature], and what was filled in or left out."""

    values: FloatArray
    warnings: tuple[RecordingWarning, ...]


def encode_metadata(metadata: PatientMetadata, features: tuple[MetadataFeature, ...]) -> EncodedMetadata:
    """Return the network's metadata input for a patient.

    An unknown value becomes the feature's imputed one, and a warning says so; a value that the network does not use is
    left out, and a warning says so too.
    """
    encoded = [_encode(getattr(metadata, feature.name), feature) for feature in features]
    return EncodedMetadata(
        values=np.array([value for value, _ in encoded], dtype=np.float32),
        warnings=tuple(warning for _, warning in encoded if warning is not None),
    )


def _encode(value: str | float | None, feature: MetadataFeature) -> tuple[float, RecordingWarning | None]:
    if not feature.is_used:
        return feature.imputed, None if value is None else _ignored(feature.name)
    if value is None:
        return feature.imputed, _given(feature.name, feature.imputed, "is unknown")
    number = _number(value, feature)
    if number is None:
        return feature.imputed, _given(feature.name, feature.imputed, "has a value that this network counts as unknown")
    if feature.maximum is not None and number > feature.maximum:
        return feature.maximum, _given(feature.name, feature.maximum, "is above what this network knows")
    return number, None


def _number(value: str | float, feature: MetadataFeature) -> float | None:
    """Return the value as a number, or None where the network counts it as unknown."""
    if isinstance(value, str):
        return (feature.codes or {}).get(value)
    if feature.minimum is not None and value < feature.minimum:
        return None
    return float(value)


# A network has a handful of these warnings, and most recordings get some of them: each is made once.
@cache
def _given(name: str, number: float, cause: str) -> RecordingWarning:
    message = f"{name} {cause}: the network was given {number:g}"
    return RecordingWarning(WarningCode.METADATA_IMPUTED, message, measured=number, unit=METADATA_UNITS.get(name, ""))


@cache
def _ignored(name: str) -> RecordingWarning:
    return RecordingWarning(WarningCode.METADATA_IGNORED, f"{name} was sent but this network does not use it")
