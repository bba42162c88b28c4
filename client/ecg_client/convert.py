"""Recordings to messages, and messages to predictions: `x_to_proto` and `x_from_proto`, all of them pure."""

import functools
from collections.abc import Sequence

import grpc

from ecg.v1 import ecg_service_pb2, model_pb2, prediction_pb2, recording_pb2
from ecg_client.errors import FieldViolation
from ecg_client.model_summary import (
    InputSpecification,
    LayerSummary,
    Limits,
    ModelSummary,
    OperatingPoint,
    QualityFigure,
    ServedModel,
)
from ecg_client.prediction import (
    Abstention,
    ClassPrediction,
    ModelVersion,
    Prediction,
    PredictionWarning,
    RecordingError,
    RecordingResult,
    WarningCode,
    WindowPrediction,
)
from ecg_client.recording import LeadName, PatientMetadata, Recording

_STATUS_OF_NUMBER = {status.value[0]: status for status in grpc.StatusCode}
_INT16_BYTES, _FLOAT32_BYTES = 2, 4
_LEAD_OF_NUMBER: dict[int, LeadName] = {lead.value: lead for lead in LeadName}


def recording_to_proto(recording: Recording) -> recording_pb2.Recording:
    """Writes a recording in its packed form: int16 as it is, any float as float32; the samples are copied once."""
    return recording_pb2.Recording(
        recording_id=recording.recording_id,
        metadata=metadata_to_proto(recording.metadata),
        sample_rate_hz=recording.sample_rate_hz,
        packed_signal=packed_signal_to_proto(recording),
    )


def packed_signal_to_proto(recording: Recording) -> recording_pb2.PackedSignal:
    """Writes the signal, lead after lead."""
    is_float = recording.signal.dtype.kind == "f"
    by_lead = recording.signal.T.astype("<f4" if is_float else "<i2", copy=False)
    return recording_pb2.PackedSignal(
        lead_names=_numbers(recording.lead_names),
        format=recording_pb2.SAMPLE_FORMAT_FLOAT32_LE if is_float else recording_pb2.SAMPLE_FORMAT_INT16_LE,
        microvolts_per_unit=recording.microvolts_per_unit,
        samples=by_lead.tobytes(order="C"),
    )


def signal_byte_count(recording: Recording) -> int:
    """Says how many bytes the signal has on the wire."""
    return recording.signal.size * (_FLOAT32_BYTES if recording.signal.dtype.kind == "f" else _INT16_BYTES)


def metadata_to_proto(metadata: PatientMetadata) -> recording_pb2.PatientMetadata:
    """Writes what is known; what is None stays absent."""
    return recording_pb2.PatientMetadata(
        age_years=metadata.age_years,
        sex=recording_pb2.Sex.ValueType(metadata.sex or 0),
        height_cm=metadata.height_cm,
        weight_kg=metadata.weight_kg,
        first_infarction_stage=recording_pb2.InfarctionStage.ValueType(metadata.first_infarction_stage or 0),
        second_infarction_stage=recording_pb2.InfarctionStage.ValueType(metadata.second_infarction_stage or 0),
        has_pacemaker=metadata.has_pacemaker,
    )


def options_to_proto(*, include_windows: bool, model_version: str = "") -> ecg_service_pb2.PredictOptions:
    """Writes the choices for a call or a stream."""
    return ecg_service_pb2.PredictOptions(include_windows=include_windows, model_version=model_version)


def prediction_from_proto(message: prediction_pb2.Prediction) -> Prediction:
    """Reads a prediction."""
    codes = [entry.code for entry in message.classes] if message.windows else []
    return Prediction(
        message.recording_id,
        tuple(
            [
                ClassPrediction(entry.code, entry.display_name, entry.probability, entry.threshold, entry.is_positive)
                for entry in message.classes
            ]
        ),
        model_version_from_proto(message.model),
        tuple([_warning_from_proto(warning) for warning in message.warnings]),
        message.operating_point,
        message.uncertainty if message.HasField("uncertainty") else None,
        tuple([_abstention_from_proto(abstention) for abstention in message.abstentions]),
        tuple([_window_from_proto(window, codes) for window in message.windows]),
    )


def result_from_proto(message: prediction_pb2.RecordingResult, first: int = 0) -> RecordingResult:
    """Reads one result of a stream whose first recording has the number `first`."""
    sequence_number = first + message.sequence_number
    if message.WhichOneof("outcome") == "prediction":
        prediction = prediction_from_proto(message.prediction)
        return RecordingResult(message.recording_id, sequence_number, prediction=prediction)
    error = _recording_error_from_proto(message.error)
    return RecordingResult(message.recording_id, sequence_number, error=error)


def model_version_from_proto(message: prediction_pb2.ModelVersion) -> ModelVersion:
    """Reads which model it is."""
    return _read_model_version(message.SerializeToString())


# A stream's predictions come from one model.
@functools.lru_cache(maxsize=16)
def _read_model_version(serialized: bytes) -> ModelVersion:
    message = prediction_pb2.ModelVersion.FromString(serialized)
    return ModelVersion(message.name, message.version, message.sha256)


