"""From the model's predictions to the wire's."""

from functools import lru_cache

import numpy as np

from ecg.v1 import ecg_service_pb2, model_pb2, prediction_pb2, recording_pb2
from ecg_model.abstention import Abstention, AbstentionReason
from ecg_model.classifier import Classifier, Prediction, WindowPrediction
from ecg_model.leads import INDEPENDENT_LEADS
from ecg_model.limits import GREATEST_SAMPLE_RATE_HZ, LEAST_SAMPLE_RATE_HZ, LONGEST_SECONDS, SHORTEST_SECONDS
from ecg_model.manifest import InputSpecification, Manifest, OperatingPoint
from ecg_model.recording import LeadName
from ecg_model.warning import RecordingWarning, WarningCode
from ecg_server.recording_conversion import MAXIMUM_RECORDING_ID_BYTES
from ecg_server.settings import ServerSettings

LEAD_NUMBERS = {name: recording_pb2.LeadName.Value(f"LEAD_NAME_{name.name}") for name in LeadName}
WARNING_NUMBERS = {code: prediction_pb2.WarningCode.Value(f"WARNING_CODE_{code.name}") for code in WarningCode}
ABSTENTION_NUMBERS = {
    reason: prediction_pb2.AbstentionReason.Value(f"ABSTENTION_REASON_{reason.name}") for reason in AbstentionReason
}


class PredictionConverter:
    """Turns one model's predictions into messages.

    Args:
        classifier: the model, at its operating point.
    """

    def __init__(self, classifier: Classifier) -> None:
        manifest, operating_point = classifier.manifest, classifier.operating_point
        self._blank = prediction_pb2.Prediction(
            classes=[
                prediction_pb2.ClassPrediction(code=one.code, display_name=one.display_name, threshold=threshold)
                for one, threshold in zip(manifest.classes, operating_point.thresholds, strict=True)
            ],
            model=model_version_to_proto(manifest),
            operating_point=operating_point.name,
        )
        # Compared as the float32 that the caller sees, so that is_positive never contradicts the two numbers beside it.
        self._thresholds = [float(np.float32(threshold)) for threshold in operating_point.thresholds]

    def fill(
        self,
        message: prediction_pb2.Prediction,
        prediction: Prediction,
        recording_id: str,
        *,
        include_windows: bool = False,
    ) -> None:
        """Write a prediction into an empty message, with what was said of each window where that is wanted."""
        message.CopyFrom(self._blank)
        message.recording_id = recording_id
        for one, probability, threshold in zip(
            message.classes, prediction.probabilities, self._thresholds, strict=True
        ):
            one.probability = probability
            one.is_positive = probability >= threshold
        message.warnings.extend(map(_warning_to_proto, prediction.warnings))
        if prediction.uncertainty is not None:
            message.uncertainty = prediction.uncertainty
        message.abstentions.extend(map(_abstention_to_proto, prediction.abstentions))
        if include_windows:
            message.windows.extend(map(_window_to_proto, prediction.windows))


# Of metadata a model has a handful of warnings, and most recordings get some of them.
@lru_cache(maxsize=1024)
def _warning_to_proto(warning: RecordingWarning) -> prediction_pb2.Warning:
    return prediction_pb2.Warning(
        code=WARNING_NUMBERS[warning.code],
        lead=_lead_to_proto(warning.lead),
        message=warning.message,
        measured=warning.measured,
        unit=warning.unit,
    )


def _abstention_to_proto(abstention: Abstention) -> prediction_pb2.Abstention:
    return prediction_pb2.Abstention(
        reason=ABSTENTION_NUMBERS[abstention.reason],
        lead=_lead_to_proto(abstention.lead),
        message=abstention.message,
    )


def _window_to_proto(window: WindowPrediction) -> prediction_pb2.WindowPrediction:
    return prediction_pb2.WindowPrediction(offset_seconds=window.offset_seconds, probabilities=window.probabilities)


def _lead_to_proto(lead: LeadName | None) -> recording_pb2.LeadName.ValueType:
    return recording_pb2.LEAD_NAME_UNSPECIFIED if lead is None else LEAD_NUMBERS[lead]


def model_version_to_proto(manifest: Manifest) -> prediction_pb2.ModelVersion:
    """Return which model this is."""
    return prediction_pb2.ModelVersion(name=manifest.name, version=manifest.version, sha256=manifest.sha256)


def model_summary_to_proto(classifier: Classifier) -> ecg_service_pb2.ModelSummaryResponse:
    """Return the description of a model and of the operating point at which it runs."""
    manifest = classifier.manifest
    return ecg_service_pb2.ModelSummaryResponse(
        summary_text=manifest.summary.text,
        model=model_version_to_proto(manifest),
        layers=[
            model_pb2.LayerSummary(
                name=layer.name,
                type=layer.type,
                output_shape=layer.output_shape,
                parameter_count=layer.parameter_count,
                connected_to=layer.connected_to,
            )
            for layer in manifest.summary.layers
        ],
        parameter_count=manifest.summary.parameter_count,
        class_codes=[one.code for one in manifest.classes],
        input=_input_to_proto(manifest.input),
        quality_figures=[
            model_pb2.QualityFigure(
                name=figure.name, class_code=figure.class_code, value=figure.value, measured_on=figure.measured_on
            )
            for figure in manifest.quality_figures
        ],
        operating_points=[
            _operating_point_to_proto(one, manifest, is_active=one == classifier.operating_point)
            for one in manifest.operating_points
        ],
        greatest_uncertainty=None if manifest.abstention is None else manifest.abstention.greatest_uncertainty,
    )


def limits_to_proto(settings: ServerSettings) -> model_pb2.Limits:
    """Return what the server accepts."""
    return model_pb2.Limits(
        max_message_bytes=settings.max_message_bytes,
        max_recording_id_bytes=MAXIMUM_RECORDING_ID_BYTES,
        min_sample_rate_hz=LEAST_SAMPLE_RATE_HZ,
        max_sample_rate_hz=GREATEST_SAMPLE_RATE_HZ,
        min_duration_seconds=SHORTEST_SECONDS,
        max_duration_seconds=LONGEST_SECONDS,
        max_stream_recordings_in_flight=settings.stream_recordings,
        default_deadline_seconds=settings.connections.default_deadline_seconds,
        max_connection_age_seconds=settings.connections.max_age_seconds,
        connection_grace_seconds=settings.connections.grace_seconds if settings.connections.max_age_seconds else 0,
        max_caller_recordings_per_second=settings.access.caller_recordings_per_second,
        max_caller_calls=settings.access.caller_calls,
        max_explanation_windows=settings.explanations.most_windows,
        max_explanations=settings.explanations.at_once,
    )


def _operating_point_to_proto(
    point: OperatingPoint, manifest: Manifest, *, is_active: bool
) -> model_pb2.OperatingPoint:
    return model_pb2.OperatingPoint(
        name=point.name,
        description=point.description,
        thresholds=[
            model_pb2.ClassThreshold(class_code=one.code, threshold=threshold)
            for one, threshold in zip(manifest.classes, point.thresholds, strict=True)
        ],
        is_active=is_active,
    )


def _input_to_proto(specification: InputSpecification) -> model_pb2.InputSpecification:
    return model_pb2.InputSpecification(
        sample_rate_hz=specification.sample_rate_hz,
        sample_count=specification.sample_count,
        lead_names=[LEAD_NUMBERS[name] for name in specification.lead_names],
        metadata_fields=[feature.name for feature in specification.metadata if feature.is_used],
        required_lead_names=[LEAD_NUMBERS[name] for name in INDEPENDENT_LEADS],
    )
