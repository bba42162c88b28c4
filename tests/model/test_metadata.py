"""From what is known of a patient to the numbers of a network, and what its reader is told."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_model.bare_model import BARE_METADATA
from ecg_model.manifest import MetadataFeature
from ecg_model.metadata import encode_metadata
from ecg_model.recording import InfarctionStage, PatientMetadata, Sex
from ecg_model.warning import WarningCode

IMPUTED, IGNORED = WarningCode.METADATA_IMPUTED, WarningCode.METADATA_IGNORED

# A bundle of its own: what is unknown becomes a mean, ages are capped, the stage is not used.
BUNDLE_METADATA = (
    MetadataFeature(name="age_years", imputed=60.5, maximum=90),
    MetadataFeature(name="sex", imputed=0.48, codes={Sex.MALE: 0, Sex.FEMALE: 1}),
    MetadataFeature(name="height_cm", imputed=167.25, minimum=50),
    MetadataFeature(name="first_infarction_stage", imputed=0, is_used=False),
)

STAGES = {
    InfarctionStage.UNKNOWN: (0, 0),
    InfarctionStage.I: (1, 1),
    InfarctionStage.I_II: (2, None),
    InfarctionStage.II: (3, 2),
    InfarctionStage.II_III: (4, None),
    InfarctionStage.III: (5, 3),
}


def encoded(features: tuple[MetadataFeature, ...], known: Mapping[str, Any]) -> tuple[list[float], dict[str, Any]]:
    """Return a network's numbers, and the code, the figure and the unit of the warning about each feature."""
    result = encode_metadata(PatientMetadata(**known), features)
    warnings = {
        feature.name: (one.code, one.measured, one.unit)
        for one in result.warnings
        for feature in features
        if one.message.startswith(feature.name)
    }
    assert len(warnings) == len(result.warnings)
    assert result.values.dtype == np.float32
    return result.values.tolist(), warnings


def test_a_bare_network_is_given_zeros_for_an_unknown_patient_and_says_so() -> None:
    """Each of the seven numbers is 0, and each is reported with its unit."""
    values, warnings = encoded(BARE_METADATA, {})

    assert values == [0] * 7
    assert warnings == {
        "age_years": (IMPUTED, 0, "year"),
        "sex": (IMPUTED, 0, ""),
        "height_cm": (IMPUTED, 0, "cm"),
        "weight_kg": (IMPUTED, 0, "kg"),
        "first_infarction_stage": (IMPUTED, 0, ""),
        "second_infarction_stage": (IMPUTED, 0, ""),
        "has_pacemaker": (IMPUTED, 0, ""),
    }


def test_a_bare_network_is_given_what_is_known_in_its_order() -> None:
    """Age, sex, height, weight, both stages and the pacemaker, as the conventions number them; nothing is reported."""
    known = {
        "age_years": 61.5,
        "sex": Sex.FEMALE,
        "height_cm": 171,
        "weight_kg": 80.25,
        "first_infarction_stage": InfarctionStage.II_III,
        "second_infarction_stage": InfarctionStage.III,
        "has_pacemaker": True,
    }

    assert encoded(BARE_METADATA, known) == ([61.5, 1, 171, 80.25, 4, 3, 1], {})


@pytest.mark.parametrize(
    ("field", "value", "position"),
    [("age_years", 0, 0), ("sex", Sex.MALE, 1), ("has_pacemaker", False, 6)],
)
def test_zero_is_a_value(field: str, value: object, position: int) -> None:
    """0 years, male and no pacemaker are known: they are 0 without a warning."""
    values, warnings = encoded(BARE_METADATA, {field: value})

    assert values[position] == 0
    assert field not in warnings