def model_summary_from_proto(message: ecg_service_pb2.ModelSummaryResponse) -> ModelSummary:
    """Reads the summary of the model."""
    return ModelSummary(
        summary_text=message.summary_text,
        model=model_version_from_proto(message.model),
        layers=tuple(_layer_from_proto(layer) for layer in message.layers),
        parameter_count=message.parameter_count,
        class_codes=tuple(message.class_codes),
        input=_input_from_proto(message.input),
        limits=_limits_from_proto(message.limits),
        quality_figures=tuple(
            QualityFigure(figure.name, figure.class_code, figure.value, figure.measured_on)
            for figure in message.quality_figures
        ),
        operating_points=tuple(_operating_point_from_proto(point) for point in message.operating_points),
        greatest_uncertainty=message.greatest_uncertainty if message.HasField("greatest_uncertainty") else None,
        served_models=tuple(
            ServedModel(model_version_from_proto(served.model), tuple(served.labels))
            for served in message.served_models
        ),
    )


@functools.lru_cache(maxsize=64)
def _numbers(lead_names: tuple[LeadName, ...]) -> tuple[recording_pb2.LeadName.ValueType, ...]:
    return tuple(recording_pb2.LeadName.ValueType(name) for name in lead_names)


@functools.lru_cache(maxsize=64)
def _warning_code(number: prediction_pb2.WarningCode.ValueType) -> WarningCode | str:
    if number not in prediction_pb2.WarningCode.values():
        return str(number)
    name = prediction_pb2.WarningCode.Name(number).removeprefix("WARNING_CODE_")
    return WarningCode.__members__.get(name, name)


def _warning_from_proto(message: prediction_pb2.Warning) -> PredictionWarning:
    return _read_warning(message.SerializeToString())


# Of metadata a model has a handful of warnings, and most predictions carry some of them: each is read once.
@functools.lru_cache(maxsize=256)
def _read_warning(serialized: bytes) -> PredictionWarning:
    message = prediction_pb2.Warning.FromString(serialized)
    return PredictionWarning(
        _warning_code(message.code),
        _LEAD_OF_NUMBER.get(message.lead),
        message.message,
        message.measured if message.HasField("measured") else None,
        message.unit,
    )


def _abstention_from_proto(message: prediction_pb2.Abstention) -> Abstention:
    return Abstention(_abstention_reason_name(message.reason), _LEAD_OF_NUMBER.get(message.lead), message.message)


@functools.lru_cache(maxsize=64)
def _abstention_reason_name(number: prediction_pb2.AbstentionReason.ValueType) -> str:
    if number not in prediction_pb2.AbstentionReason.values():
        return str(number)
    return prediction_pb2.AbstentionReason.Name(number).removeprefix("ABSTENTION_REASON_")


def _window_from_proto(message: prediction_pb2.WindowPrediction, codes: Sequence[str]) -> WindowPrediction:
    probabilities = dict(zip(codes, message.probabilities, strict=True)) if message.probabilities else None
    return WindowPrediction(message.offset_seconds, probabilities)


def _recording_error_from_proto(message: prediction_pb2.RecordingError) -> RecordingError:
    return RecordingError(
        _STATUS_OF_NUMBER.get(message.code, grpc.StatusCode.UNKNOWN),
        message.reason,
        message.message,
        tuple(FieldViolation(violation.field, violation.description) for violation in message.field_violations),
    )


def _layer_from_proto(message: model_pb2.LayerSummary) -> LayerSummary:
    return LayerSummary(
        message.name, message.type, message.output_shape, message.parameter_count, tuple(message.connected_to)
    )


def _operating_point_from_proto(message: model_pb2.OperatingPoint) -> OperatingPoint:
    thresholds = {threshold.class_code: threshold.threshold for threshold in message.thresholds}
    return OperatingPoint(message.name, message.description, thresholds, message.is_active)


def _limits_from_proto(message: model_pb2.Limits) -> Limits:
    return Limits(
        max_message_bytes=message.max_message_bytes,
        max_recording_id_bytes=message.max_recording_id_bytes,
        # Whatever is 0 there is not: the service has no such limit, or does not know it.
        min_sample_rate_hz=message.min_sample_rate_hz or None,
        max_sample_rate_hz=message.max_sample_rate_hz or None,
        min_duration_seconds=message.min_duration_seconds or None,
        max_duration_seconds=message.max_duration_seconds or None,
        max_stream_recordings_in_flight=message.max_stream_recordings_in_flight or None,
        default_deadline_seconds=message.default_deadline_seconds or None,
        max_connection_age_seconds=message.max_connection_age_seconds or None,
        connection_grace_seconds=message.connection_grace_seconds or None,
        max_caller_recordings_per_second=message.max_caller_recordings_per_second or None,
        max_caller_calls=message.max_caller_calls or None,
        max_explanation_windows=message.max_explanation_windows or None,
        max_explanations=message.max_explanations or None,
    )


def _input_from_proto(message: model_pb2.InputSpecification) -> InputSpecification:
    return InputSpecification(
        sample_rate_hz=message.sample_rate_hz,
        sample_count=message.sample_count,
        lead_names=_leads_from_proto(message.lead_names),
        metadata_fields=tuple(message.metadata_fields),
        required_lead_names=_leads_from_proto(message.required_lead_names),
    )


def lead_of_number(number: int) -> LeadName | None:
    """Returns the lead of a number of `ecg.v1.LeadName`; None where this client knows none."""
    return _LEAD_OF_NUMBER.get(number)


def _leads_from_proto(numbers: Sequence[int]) -> tuple[LeadName, ...]:
    return tuple(_LEAD_OF_NUMBER[number] for number in numbers if number in _LEAD_OF_NUMBER)
