"""The server's figures as Prometheus sees them: their names, meanings and labels."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

import grpc
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ecg.v1 import prediction_pb2
from ecg_server.served_models import ServedModel
from ecg_server.telemetry.families import counter, gauge, histogram, zeros
from ecg_server.telemetry.measurements import METHODS, OTHER, REFUSAL_REASONS, Measurements, method_of
from ecg_server.telemetry.sources import Sources

OK = grpc.StatusCode.OK.name
CLASSIFYING = ("Predict", "PredictStream", "Explain")
# What a recording is answered with, but for the rarest.
ANSWERS = (OK, "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "INTERNAL")


def registry_of(measurements: Measurements, sources: Sources) -> CollectorRegistry:
    """Return what tells the server's figures and those of its process."""
    registry = CollectorRegistry()
    registry.register(ServerCollector(measurements, sources))
    ProcessCollector(registry=registry)
    return registry


class ServerCollector(Collector):
    """Tells the figures, as they are whenever it is asked. May be asked by any thread: it copies before it looks.

    Args:
        measurements: what was counted.
        sources: where the others come from.
    """

    def __init__(self, measurements: Measurements, sources: Sources) -> None:
        self._counted = measurements
        self._sources = sources

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        yield from self._calls()
        yield from self._refusals()
        yield from self._recordings()
        yield from self._batches()
        yield from self._predictions()
        yield from self._service()

    def _calls(self) -> Iterator[Metric]:
        open_calls = self._counted.open_calls.copy()
        ended = zeros((method, OK) for method in METHODS) | self._counted.calls.copy()
        in_flight = zeros((*METHODS, OTHER)) | Counter(map(method_of, open_calls))
        if refused := self._sources.full_queue.calls_refused:
            key = ("Predict", grpc.StatusCode.RESOURCE_EXHAUSTED.name)
            ended[key] = ended.get(key, 0) + refused
        by_method = ("method",)
        yield counter("ecg_calls", "Calls that have ended; a stream is one.", ("method", "status"), ended)
        yield histogram(
            "ecg_call_duration_seconds",
            "From a call's arrival to its end, without calls that a full queue refused at the door.",
            by_method,
            self._counted.call_seconds.copy(),
        )
        yield gauge("ecg_calls_in_flight", "Calls that are open now; a stream is one.", by_method, in_flight)
        waiting = sum(call.recordings - call.answers for call in open_calls)
        yield gauge("ecg_recordings_in_flight", "Recordings received and not answered yet.", (), {(): waiting})

    def _refusals(self) -> Iterator[Metric]:
        refused = zeros(sorted(REFUSAL_REASONS)) | self._counted.refused_calls.copy()
        refused["QUEUE_FULL"] += self._sources.full_queue.calls_refused
        meaning = "Calls that were not taken, or were broken off, whatever they asked."
        yield counter("ecg_calls_refused", meaning, ("reason",), refused)

    def _recordings(self) -> Iterator[Metric]:
        answered = zeros(product(CLASSIFYING, ANSWERS)) | self._counted.recordings.copy()
        yield counter("ecg_recordings", "Recordings that were answered.", ("method", "status"), answered)
        meaning = "How long recordings waited, were prepared and were in the network with their batch, and all of it."
        yield histogram("ecg_recording_duration_seconds", meaning, ("stage",), self._counted.stage_seconds)
        dropped = self._sources.batcher.counts.dropped
        meaning = "Recordings that left the queue because nobody waited for them any more."
        yield counter("ecg_recordings_expired", meaning, (), {(): dropped})

    def _batches(self) -> Iterator[Metric]:
        meaning = "Windows in one run of the classifier."
        yield histogram("ecg_batch_windows", meaning, (), {(): self._counted.batch_windows})
        size, limit = self._sources.batcher.queue_size(), self._sources.batching
        yield gauge("ecg_queue_recordings", "Recordings that wait.", (), {(): size.recordings})
        yield gauge("ecg_queue_windows", "Windows of recordings that wait.", (), {(): size.windows})
        yield gauge("ecg_queue_bytes", "Bytes of signal that wait.", (), {(): size.byte_count})
        yield gauge("ecg_queue_limit_windows", "Windows that may wait.", (), {(): limit.queue_windows})
        yield gauge("ecg_queue_limit_bytes", "Bytes of signal that may wait.", (), {(): limit.queue_bytes})

    def _predictions(self) -> Iterator[Metric]:
        models = self._sources.models.by_label().values()
        of_model, of_class = zeros(model.name for model in models), zeros(_classes(models))
        by_model, by_class = ("model",), ("model", "class")
        counted = self._counted
        told = of_model | counted.predictions.copy()
        yield counter("ecg_predictions", "Recordings that were classified.", by_model, told)
        meaning = "Predictions that the model does not stand by."
        yield counter("ecg_abstentions", meaning, by_model, of_model | counted.abstentions.copy())
        meaning = "Predictions at or over the threshold."
        yield counter("ecg_findings", meaning, by_class, of_class | counted.findings.copy())
        meaning = "Probabilities that were told."
        yield histogram("ecg_class_probability", meaning, by_class, counted.probabilities.copy())
        names = prediction_pb2.WarningCode.Name
        codes = dict.fromkeys(prediction_pb2.WarningCode.values()[1:], 0) | counted.warnings.copy()
        warnings = {names(code).removeprefix("WARNING_CODE_"): count for code, count in codes.items()}
        yield counter("ecg_warnings", "Warnings that were told.", ("code",), warnings)

    def _service(self) -> Iterator[Metric]:
        infos: dict[tuple[str, ...], int] = {
            (label, one.classifier.manifest.name, one.version, one.classifier.manifest.sha256): 1
            for label, one in self._sources.models.by_label().items()
        }
        yield gauge("ecg_model_info", "Models that are served now.", ("label", "name", "version", "sha256"), infos)
        loads = {"loaded": self._sources.watch.loaded, "refused": self._sources.watch.refused}
        yield counter("ecg_model_loads", "Models loaded anew while the server runs.", ("result",), loads)
        is_serving = self._sources.health.is_serving(self._sources.service)
        yield gauge("ecg_serving", "Whether health says SERVING of the service.", (), {(): is_serving})


def _classes(models: Iterable[ServedModel]) -> Iterator[tuple[str, str]]:
    for model in models:
        for one in model.classifier.manifest.classes:
            yield model.name, one.code
