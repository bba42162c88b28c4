"""What telemetry costs: `python -m benchmarks.telemetry_cost`, on one core, in microseconds of CPU time.

First one number in a histogram, by whatever keeps it; then all that the server does for a call, a recording, a batch.
Sending is not in it. Each figure is the least of several rounds, so that what else the machine does is in it as little
as can be.
"""

import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from prometheus_client import CollectorRegistry
from prometheus_client import Histogram as PrometheusHistogram

from ecg.v1 import prediction_pb2 as pb
from ecg_client.tracing import around_calls
from ecg_model.classifier import StageTimes
from ecg_server.batching import Run
from ecg_server.call import Call
from ecg_server.telemetry.histogram import Histogram
from ecg_server.telemetry.measurements import SECONDS, Measurements
from ecg_server.telemetry.tracing import Tracing

ROUNDS = 9
ROUND_SECONDS = 0.2
BATCH = 16
TRACEPARENT = (("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
ANSWER = pb.Prediction(
    classes=[
        pb.ClassPrediction(code=code, probability=0.3, is_positive=code == "MI")
        for code in ("NORM", "MI", "STTC", "CD", "HYP")
    ],
    warnings=[pb.Warning(code=pb.WARNING_CODE_METADATA_IMPUTED)] * 2,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What is measured.

    Attributes:
        what: it, in words.
        act: does it once.
        share: how many recordings, or whatever the figure is of, that was for.
    """

    what: str
    act: Callable[[], object]
    share: int = 1


def microseconds(cost: Cost) -> float:
    """Return the CPU time that one takes, the least of several rounds."""
    begun = time.perf_counter()
    cost.act()
    times = max(10, int(ROUND_SECONDS / (time.perf_counter() - begun + 1e-7) / 4))
    return min(_round(cost.act, times) for _ in range(ROUNDS)) * 1e6 / cost.share


def costs(tracing: Tracing) -> list[Cost]:
    """Return what is measured, in the order of the table.

    Args:
        tracing: what the server's traces are measured with.
    """
    return [*_of_a_number(), *_of_the_server(tracing), *_of_the_client()]


def _of_a_number() -> list[Cost]:
    meter = MeterProvider([InMemoryMetricReader()]).get_meter("cost")
    of_sdk = meter.create_histogram("sdk", explicit_bucket_boundaries_advisory=SECONDS)
    of_prometheus = PrometheusHistogram("prometheus", "Cost.", ["stage"], buckets=SECONDS, registry=CollectorRegistry())
    labels, child, own = {"stage": "queue"}, of_prometheus.labels("queue"), Histogram(SECONDS)
    return [
        Cost("a number: OpenTelemetry's SDK", lambda: of_sdk.record(0.02, labels)),
        Cost("a number: prometheus_client", lambda: child.observe(0.02)),
        Cost("a number: the server's own histogram", lambda: own.add(0.02)),
    ]


def _of_the_server(tracing: Tracing) -> list[Cost]:
    counting = Measurements()
    stream = _call("PredictStream")
    tracing.call_began(stream, TRACEPARENT)

    def call_counted() -> None:
        call = _call("Predict")
        counting.call_began(call, ())
        counting.call_ended(call, 0.01)

    def call_traced() -> None:
        call = _call("Predict")
        tracing.call_began(call, TRACEPARENT)
        tracing.run_ended(_run(call, 1))
        tracing.call_ended(call, 0.01)

    batch = _run(stream, BATCH)
    return [
        Cost("metrics: a call", call_counted),
        Cost("metrics: a recording", lambda: counting.recording_answered(stream, 0.1, ANSWER)),
        Cost(f"metrics: a recording's share of a batch of {BATCH}", lambda: counting.run_ended(batch), BATCH),
        Cost("traces: a single call with its stages", call_traced),
        Cost(f"traces: a recording's share of a batch of {BATCH} of a stream", lambda: tracing.run_ended(batch), BATCH),
    ]


def _of_the_client() -> list[Cost]:
    without, traced = around_calls((), tracing=False), around_calls((), tracing=TracerProvider(shutdown_on_exit=False))

    def call_untraced() -> None:
        with without("Predict"):
            pass

    def call_traced() -> None:
        with traced("Predict"):
            pass

    return [
        Cost("Python client: a call, not traced", call_untraced),
        Cost("Python client: a call, traced", call_traced),
    ]


def _call(method: str) -> Call:
    return Call(method=f"/ecg.v1.EcgService/{method}", model_version="ensemble 1.1.0")


def _run(call: Call, recordings: int) -> Run:
    return Run([call] * recordings, [0.01] * recordings, recordings, time.monotonic(), StageTimes(0.01, 0.02))


def _round(act: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times


def main() -> None:
    """Print the table."""
    # So much that none is sent while it is measured.
    os.environ |= dict.fromkeys(("OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"), "10000000")
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "3600000"
    sys.stdout.write("| What | µs |\n|---|---|\n")
    for cost in costs(Tracing()):
        sys.stdout.write(f"| {cost.what} | {microseconds(cost):.2f} |\n")
    versions = (f"{name} {version(name)}" for name in ("opentelemetry-sdk", "prometheus-client"))
    sys.stdout.write(f"\n{', '.join(versions)}, Python {platform.python_version()}\n")


if __name__ == "__main__":
    main()
