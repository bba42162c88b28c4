"""Asks a running server over gRPC, in one stream, as any of its callers would."""

from collections.abc import Iterable, Iterator
from functools import partial

from ecg_client.client import EcgClient
from ecg_client.model_summary import ModelSummary, OperatingPoint
from ecg_client.prediction import RecordingResult
from ecg_client.recording import Recording
from ecg_evaluation.answers import Answer, ServedModel, ServedPoint
from ecg_evaluation.errors import EvaluationError
from ecg_evaluation.evaluation import ModelUsed

SERVED_BY_SERVER = "server"
# The wire carries thresholds as float32, which holds this many decimals of a number up to 1.
_DECIMALS = 6


def serve_over_grpc(client: EcgClient) -> ServedModel:
    """Return the model of a running server as one that can be asked.

    Raises:
        ServiceError: the server does not answer.
        EvaluationError: it tells no operating points.
    """
    summary = client.model_summary()
    if not summary.operating_points:
        raise EvaluationError("the server tells no operating points; it is older than this program: start a newer one")
    return ServedModel(
        used=_model_used(summary),
        operating_points=tuple(_served_point(point, summary.class_codes) for point in summary.operating_points),
        answer=partial(_answer, client),
    )


def _model_used(summary: ModelSummary) -> ModelUsed:
    return ModelUsed(
        name=summary.model.name,
        version=summary.model.version,
        sha256=summary.model.sha256,
        class_codes=summary.class_codes,
        served_by=SERVED_BY_SERVER,
    )


def _served_point(point: OperatingPoint, class_codes: tuple[str, ...]) -> ServedPoint:
    thresholds = tuple(round(point.thresholds[code], _DECIMALS) for code in class_codes)
    return ServedPoint(point.name, point.description, thresholds, point.is_active)


def _answer(client: EcgClient, recordings: Iterable[Recording]) -> Iterator[Answer | None]:
    return map(_to_answer, client.predict_stream(recordings))


def _to_answer(result: RecordingResult) -> Answer | None:
    prediction = result.prediction
    if prediction is None:
        return None
    return Answer(
        probabilities=tuple(one.probability for one in prediction.classes),
        uncertainty=prediction.uncertainty,
        abstentions=frozenset(one.reason for one in prediction.abstentions),
    )
