"""What a server counts is what happened: each number at its metrics endpoint is compared with what was sent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import grpc
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2, recording_pb2
from ecg_model.classifier import Classifier
from ecg_model.errors import BundleError
from ecg_model.manifest import AbstentionRule
from ecg_server.access.tokens import new_token
from ecg_server.call import Call
from ecg_server.full_queue import METHOD
from ecg_server.server import EcgServer
from ecg_server.settings import AccessSettings, BatchingSettings, HealthSettings, ServerSettings, TelemetrySettings
from ecg_server.telemetry.measurements import MOST_MODELS, Measurements
from ecg_testing.fakes import FailingNetwork, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import leads_recording, numbered_recording
from ecg_testing.scraping import Scrape, scrape
from ecg_testing.serving import ONE_BY_ONE, Serving, group, request, serving, stream

TELEMETRY = TelemetrySettings(metrics_port=0)
REFUSED = leads_recording(rate_hz=0.0)


@asynccontextmanager
async def measured(classifier: Classifier, **settings: object) -> AsyncIterator[Serving]:
    """Serve a classifier with a metrics endpoint."""
    async with serving(classifier, telemetry=TELEMETRY, **settings) as server:
        yield server


async def told(server: Serving) -> Scrape:
    """Return what a server tells now."""
    return await scrape(server.server.metrics_url)


async def rises_to(server: Serving, number: float, name: str, **labels: str) -> None:
    """Wait until a number is told."""
    async with asyncio.timeout(60):
        while (await told(server)).value(name, **labels) != number:  # noqa: ASYNC110 - there is no event
            await asyncio.sleep(0.01)


async def status_of(call: "aio.Call") -> grpc.StatusCode:
    """Return the status with which a call ends."""
    try:
        await call
    except aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


async def predicted(server: Serving, recordings: Iterable[recording_pb2.Recording]) -> list[prediction_pb2.Prediction]:
    """Return what single calls are told, one after the other."""
    return [(await server.stub.Predict(request(one))).prediction for one in recordings]


async def test_calls_and_recordings_are_counted_by_method_and_status() -> None:
    """Each once, streams as one call; health's are of another method."""
    async with measured(fake_classifier()) as server:
        await predicted(server, map(numbered_recording, range(3)))
        await status_of(server.stub.Predict(request(REFUSED)))
        await status_of(server.stub.Predict(pb.PredictRequest(options=pb.PredictOptions(model_version="none"))))
        await stream(server.stub, [group([numbered_recording(1), REFUSED]), group([numbered_recording(2)] * 3)])
        await server.stub.ModelSummary(pb.ModelSummaryRequest())
        await server.stub.Explain(pb.ExplainRequest(recording=numbered_recording(1)))
        await server.channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
        scraped = await told(server)

    assert scraped.rises("ecg_calls_total") == {
        ("Predict", "OK"): 3,
        ("Predict", "INVALID_ARGUMENT"): 1,
        ("Predict", "NOT_FOUND"): 1,
        ("PredictStream", "OK"): 1,
        ("ModelSummary", "OK"): 1,
        ("Explain", "OK"): 1,
        ("other", "OK"): 1,
    }
    assert scraped.rises("ecg_recordings_total") == {
        ("Predict", "OK"): 3,
        ("Predict", "INVALID_ARGUMENT"): 1,
        ("PredictStream", "OK"): 4,
        ("PredictStream", "INVALID_ARGUMENT"): 1,
        ("Explain", "OK"): 1,
    }
    ended = {"Predict": 5, "PredictStream": 1, "ModelSummary": 1, "Explain": 1, "other": 1}
    assert scraped.rises("ecg_call_duration_seconds_count") == {(method,): count for method, count in ended.items()}
    assert scraped.rises("ecg_calls_in_flight") == scraped.rises("ecg_recordings_in_flight") == {}
    assert scraped.rises("ecg_calls_refused_total") == {}


