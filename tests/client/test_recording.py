import numpy as np
import pytest

from ecg_client import InvalidRecordingError, LeadName, Recording


def test_a_signal_of_another_shape_is_refused_with_its_shape_and_the_remedy() -> None:
    """The usual mistake is [lead, sample]."""
    with pytest.raises(InvalidRecordingError, match=r"shape \(12, 1000\).*transpose"):
        Recording(signal=np.zeros((12, 1000)), sample_rate_hz=100.0)


def test_as_many_lead_names_as_columns_are_wanted() -> None:
    """A recording of two leads names two."""
    leads = (LeadName.I, LeadName.II)
    assert Recording(signal=np.zeros((10, 2)), sample_rate_hz=100.0, lead_names=leads).lead_names == leads
    with pytest.raises(InvalidRecordingError, match="with 12 leads"):
        Recording(signal=np.zeros((10, 2)), sample_rate_hz=100.0)


def test_a_list_is_no_signal() -> None:
    """The error says what makes an array of it."""
    with pytest.raises(InvalidRecordingError, match=r"must be a NumPy array.*is a list; numpy\.asarray"):
        Recording(signal=[[0] * 12] * 1000, sample_rate_hz=100.0)


@pytest.mark.parametrize("dtype", [np.int32, np.uint16, np.complex64, np.bool_, np.str_])
def test_a_type_that_the_wire_does_not_know_is_refused(dtype: type) -> None:
    """Nothing is cast behind the caller's back."""
    with pytest.raises(InvalidRecordingError, match="signal has dtype"):
        Recording(signal=np.zeros((10, 12), dtype=dtype), sample_rate_hz=100.0)


def test_integers_must_say_their_unit() -> None:
    """Integers taken as millivolts would be off by a factor of a thousand."""
    with pytest.raises(InvalidRecordingError, match="microvolts_per_unit"):
        Recording(signal=np.zeros((10, 12), dtype=np.int16), sample_rate_hz=100.0)


def test_leads_may_be_named_by_strings_in_any_case() -> None:
    """A list of "aVR" and the like becomes what the wire knows."""
    names = ["v6", "aVR", "II"]
    recording = Recording(np.zeros((10, 3), dtype=np.float32), 100, names)  # type: ignore[arg-type] - that is the point

    assert recording.lead_names == (LeadName.V6, LeadName.AVR, LeadName.II)


@pytest.mark.parametrize("name", ["-aVR", "", "V7", 0, 13])
def test_a_name_of_no_lead_is_refused_where_it_is_given(name: object) -> None:
    """And not later, in the middle of a stream."""
    with pytest.raises(InvalidRecordingError, match="is none of I, II, III"):
        Recording(np.zeros((10, 1), dtype=np.float32), 100, (name,))  # type: ignore[arg-type] - that is the point
