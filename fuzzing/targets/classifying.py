"""A classifier whose network minds what it is given, and what may come of it."""

import functools

import numpy as np

from ecg.v1 import prediction_pb2, recording_pb2
from ecg_model.bundle import SHIPPED_BUNDLES, read_bundle
from ecg_model.classifier import Classifier, Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_model.recording import FloatArray, Recording
from ecg_server.prediction_conversion import PredictionConverter
from ecg_server.recording_conversion import at_message_paths, recording_from_proto, signal_byte_count
from ecg_server.status import recording_error

# Larger ones only take longer.
GREATEST_SIGNAL_BYTES = 2_000_000


class WatchfulNetwork:
    """Takes only what a network may be given: numbers, finite, in the right form."""

    def __call__(self, metadata: FloatArray, signal: FloatArray) -> FloatArray:
        """Return probabilities [recording, class] that tell one signal from another."""
        if not (np.isfinite(metadata).all() and np.isfinite(signal).all()):
            raise AssertionError("the network is given what is no number")
        if metadata.dtype != np.float32 or signal.dtype != np.float32 or signal.shape[1:] != (1000, 12):
            raise AssertionError(f"the network is given {signal.dtype} of shape {signal.shape}")
        return (1 / (1 + np.exp(-np.clip(signal[:, 0, :5], -20, 20)))).astype(np.float32)


@functools.cache
def classifier() -> Classifier:
    """Return it, with the manifest of a bundle that ships."""
    manifest = read_bundle(SHIPPED_BUNDLES / "reference").manifest
    return Classifier(manifest, WatchfulNetwork(), manifest.operating_points[0])


@functools.cache
def _converter() -> PredictionConverter:
    return PredictionConverter(classifier())


def convert(message: recording_pb2.Recording) -> Recording | None:
    """Take a recording from its message; None: it is refused, or too large to be worth the time."""
    if signal_byte_count(message) > GREATEST_SIGNAL_BYTES:
        return None
    try:
        return recording_from_proto(message)
    except InvalidRecordingError as error:
        _tell(error, is_packed=message.HasField("packed_signal"))
        return None


def classify(message: recording_pb2.Recording) -> None:
    """Take a recording all the way from message to message; only a refusal may come of it, or a prediction."""
    recording = convert(message)
    if recording is None:
        return
    (outcome,) = classifier().classify([recording])
    if isinstance(outcome, InvalidRecordingError):
        _tell(outcome, is_packed=message.HasField("packed_signal"))
    else:
        _check(outcome, message.recording_id)


def _tell(error: InvalidRecordingError, *, is_packed: bool) -> None:
    told = recording_error(at_message_paths(error, is_packed=is_packed))
    if not (told.reason and told.message and told.field_violations):
        raise AssertionError(f"a refusal does not say why: {told}")
    if not all(one.field.startswith("recording") for one in told.field_violations):
        raise AssertionError(f"a refusal names no field of the message: {told}")


def _check(prediction: Prediction, recording_id: str) -> None:
    for probabilities in (prediction.probabilities, *(window.probabilities for window in prediction.windows)):
        if not all(0 <= one <= 1 for one in probabilities):
            raise AssertionError(f"a probability is {probabilities}")
    message = prediction_pb2.Prediction()
    _converter().fill(message, prediction, recording_id, include_windows=True)
    message.SerializeToString()