async def test_every_stage_of_a_recording_is_timed() -> None:
    """Those that are classified in every stage, one that is refused before only in all; none is below 0."""
    async with measured(fake_classifier()) as server:
        await predicted(server, map(numbered_recording, range(4)))
        await status_of(server.stub.Predict(request(REFUSED)))
        scraped = await told(server)

    counted = scraped.rises("ecg_recording_duration_seconds_count")
    assert counted == {("queue",): 4, ("preprocessing",): 4, ("network",): 4, ("total",): 5}
    spent = {stage: seconds for (stage,), seconds in scraped.rises("ecg_recording_duration_seconds_sum").items()}
    assert min(spent.values()) > 0
    assert spent["queue"] + spent["preprocessing"] + spent["network"] <= spent["total"]


async def test_what_is_explained_is_counted_apart() -> None:
    """It is a call and a recording; it makes no recording look slow, and no class look frequent."""
    async with measured(fake_classifier()) as server:
        await server.stub.Explain(pb.ExplainRequest(recording=numbered_recording(1000)))
        scraped = await told(server)

    assert scraped.rises("ecg_recordings_total") == {("Explain", "OK"): 1}
    assert scraped.rises("ecg_call_duration_seconds_count") == {("Explain",): 1}
    for name in ("ecg_recording_duration_seconds_count", "ecg_predictions_total", "ecg_findings_total"):
        assert scraped.rises(name) == {}
    assert scraped.rises("ecg_class_probability_count") == scraped.rises("ecg_warnings_total") == {}


def test_of_models_that_come_and_go_the_last_are_told() -> None:
    """A new one every night does not make the metrics grow for ever; one that is forgotten begins anew at 0."""
    counted = Measurements()
    answer = prediction_pb2.Prediction(classes=[prediction_pb2.ClassPrediction(code="MI", is_positive=True)])
    nights = [f"fake {night}" for night in range(MOST_MODELS + 3)]
    for model in (*nights, nights[0], nights[0]):
        call = Call("", METHOD, "", model_version=model)
        counted.recording_answered(call, 0.1, answer)

    last = [*nights[4:], nights[0]]
    assert list(counted.predictions) == list(counted.abstentions) == last
    assert list(counted.probabilities) == list(counted.findings) == [(model, "MI") for model in last]
    assert counted.predictions[nights[0]] == 2


async def test_what_is_told_of_recordings_is_counted() -> None:
    """Probabilities in tenths, findings, abstentions and warnings, as they are in the answers."""
    # Of the first class; the others have 0. One half is the threshold, and does not lie above its bound.
    thousandths = [50, 150, 199, 499, 500, 950, 1000]
    async with measured(fake_classifier()) as server:
        alone = await predicted(server, map(numbered_recording, thousandths))
        results = await stream(server.stub, [group(map(numbered_recording, thousandths))])
        scraped = await told(server)

    answers = [*alone, *(one.prediction for one in results)]
    assert scraped.rises("ecg_predictions_total") == {("fake",): 14}
    assert scraped.rises("ecg_findings_total") == {("NORM", "fake"): 6}
    assert scraped.rises("ecg_abstentions_total") == {}
    buckets = {
        bound: scraped.value("ecg_class_probability_bucket", model="fake", **{"class": "NORM"}, le=bound)
        for bound in ("0.1", "0.2", "0.4", "0.5", "0.9", "1.0", "+Inf")
    }
    assert buckets == {"0.1": 2, "0.2": 6, "0.4": 6, "0.5": 10, "0.9": 10, "1.0": 14, "+Inf": 14}
    assert scraped.value("ecg_class_probability_bucket", model="fake", **{"class": "MI"}, le="0.1") == 14
    codes = Counter(prediction_pb2.WarningCode.Name(one.code) for answer in answers for one in answer.warnings)
    assert scraped.rises("ecg_warnings_total") == {
        (code.removeprefix("WARNING_CODE_"),): count for code, count in codes.items()
    }
    assert codes


async def test_abstentions_are_counted() -> None:
    """A prediction that the model does not stand by is one, whatever its reasons."""
    plain = fake_classifier()
    unsure = replace(plain, manifest=replace(plain.manifest, abstention=AbstentionRule(greatest_uncertainty=0.1)))
    async with measured(unsure) as server:
        answers = await predicted(server, map(numbered_recording, (0, 500, 510, 1000)))
        scraped = await told(server)

    assert [len(one.abstentions) for one in answers] == [0, 1, 1, 0]
    assert scraped.rises("ecg_abstentions_total") == {("fake",): 2}


