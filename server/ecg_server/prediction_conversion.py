"""From the model's predictions to the wire's."""

from functools import lru_cache

import numpy as np

from ecg.v1 import ecg_service_pb2, model_pb2, prediction_pb2, recording_pb2
from ecg_model.classifier import Prediction
from ecg_model.manifest import InputSpecification, Manifest
from ecg_model.recording import LeadName
from ecg_model.warning import RecordingWarning, WarningCode
from ecg_server.recording_conversion import MAXIMUM_RECORDING_ID_BYTES

LEAD_NUMBERS = {name: recording_pb2.LeadName.Value(f"LEAD_NAME_{name.name}") for name in LeadName}
WARNING_NUMBERS = {code: prediction_pb2.WarningCode.Value(f"WARNING_CODE_{code.name}") for code in WarningCode}


class PredictionConverter:
    """Turns one model's predictions into messages.

    Args:
        manifest: the model's.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._blank = prediction_pb2.Prediction(
            classes=[
                prediction_pb2.ClassPrediction(code=one.code, display_name=one.display_name, threshold=one.threshold)
                for one in manifest.classes
            ],
            model=model_version_to_proto(manifest),
        )
        # Compared as the float32 that the caller sees, so that is_positive never contradicts the two numbers beside it.
        self._thresholds = [float(np.float32(one.threshold)) for one in manifest.classes]

    def fill(self, message: prediction_pb2.Prediction, prediction: Prediction, recording_id: str) -> None:
        """Write a prediction into an empty message."""
        message.CopyFrom(self._blank)
        message.recording_id = recording_id
        for one, probability, threshold in zip(
            message.classes, prediction.probabilities, self._thresholds, strict=True
        ):
            one.probability = probability
            one.is_positive = probability >= threshold
        message.warnings.extend(map(_warning_to_proto, prediction.warnings))


# A model has a handful of warnings, and most recordings get some of them.
@lru_cache(maxsize=1024)
def _warning_to_proto(warning: RecordingWarning) -> prediction_pb2.Warning:
    return prediction_pb2.Warning(
        code=WARNING_NUMBERS[warning.code],
        lead=recording_pb2.LEAD_NAME_UNSPECIFIED if warning.lead is None else LEAD_NUMBERS[warning.lead],
        message=warning.message,
        measured=warning.measured,
        unit=warning.unit,
    )


def model_version_to_proto(manifest: Manifest) -> prediction_pb2.ModelVersion:
    """Return which model this is."""
    return prediction_pb2.ModelVersion(name=manifest.name, version=manifest.version, sha256=manifest.sha256)


def model_summary_to_proto(manifest: Manifest, max_message_bytes: int) -> ecg_service_pb2.ModelSummaryResponse:
    """Return the description of a model and of what the server accepts."""
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
        limits=model_pb2.Limits(max_message_bytes=max_message_bytes, max_recording_id_bytes=MAXIMUM_RECORDING_ID_BYTES),
        quality_figures=[
            model_pb2.QualityFigure(
                name=figure.name, class_code=figure.class_code, value=figure.value, measured_on=figure.measured_on
            )
            for figure in manifest.quality_figures
        ],
    )


def _input_to_proto(specification: InputSpecification) -> model_pb2.InputSpecification:
    return model_pb2.InputSpecification(
        sample_rate_hz=specification.sample_rate_hz,
        sample_count=specification.sample_count,
        lead_names=[LEAD_NUMBERS[name] for name in specification.lead_names],
        metadata_fields=[feature.name for feature in specification.metadata if feature.is_used],
    )