@pytest.mark.parametrize(
    ("height", "given", "is_reported"), [(49.9, 0, True), (1, 0, True), (50, 50, False), (210, 210, False)]
)
def test_a_height_below_fifty_counts_as_missing(height: float, given: float, *, is_reported: bool) -> None:
    """It is no height of a patient whose ECG the network knows, and the reader is told."""
    values, warnings = encoded(BARE_METADATA, {"height_cm": height})

    assert values[2] == given
    assert ("height_cm" in warnings) == is_reported


@pytest.mark.parametrize("stage", InfarctionStage)
def test_the_stages_have_their_numbers(stage: InfarctionStage) -> None:
    """The second stage knows no I-II and no II-III: they count as unknown, and the reader is told."""
    first, second = STAGES[stage]
    values, warnings = encoded(BARE_METADATA, {"first_infarction_stage": stage, "second_infarction_stage": stage})

    assert values[4:6] == [first, second or 0]
    assert "first_infarction_stage" not in warnings
    assert warnings.get("second_infarction_stage") == ((IMPUTED, 0, "") if second is None else None)


def test_a_bundle_says_what_stands_for_the_unknown() -> None:
    """Its own means, each reported; a value that it does not use and that nobody sent is not worth a word."""
    values, warnings = encoded(BUNDLE_METADATA, {})

    assert values == pytest.approx([60.5, 0.48, 167.25, 0])
    assert warnings == {
        "age_years": (IMPUTED, 60.5, "year"),
        "sex": (IMPUTED, 0.48, ""),
        "height_cm": (IMPUTED, 167.25, "cm"),
    }


def test_a_value_that_the_network_does_not_use_is_ignored_and_reported() -> None:
    """The stage never reaches the network, whatever it is."""
    known = {"age_years": 60, "sex": Sex.MALE, "height_cm": 170, "first_infarction_stage": InfarctionStage.III}

    assert encoded(BUNDLE_METADATA, known) == ([60, 0, 170, 0], {"first_infarction_stage": (IGNORED, None, "")})


@pytest.mark.parametrize(("age", "given", "is_reported"), [(89.5, 89.5, False), (90, 90, False), (101, 90, True)])
def test_an_age_beyond_the_networks_is_capped(age: float, given: float, *, is_reported: bool) -> None:
    """It is taken as the greatest that the network knows, and the reader is told."""
    values, warnings = encoded(BUNDLE_METADATA, {"age_years": age})

    assert values[0] == given
    assert warnings.get("age_years") == ((IMPUTED, 90, "year") if is_reported else None)


patients = st.fixed_dictionaries(
    {},
    optional={
        "age_years": st.floats(0, 130),
        "sex": st.sampled_from(Sex),
        "height_cm": st.floats(0.1, 300),
        "weight_kg": st.floats(0.1, 500),
        "first_infarction_stage": st.sampled_from(InfarctionStage),
        "second_infarction_stage": st.sampled_from(InfarctionStage),
        "has_pacemaker": st.booleans(),
    },
)


@given(patients, st.sampled_from([BARE_METADATA, BUNDLE_METADATA]))
def test_every_number_is_the_patients_or_is_reported(
    known: Mapping[str, Any], features: tuple[MetadataFeature, ...]
) -> None:
    """Whatever the patient: finite numbers, and each that is not as sent has a warning with the number given."""
    values, warnings = encoded(features, known)

    for value, feature in zip(values, features, strict=True):
        sent = known.get(feature.name)
        number = (feature.codes or {}).get(sent) if isinstance(sent, str) else sent
        if feature.is_used and number is not None and value == np.float32(number):
            continue
        if not feature.is_used:
            assert (feature.name in warnings) == (sent is not None)
            continue
        assert warnings[feature.name][:2] == (IMPUTED, pytest.approx(value, rel=1e-6))


def test_no_warning_repeats_a_value_that_was_sent() -> None:
    """A warning names the field and what the network was given, never what the caller sent."""
    result = encode_metadata(PatientMetadata(age_years=123.25, height_cm=43.25), BUNDLE_METADATA)

    assert not any(text in one.message for one in result.warnings for text in ("123", "43.25"))
