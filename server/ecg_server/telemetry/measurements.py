"""What the server has done since it started, in plain numbers that cost next to nothing to keep."""

from collections import Counter, defaultdict
from functools import partial

import grpc

from ecg.v1 import ecg_service_pb2, prediction_pb2
from ecg_server.batching import Run
from ecg_server.call import Answer, Call
from ecg_server.errors import (
    ModelNotReadyError,
    NotAllowedError,
    ShuttingDownError,
    TryLaterError,
    UnauthenticatedError,
    UnhealthyError,
)
from ecg_server.status import STATUS_TABLE
from ecg_server.telemetry.histogram import Histogram
from ecg_server.telemetry.observer import Metadata, Observer

OTHER, EXPLAIN = "other", "Explain"
_SERVICE = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"]
METHODS = tuple(method.name for method in _SERVICE.methods)
_METHOD_NAMES = {f"/{_SERVICE.full_name}/{name}": name for name in METHODS}
STATUS_NAMES: dict[int, str] = {code.value[0]: code.name for code in grpc.StatusCode}

# What a call ends with that is not taken, or broken off, whatever it asks.
_REFUSALS = (
    UnauthenticatedError,
    NotAllowedError,
    TryLaterError,
    ModelNotReadyError,
    UnhealthyError,
    ShuttingDownError,
)
REFUSAL_REASONS = frozenset(reason for error, (_, reason) in STATUS_TABLE.items() if issubclass(error, _REFUSALS))

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Streams last.
CALL_SECONDS = (*SECONDS, 30.0, 60.0, 300.0, 1800.0)
WINDOWS = (1, 2, 4, 8, 16, 32, 64, 128)
PROBABILITIES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

# Of models so many are told, the last that began to answer.
MOST_MODELS = 16

QUEUE, PREPROCESSING, NETWORK, TOTAL = STAGES = ("queue", "preprocessing", "network", "total")


class Measurements(Observer):
    """Counts. Everything is by label: of a call its method's name, of a prediction its model as "name version".

    Attributes:
        open_calls: those that have begun and not ended.
        calls: those that have ended, by method and status.
        call_seconds: how long they took, by method.
        refused_calls: those that were not taken, or broken off, whatever they asked; by reason.
        recordings: those that were answered, by method and status.
        stage_seconds: how long recordings took, by stage.
        batch_windows: windows in a run of the classifier.
        predictions: recordings that were classified, by model.
        abstentions: those of them that the model does not stand by, by model.
        probabilities: what was told of each class, by model and class.
        findings: predictions at or over the threshold, by model and class.
        warnings: those that were told, by code.
    """

    def __init__(self) -> None:
        self.open_calls: set[Call] = set()
        self.calls: Counter[tuple[str, str]] = Counter()
        self.call_seconds = defaultdict[str, Histogram](partial(Histogram, CALL_SECONDS))
        self.refused_calls: Counter[str] = Counter()
        self.recordings: Counter[tuple[str, str]] = Counter()
        self.stage_seconds = {stage: Histogram(SECONDS) for stage in STAGES}
        self.batch_windows = Histogram(WINDOWS)
        self.predictions: Counter[str] = Counter()
        self.abstentions: Counter[str] = Counter()
        self.probabilities = defaultdict[tuple[str, str], Histogram](partial(Histogram, PROBABILITIES))
        self.findings: Counter[tuple[str, str]] = Counter()
        self.warnings: Counter[prediction_pb2.WarningCode.ValueType] = Counter()

    def call_began(self, call: Call, metadata: Metadata) -> None:  # noqa: ARG002 - nothing of it is a label
        """Count a call as open."""
        self.open_calls.add(call)

    def call_ended(self, call: Call, seconds: float) -> None:
        """Count a call."""
        self.open_calls.discard(call)
        method = method_of(call)
        self.calls[method, call.status] += 1
        self.call_seconds[method].add(seconds)
        if call.reason in REFUSAL_REASONS:
            self.refused_calls[call.reason] += 1

    def recording_answered(self, call: Call, seconds: float, answer: Answer) -> None:
        """Count a recording, and, unless it is explained, how long it took and what was told of it.

        What somebody wants to have explained is no fair sample of what comes, was often classified just before, and
        takes as long as forty recordings: that would be taken for drift, and for slowness.
        """
        method = method_of(call)
        if method != EXPLAIN:
            self.stage_seconds[TOTAL].add(seconds)
        if isinstance(answer, prediction_pb2.RecordingError):
            self.recordings[method, STATUS_NAMES[answer.code]] += 1
            return
        self.recordings[method, grpc.StatusCode.OK.name] += 1
        if method != EXPLAIN:
            self._count_prediction(call.model_version, answer)

    def run_ended(self, run: Run) -> None:
        """Count a batch: each of its recordings took as long as all of it did."""
        for seconds in run.queued_seconds:
            self.stage_seconds[QUEUE].add(seconds)
        self.stage_seconds[PREPROCESSING].add(run.times.preprocessing_seconds, len(run.calls))
        self.stage_seconds[NETWORK].add(run.times.network_seconds, len(run.calls))
        self.batch_windows.add(run.windows)

    def _count_prediction(self, model: str, prediction: prediction_pb2.Prediction) -> None:
        if model not in self.predictions:
            self._forget_models()
        self.predictions[model] += 1
        self.abstentions[model] += bool(prediction.abstentions)
        for one in prediction.classes:
            key = (model, one.code)
            self.probabilities[key].add(one.probability)
            if one.is_positive:
                self.findings[key] += 1
        for warning in prediction.warnings:
            self.warnings[warning.code] += 1

    def _forget_models(self) -> None:
        """Make room for another model: a server may be given a new one every night, for years."""
        forgotten = list(self.predictions)[: -MOST_MODELS + 1]
        for model in forgotten:
            del self.predictions[model], self.abstentions[model]
        for by_class in (self.probabilities, self.findings):
            for key in [key for key in by_class if key[0] in forgotten]:
                del by_class[key]


def method_of(call: Call) -> str:
    """Return the name of a call's method; of the methods of other services that it is another."""
    return _METHOD_NAMES.get(call.method, OTHER)
