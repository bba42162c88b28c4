import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_client import PatientMetadata, Sex
from ecg_client.formats.wfdb_comments import comments_of, metadata_from_comments
from ecg_client.formats.wfdb_extent import GREATEST_HEADER_BYTES

POSITIVE = st.floats(min_value=0, exclude_min=True, max_value=1e300)


@given(
    st.builds(
        PatientMetadata,
        age_years=st.none() | st.floats(min_value=0, max_value=130),
        sex=st.none() | st.sampled_from(Sex),
        height_cm=st.none() | POSITIVE,
        weight_kg=st.none() | POSITIVE,
        has_pacemaker=st.none() | st.booleans(),
    )
)
def test_what_is_written_is_read_again(metadata: PatientMetadata) -> None:
    """To the last bit; what is unknown stays unknown."""
    assert metadata_from_comments(comments_of(metadata)) == metadata


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        (["Age: 74", "Sex: Male", "Dx: 59118001"], PatientMetadata(age_years=74, sex=Sex.MALE)),
        (["age: 81", "sex: female", "ECG date: 01/10/1990"], PatientMetadata(age_years=81, sex=Sex.FEMALE)),
        (
            ["#Age:  300  ", "Height: 170 cm", "Weight: 70.5kg"],
            PatientMetadata(age_years=90, height_cm=170, weight_kg=70.5),
        ),
        (["Sex: f", "Age:61"], PatientMetadata(age_years=61, sex=Sex.FEMALE)),
        (["Sex: mujer"], PatientMetadata()),
        (["Sex: Mann"], PatientMetadata()),
        (["Sex: femme"], PatientMetadata()),
        (["Age: NaN", "Sex: Unknown", "Pacemaker: perhaps"], PatientMetadata()),
        (["Height: 5 ft", "Weight: 154 lb", "Age: 131", "Age of onset: 3"], PatientMetadata()),
        (["Weight: 1e999", "Height: 0", "Age: -1"], PatientMetadata()),
        (["Pacemaker: Yes", "Pacemaker: no"], PatientMetadata(has_pacemaker=True)),
    ],
)
def test_comments_are_read_as_they_are_usual(comments: list[str], expected: PatientMetadata) -> None:
    """As the challenges write them, or the PTB database; what cannot be, or is in another unit, is unknown."""
    assert metadata_from_comments(comments) == expected


@pytest.mark.parametrize("comment", ["# age: a{}b", "# age{}", "# {}age: 61", "# age: 1{}!", "# sex: {}f"])
def test_a_comment_as_long_as_a_header_may_be_is_read(comment: str) -> None:
    """In one pass: a reader that begins anew at each blank of a mebibyte would take hours."""
    read = metadata_from_comments([comment.format(" " * GREATEST_HEADER_BYTES)])
    assert (read.age_years, read.sex) in {(None, None), (61, None), (None, Sex.FEMALE)}