async def test_what_waits_and_what_is_computed_together_is_told() -> None:
    """One is computed, alone, while three wait; then the three are one batch."""
    network = GatedNetwork()
    limits = BatchingSettings(largest_batch=8, runs=1, queue_windows=100, queue_bytes=1_000_000)
    async with measured(fake_classifier(network), batching=limits) as server:
        network.close()
        first = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        others = asyncio.ensure_future(stream(server.stub, [group(map(numbered_recording, range(3)))]))
        await rises_to(server, 3, "ecg_queue_recordings")
        busy = await told(server)
        network.gate.set()
        await asyncio.gather(first, others)
        idle = await told(server)

    assert busy.rises("ecg_calls_in_flight") == {("Predict",): 1, ("PredictStream",): 1}
    assert busy.value("ecg_recordings_in_flight") == 4
    assert busy.value("ecg_queue_windows") == 3
    assert busy.value("ecg_queue_bytes") == 3 * 1000 * 12 * 4
    assert (busy.value("ecg_queue_limit_windows"), busy.value("ecg_queue_limit_bytes")) == (100, 1_000_000)
    for name in ("ecg_recordings_in_flight", "ecg_queue_recordings", "ecg_queue_windows", "ecg_queue_bytes"):
        assert idle.value(name) == 0
    assert (idle.value("ecg_batch_windows_count"), idle.value("ecg_batch_windows_sum")) == (2, 4)
    assert (idle.value("ecg_batch_windows_bucket", le="1.0"), idle.value("ecg_batch_windows_bucket", le="4.0")) == (
        1,
        2,
    )


async def test_what_nobody_waits_for_any_more_is_counted() -> None:
    """Two whose deadlines pass while another is computed leave the queue; they were answered nothing."""
    network = GatedNetwork()
    async with measured(fake_classifier(network), batching=ONE_BY_ONE) as server:
        network.close()
        first = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        late = [server.stub.Predict(request(numbered_recording(2)), timeout=0.3) for _ in range(2)]
        codes = [await status_of(one) for one in late]
        network.gate.set()
        await first
        await rises_to(server, 2, "ecg_recordings_expired_total")
        scraped = await told(server)

    assert codes == [grpc.StatusCode.DEADLINE_EXCEEDED] * 2
    assert scraped.value("ecg_recordings_total", method="Predict", status="OK") == 1
    assert scraped.value("ecg_recording_duration_seconds_count", stage="network") == 1
    assert scraped.value("ecg_recordings_in_flight") == 0


async def test_a_batch_that_fails_is_counted_as_what_its_callers_are_told() -> None:
    """INTERNAL, and in no histogram of stages but the total."""
    async with measured(fake_classifier(FailingNetwork())) as server:
        assert await status_of(server.stub.Predict(request(numbered_recording(1000)))) is grpc.StatusCode.INTERNAL
        scraped = await told(server)

    assert scraped.rises("ecg_calls_total") == {("Predict", "INTERNAL"): 1}
    assert scraped.rises("ecg_recordings_total") == {("Predict", "INTERNAL"): 1}
    assert scraped.rises("ecg_recording_duration_seconds_count") == {("total",): 1}


async def test_calls_that_a_full_queue_refuses_are_counted() -> None:
    """Though nothing else of them is noted: they have ended, and why."""
    network = GatedNetwork()
    full = BatchingSettings(largest_batch=1, runs=1, queue_windows=1)
    async with measured(fake_classifier(network), batching=full) as server:
        network.close()
        computing = server.stub.Predict(request(numbered_recording(1)))
        await entered(network)
        waiting = asyncio.ensure_future(stream(server.stub, [group([numbered_recording(2)])]))
        await rises_to(server, 1, "ecg_queue_recordings")
        codes = [await status_of(server.channel.unary_unary(METHOD)(b"\xff")) for _ in range(3)]
        scraped = await told(server)
        network.gate.set()
        await asyncio.gather(computing, waiting)

    assert codes == [grpc.StatusCode.RESOURCE_EXHAUSTED] * 3
    assert scraped.rises("ecg_calls_refused_total") == {("QUEUE_FULL",): 3}
    assert scraped.rises("ecg_calls_total") == {("Predict", "RESOURCE_EXHAUSTED"): 3}


