"""Asks a running server over gRPC, in one stream, as any of its callers would."""

from collections.abc import Iterable, Iterator

from ecg_client.client import EcgClient
from ecg_client.model_summary import ModelSummary, OperatingPoint
from ecg_client.prediction import RecordingResult
from ecg_client.recording import Recording
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import ModelUsed
from ecg_evaluation.served_model import Refusal, ServedModel, ServedPoint, ServedPrediction

SERVED_BY_SERVER = "server"


def serve_over_grpc(client: EcgClient) -> ServedModel:
    """Return the model of a running server as one that can be asked.

    Raises:
        ServiceError: the server does not answer.
        EvaluationError: it tells no operating point that is active.
    """
    summary = client.model_summary()
    points = tuple(_served_point(point, summary.class_codes) for point in summary.operating_points)
    active = next((point for point in points if point.is_active), None)
    if active is None:
        raise EvaluationError("the server tells no operating point; it is older than this program: start a newer one")

    def predict(recordings: Iterable[Recording]) -> Iterator[ServedPrediction | Refusal]:
        return (served_prediction(result, active.thresholds) for result in client.predict_stream(recordings))

    return ServedModel(_model_used(summary), points, predict)


def _model_used(summary: ModelSummary) -> ModelUsed:
    return ModelUsed(
        name=summary.model.name,
        version=summary.model.version,
        sha256=summary.model.sha256,
        class_codes=summary.class_codes,
        served_by=SERVED_BY_SERVER,
    )


def _served_point(point: OperatingPoint, class_codes: tuple[str, ...]) -> ServedPoint:
    thresholds = tuple(point.thresholds[code] for code in class_codes)
    return ServedPoint(point.name, point.description, thresholds, point.is_active)


def served_prediction(result: RecordingResult, thresholds: tuple[float, ...]) -> ServedPrediction | Refusal:
    """Return what a server says of a recording.

    Args:
        result: as it came.
        thresholds: those at which the server said that it runs.

    Raises:
        EvaluationError: its findings are not those of these thresholds, from which figures are computed.
    """
    prediction = result.prediction
    if prediction is None:
        return Refusal("UNKNOWN" if result.error is None else result.error.reason)
    told = [(one.threshold, one.is_positive) for one in prediction.classes]
    computed = [(limit, one.probability >= limit) for one, limit in zip(prediction.classes, thresholds, strict=True)]
    if told != computed:
        raise EvaluationError(
            f"the server's findings in recording {result.sequence_number} of the stream do not follow from the "
            "thresholds in its summary: if it was started anew at another operating point, evaluate again"
        )
    return ServedPrediction(
        probabilities=tuple(one.probability for one in prediction.classes),
        uncertainty=prediction.uncertainty,
        abstentions=frozenset(one.reason for one in prediction.abstentions),
    )
