import grpc
import numpy as np
import pytest

from ecg.v1 import ecg_service_pb2, prediction_pb2, recording_pb2
from ecg_client import (
    INDEPENDENT_LEADS,
    Abstention,
    InfarctionStage,
    LeadName,
    PatientMetadata,
    Recording,
    Sex,
    WarningCode,
    WindowPrediction,
)
from ecg_client.convert import (
    metadata_to_proto,
    model_summary_from_proto,
    prediction_from_proto,
    recording_to_proto,
    result_from_proto,
)


def _samples(message: recording_pb2.Recording, dtype: str) -> np.ndarray:
    packed = message.packed_signal
    return np.frombuffer(packed.samples, dtype).reshape(len(packed.lead_names), -1).T


def test_integers_arrive_bit_for_bit_with_their_unit() -> None:
    """int16 is written as it is, lead after lead."""
    signal = np.random.default_rng(0).integers(-32768, 32767, (1000, 12), dtype=np.int16)
    message = recording_to_proto(Recording(signal=signal, sample_rate_hz=100.0, microvolts_per_unit=4.88))
    assert message.packed_signal.format == recording_pb2.SAMPLE_FORMAT_INT16_LE
    assert message.packed_signal.microvolts_per_unit == 4.88
    np.testing.assert_array_equal(_samples(message, "<i2"), signal)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<f2"])
def test_floats_arrive_as_float32(dtype: str) -> None:
    """Whatever the float, what arrives is the float32 nearest to it; NaN is left for the service to refuse."""
    signal = np.random.default_rng(0).normal(size=(500, 12)).astype(dtype)
    signal[3, 4] = np.nan
    message = recording_to_proto(Recording(signal=signal, sample_rate_hz=500.0))
    assert message.packed_signal.format == recording_pb2.SAMPLE_FORMAT_FLOAT32_LE
    assert message.packed_signal.microvolts_per_unit == 1000.0
    np.testing.assert_array_equal(_samples(message, "<f4"), signal.astype(np.float32))


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_layout_in_memory_does_not_matter(order: str) -> None:
    """Lead after lead on the wire, whether the array is stored by sample or by lead."""
    signal = np.arange(24, dtype=np.int16).reshape(2, 12)
    recording = Recording(signal=np.array(signal, order=order), sample_rate_hz=1.0, microvolts_per_unit=1.0)
    np.testing.assert_array_equal(_samples(recording_to_proto(recording), "<i2"), signal)


def test_lead_names_and_id_are_sent_as_given() -> None:
    """The order of leads is the caller's."""
    leads = (LeadName.V6, LeadName.AVR)
    recording = Recording(signal=np.zeros((1, 2)), sample_rate_hz=250.0, lead_names=leads, recording_id="ä/1")
    message = recording_to_proto(recording)
    assert list(message.packed_signal.lead_names) == [recording_pb2.LEAD_NAME_V6, recording_pb2.LEAD_NAME_AVR]
    assert message.recording_id == "ä/1"
    assert message.sample_rate_hz == 250.0


def test_eight_leads_of_any_rate_and_length_are_sent() -> None:
    """Whether they suffice is the service's to say, and they do."""
    signal = np.zeros((50_000, 8), dtype=np.float32)
    message = recording_to_proto(Recording(signal=signal, sample_rate_hz=2000.0, lead_names=INDEPENDENT_LEADS))
    assert list(message.packed_signal.lead_names) == [1, 2, 7, 8, 9, 10, 11, 12]
    assert len(message.packed_signal.samples) == signal.nbytes


def test_unknown_metadata_stays_absent() -> None:
    """Nothing is said of a patient of whom nothing is known."""
    assert metadata_to_proto(PatientMetadata()) == recording_pb2.PatientMetadata()


def test_known_metadata_is_sent_even_where_it_is_zero() -> None:
    """Age 0 and "no pacemaker" are values."""
    metadata = PatientMetadata(
        age_years=0.0,
        sex=Sex.FEMALE,
        height_cm=170.0,
        weight_kg=60.0,
        first_infarction_stage=InfarctionStage.I_II,
        second_infarction_stage=InfarctionStage.UNKNOWN,
        has_pacemaker=False,
    )
    expected = recording_pb2.PatientMetadata(
        age_years=0.0,
        sex=recording_pb2.SEX_FEMALE,
        height_cm=170.0,
        weight_kg=60.0,
        first_infarction_stage=recording_pb2.INFARCTION_STAGE_I_II,
        second_infarction_stage=recording_pb2.INFARCTION_STAGE_UNKNOWN,
        has_pacemaker=False,
    )
    assert metadata_to_proto(metadata) == expected
    assert metadata_to_proto(metadata).HasField("age_years")


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (LeadName, recording_pb2.LeadName, "LEAD_NAME_"),
        (Sex, recording_pb2.Sex, "SEX_"),
        (InfarctionStage, recording_pb2.InfarctionStage, "INFARCTION_STAGE_"),
    ],
)
def test_our_enums_are_those_of_the_contract(ours: type, theirs: type, prefix: str) -> None:
    """Every value but UNSPECIFIED, with its number."""
    expected = {name.removeprefix(prefix): number for name, number in theirs.items() if number}
    assert {member.name: member.value for member in ours} == expected