async def test_calls_of_strangers_and_of_the_greedy_are_counted(tmp_path: Path) -> None:
    """Two without a token, one beyond what its caller may have; nothing says who they are."""
    token, line = new_token("ward-7")
    (tmp_path / "tokens").write_text(line)
    (tmp_path / "tokens").chmod(0o600)
    access = AccessSettings(tokens=tmp_path / "tokens", caller_recordings_per_second=0.01)
    known = (("authorization", f"Bearer {token}"), ("x-request-id", "trial-1"))
    async with measured(fake_classifier(), access=access) as server:
        recording = request(numbered_recording(1, "sentinel-id"))
        for metadata in ((), (), known, known):
            await status_of(server.stub.Predict(recording, metadata=metadata))
        scraped = await told(server)

    assert scraped.rises("ecg_calls_refused_total") == {("UNAUTHENTICATED",): 2, ("CALLER_LIMIT",): 1}
    assert scraped.rises("ecg_calls_total") == {
        ("Predict", "OK"): 1,
        ("Predict", "UNAUTHENTICATED"): 2,
        ("Predict", "RESOURCE_EXHAUSTED"): 1,
    }
    for secret in ("sentinel", "ward", "trial", "127.0.0.1"):
        assert not [value for value in scraped.label_values if secret in value]


async def test_models_are_told_and_how_often_they_were_loaded_anew() -> None:
    """Under their labels; one that cannot be served is counted, and the one before is told on."""
    first, second = fake_classifier(), fake_classifier()
    second = replace(second, manifest=replace(second.manifest, version="2.0.0", sha256="2" * 64))
    loads = iter([first, second, BundleError("fake", "is broken")])

    def load(_: str) -> Classifier:
        loaded = next(loads)
        if isinstance(loaded, BundleError):
            raise loaded
        return loaded

    server = EcgServer(ServerSettings(model="", port=0, telemetry=TELEMETRY), load)
    await server.start()
    try:
        before = await scrape(server.metrics_url)
        await server.renew_models()
        await server.renew_models()
        after = await scrape(server.metrics_url)
    finally:
        await server.drain()

    assert before.rises("ecg_model_info") == {("stable", "fake", "0" * 64, ""): 1}
    assert before.rises("ecg_model_loads_total") == {}
    assert after.rises("ecg_model_info") == {("stable", "fake", "2" * 64, "2.0.0"): 1}
    assert after.rises("ecg_model_loads_total") == {("loaded",): 1, ("refused",): 1}


async def test_it_tells_whether_it_is_serving() -> None:
    """What health says of the service, and so not while a check fails."""
    is_failing = asyncio.Event()

    def check() -> None:
        if is_failing.is_set():
            raise BundleError("fake", "is off")

    async with measured(replace(fake_classifier(), check=check), health=HealthSettings(check_seconds=0.02)) as server:
        await rises_to(server, 1, "ecg_serving")
        is_failing.set()
        await rises_to(server, 0, "ecg_serving")
        assert await status_of(server.stub.Predict(request(numbered_recording(1)))) is grpc.StatusCode.UNAVAILABLE
        await rises_to(server, 1, "ecg_calls_refused_total", reason="UNHEALTHY")


async def test_a_stream_that_is_left_leaves_nothing_in_flight() -> None:
    """Its recordings were received and will never be answered."""
    network = GatedNetwork()
    async with measured(fake_classifier(network), batching=ONE_BY_ONE) as server:
        network.close()
        call = server.stub.PredictStream(iter([group(map(numbered_recording, range(10)))]))
        await entered(network)
        await rises_to(server, 10, "ecg_recordings_in_flight")
        call.cancel()
        await rises_to(server, 0, "ecg_recordings_in_flight")
        await rises_to(server, 1, "ecg_calls_total", method="PredictStream", status="CANCELLED")
        network.gate.set()


async def test_the_process_is_told_of() -> None:
    """Memory, CPU, files and when it began, by their usual names."""
    async with measured(fake_classifier()) as server:
        scraped = await told(server)

    for name in ("resident_memory_bytes", "cpu_seconds_total", "open_fds", "max_fds", "start_time_seconds"):
        assert scraped.value(f"process_{name}") > 0


async def test_nothing_is_told_unless_wanted() -> None:
    """There is no endpoint, and nobody observes calls."""
    async with serving(fake_classifier()) as server:
        assert server.server.metrics_url == ""
