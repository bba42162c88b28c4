"""Asks a model in this process: preprocessing, network, calibration and abstention are those that the server runs."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from ecg_client.recording import Recording as FileRecording
from ecg_evaluation.evaluation import ModelUsed
from ecg_evaluation.model_recording import model_recording
from ecg_evaluation.served_model import Refusal, ServedModel, ServedPoint, ServedPrediction
from ecg_model.bundle import MANIFEST_FILE, SHIPPED_BUNDLES, shipped_bundle_names
from ecg_model.classifier import Classifier, Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_model.keras_file import sha256_of
from ecg_model.loading import Runtime, load_classifier

SERVED_BY_CLASSIFIER = "classifier"
BATCH_SIZE = 32


def serve_bundle(model: str, runtime: Runtime | None, operating_point: str | None) -> ServedModel:
    """Return a model on disk as one that can be asked; see `ecg_model.loading.load_classifier`.

    Raises:
        BundleError: there is no such model or operating point, or it cannot be served.
    """
    classifier = load_classifier(model, runtime, operating_point=operating_point)
    folder = SHIPPED_BUNDLES / model if model in shipped_bundle_names() else Path(model)
    usual = Runtime.ONNX if classifier.manifest.onnx_sha256 else Runtime.TENSORFLOW
    return serve_classifier(
        classifier,
        manifest_sha256=sha256_of(folder / MANIFEST_FILE) if folder.is_dir() else None,
        runtime=runtime or usual,
    )


def serve_classifier(
    classifier: Classifier, manifest_sha256: str | None = None, runtime: Runtime | None = None
) -> ServedModel:
    """Return a classifier as a model that can be asked, with what is known of where it came from."""
    manifest, active = classifier.manifest, classifier.operating_point
    return ServedModel(
        used=ModelUsed(
            name=manifest.name,
            version=manifest.version,
            sha256=manifest.sha256,
            manifest_sha256=manifest_sha256,
            runtime=runtime,
            class_codes=tuple(one.code for one in manifest.classes),
            served_by=SERVED_BY_CLASSIFIER,
        ),
        operating_points=tuple(
            ServedPoint(point.name, point.description, point.thresholds, is_active=point.name == active.name)
            for point in manifest.operating_points
        ),
        predict=partial(_predict, classifier),
    )


def _predict(classifier: Classifier, recordings: Iterable[FileRecording]) -> Iterator[ServedPrediction | Refusal]:
    remaining = map(model_recording, recordings)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield from map(_served_prediction, classifier.classify(batch))


def _served_prediction(outcome: Prediction | InvalidRecordingError) -> ServedPrediction | Refusal:
    if isinstance(outcome, InvalidRecordingError):
        return Refusal(outcome.reason.name)
    reasons = frozenset(one.reason.name for one in outcome.abstentions)
    return ServedPrediction(outcome.probabilities, outcome.uncertainty, reasons)