def test_warnings_keep_their_figure_and_lead() -> None:
    """A figure of 0 is a figure; a kind of warning that we do not know is given as its number."""
    message = prediction_pb2.Prediction(
        warnings=[
            prediction_pb2.Warning(code=prediction_pb2.WARNING_CODE_METADATA_IMPUTED, measured=0.0, unit="cm"),
            prediction_pb2.Warning(code=99, lead=recording_pb2.LEAD_NAME_V2, message="new"),
        ]
    )
    first, second = prediction_from_proto(message).warnings
    assert (first.code, first.lead, first.measured, first.unit) == ("METADATA_IMPUTED", None, 0.0, "cm")
    assert first.code is WarningCode.METADATA_IMPUTED
    assert (second.code, second.lead, second.measured) == ("99", LeadName.V2, None)


def test_abstentions_keep_reason_lead_and_words() -> None:
    """A reason that we do not know is given as its number, and is a reason all the same."""
    message = prediction_pb2.Prediction(
        abstentions=[
            prediction_pb2.Abstention(
                reason=prediction_pb2.ABSTENTION_REASON_UNFAMILIAR, lead=recording_pb2.LEAD_NAME_V2, message="odd"
            ),
            prediction_pb2.Abstention(reason=99, message="new"),
        ]
    )
    prediction = prediction_from_proto(message)
    assert prediction.abstentions == (Abstention("UNFAMILIAR", LeadName.V2, "odd"), Abstention("99", None, "new"))
    assert prediction.is_abstained


def test_the_probabilities_of_a_window_are_by_class() -> None:
    """A window that was left out has none, which is not 0."""
    message = prediction_pb2.Prediction(
        classes=[prediction_pb2.ClassPrediction(code=code) for code in ("A", "B")],
        windows=[
            prediction_pb2.WindowPrediction(offset_seconds=0, probabilities=[0.25, 0.0]),
            prediction_pb2.WindowPrediction(offset_seconds=5.5),
        ],
    )
    assert prediction_from_proto(message).windows == (
        WindowPrediction(0.0, {"A": 0.25, "B": 0.0}),
        WindowPrediction(5.5, None),
    )


def test_an_uncertainty_of_zero_is_one() -> None:
    """A service that is older than the field says nothing, which is not "sure"."""
    assert prediction_from_proto(prediction_pb2.Prediction(uncertainty=0)).uncertainty == 0
    older = prediction_from_proto(prediction_pb2.Prediction())
    assert (older.uncertainty, older.operating_point, older.is_abstained) == (None, "", False)


def test_a_summary_of_an_older_service_is_read_too() -> None:
    """It knows of no operating points and of no abstaining, and does not say what a recording may be."""
    summary = model_summary_from_proto(ecg_service_pb2.ModelSummaryResponse())
    assert (summary.operating_points, summary.greatest_uncertainty) == ((), None)
    assert (summary.limits.min_sample_rate_hz, summary.limits.max_duration_seconds) == (None, None)
    assert summary.input.required_lead_names == ()


def test_an_error_keeps_code_reason_and_violations() -> None:
    """A code that grpc does not know is UNKNOWN."""
    violation = prediction_pb2.FieldViolation(field="recording", description="send one")
    error = prediction_pb2.RecordingError(code=3, reason="ABSENT", message="m", field_violations=[violation])
    result = result_from_proto(prediction_pb2.RecordingResult(recording_id="a", sequence_number=7, error=error))
    assert (result.recording_id, result.sequence_number, result.prediction) == ("a", 7, None)
    assert result.error is not None
    assert result.error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert result.error.field_violations[0].description == "send one"
    unknown = prediction_pb2.RecordingResult(error=prediction_pb2.RecordingError(code=77))
    assert result_from_proto(unknown).error.code is grpc.StatusCode.UNKNOWN
