"""What callers meet at the Envoy of deploy/envoy: each call goes to a server that is well, or is refused in time."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import grpc
import httpx
import pytest
import trustme
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_client import EcgClient, LimitExceededError, ServiceUnavailableError, ServingStatus, Tls
from ecg_client.formats.synthetic import generate_recording
from ecg_model.errors import BundleError
from ecg_server.batching import RETRY_AFTER_SECONDS
from ecg_server.errors import QueueFullError
from ecg_server.settings import AccessSettings, HealthSettings
from ecg_testing.certificates import Files, chain, put, renew, server_files
from ecg_testing.envoy_proxy import (
    Configuration,
    EnvoyProxy,
    cluster_of,
    deployed,
    http_of,
    upstream_tls,
)
from ecg_testing.fakes import FirstSamples, GatedNetwork, entered, fake_classifier
from ecg_testing.messages import numbered_recording, synthetic_recording
from ecg_testing.ports import free_port
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import ONE_BY_ONE, group, request, serving
from ecg_testing.statuses import call_status

ORIGIN = "https://viewer.hospital.example"
METHOD = "/ecg.v1.EcgService/Predict"
# A frame of gRPC-Web is a byte of flags, four of length, and the message.
HEAD = 5
TRAILERS = 0x80


@asynccontextmanager
async def proxied(configuration: Configuration, folder: Path) -> AsyncIterator[EnvoyProxy]:
    """Run Envoy in front of servers of this process."""
    envoy = EnvoyProxy(configuration, folder)
    await asyncio.to_thread(envoy.__enter__)
    try:
        yield envoy
    finally:
        envoy.__exit__()


@asynccontextmanager
async def calling(address: str) -> AsyncIterator[EcgServiceStub]:
    """Give a stub that tries nothing again by itself."""
    async with aio.insecure_channel(address, [("grpc.enable_retries", 0)]) as channel:
        yield EcgServiceStub(channel)


async def test_a_server_that_is_not_well_gets_no_calls(tmp_path: Path) -> None:
    """Its process is alive and would even answer, but its health says that it should not be asked."""
    flaw: list[str] = []
    network = FirstSamples()
    ill = replace(fake_classifier(network), check=lambda: _fail(flaw))
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(serving(fake_classifier()))
        server = await stack.enter_async_context(serving(ill, health=HealthSettings(check_seconds=0.02)))
        envoy = await stack.enter_async_context(proxied(deployed(tmp_path, [server.address, other.address]), tmp_path))
        stub = await stack.enter_async_context(calling(envoy.address))
        await _call_until(stub, lambda: 7 in network.seen_numbers)

        flaw.append("is off")
        await asyncio.to_thread(envoy.wait_until, "membership_healthy", 1)
        network.seen.clear()
        await _predict(stub, 20)
        assert 7 not in network.seen_numbers

        flaw.clear()
        await _call_until(stub, lambda: 7 in network.seen_numbers)


async def test_when_no_server_is_well_callers_are_told_so(tmp_path: Path) -> None:
    """UNAVAILABLE, at once; none of the servers is asked."""
    classifier = replace(fake_classifier(), check=lambda: _fail(["is off"]))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(classifier, health=HealthSettings(check_seconds=0.02)))
        envoy = await stack.enter_async_context(proxied(deployed(tmp_path, [server.address]), tmp_path))
        await asyncio.to_thread(envoy.wait_until, "membership_healthy", 0)
        stub = await stack.enter_async_context(calling(envoy.address))
        with pytest.raises(aio.AioRpcError) as caught:
            await _predict(stub, 1)

    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.UNAVAILABLE, "no healthy upstream")


async def test_more_calls_than_the_bound_are_refused_as_a_server_refuses_them(tmp_path: Path) -> None:
    """Before any server sees them; streams, health and what is under way go on."""
    network = GatedNetwork()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(fake_classifier(network), batching=ONE_BY_ONE))
        configuration = deployed(tmp_path, [server.address])
        cluster_of(configuration)["circuit_breakers"]["thresholds"][0]["max_requests"] = 1
        envoy = await stack.enter_async_context(proxied(configuration, tmp_path))
        stub = await stack.enter_async_context(calling(envoy.address))
        network.close()
        computing = asyncio.ensure_future(_predict(stub, 1))
        await entered(network)
        calls = envoy.of_server(server.address, "rq_total")

        with pytest.raises(aio.AioRpcError) as caught:
            await _predict(stub, 1)
        with pytest.raises(LimitExceededError) as told:
            await asyncio.to_thread(_predict_once, envoy.address)
        health = await asyncio.to_thread(_health, envoy.address)
        streaming = stub.PredictStream(iter([group([numbered_recording(1)])]))
        assert envoy.of_server(server.address, "rq_total") == calls + 1  # of health
        refused = envoy.count("upstream_rq_active_overflow")
        network.gate.set()
        await computing
        answers = [response async for response in streaming]

    expected = QueueFullError(RETRY_AFTER_SECONDS)
    status = call_status(caught.value)
    assert (status.code, status.reason, status.message) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "QUEUE_FULL",
        str(expected),
    )
    assert told.value.retry_after_s == RETRY_AFTER_SECONDS
    assert health is ServingStatus.SERVING
    assert len(answers) == 1
    assert refused == 2


async def test_a_long_recording_finds_the_server_that_is_there(tmp_path: Path) -> None:
    """Ten minutes at 500 Hz, tried again at another server, though no health check has told yet that one is gone."""
    long = request(synthetic_recording(rate_hz=500, seconds=600))
    async with serving(fake_classifier()) as server:
        configuration = deployed(tmp_path, [server.address, f"127.0.0.1:{free_port()}"])
        for knowledge in ("health_checks", "outlier_detection"):
            del cluster_of(configuration)[knowledge]
        async with proxied(configuration, tmp_path) as envoy, calling(envoy.address) as stub, asyncio.timeout(60):
            while envoy.count("upstream_rq_retry") == 0:
                await stub.Predict(long, timeout=30)


def test_a_browser_can_call(default_server: ServerProcess, tmp_path: Path) -> None:
    """gRPC-Web over HTTP/1.1: the prediction is the one that gRPC gives."""
    message = _request()
    with EnvoyProxy(deployed(tmp_path, [default_server.address]), tmp_path) as envoy:
        response = _post(envoy, message, {})
    with grpc.insecure_channel(default_server.address) as channel:
        expected = EcgServiceStub(channel).Predict(message)

    body, trailers = _frames(response.content)
    assert (response.http_version, response.status_code) == ("HTTP/1.1", 200)
    assert "grpc-status:0" in trailers
    assert pb.PredictResponse.FromString(body) == expected


def test_a_page_from_elsewhere_may_call_only_when_it_is_named(default_server: ServerProcess, tmp_path: Path) -> None:
    """As deployed no other origin may: the browser is told nothing that would let it."""
    configuration = deployed(tmp_path, [default_server.address])
    with EnvoyProxy(configuration, tmp_path) as envoy:
        refused = _preflight(envoy), _post(envoy, _request(), {"origin": ORIGIN})
    host = http_of(configuration)["route_config"]["virtual_hosts"][0]
    host["typed_per_filter_config"]["envoy.filters.http.cors"]["allow_origin_string_match"] = [{"exact": ORIGIN}]
    with EnvoyProxy(configuration, tmp_path) as envoy:
        allowed = _preflight(envoy), _post(envoy, _request(), {"origin": ORIGIN})

    assert [one.headers.get("access-control-allow-origin") for one in (*refused, *allowed)] == [None, None] + 2 * [
        ORIGIN
    ]
    assert allowed[0].status_code == 200
    assert "x-grpc-web" in allowed[0].headers["access-control-allow-headers"]
    assert "grpc-status" in allowed[1].headers["access-control-expose-headers"]


def test_callers_meet_tls_and_a_renewed_certificate(default_server: ServerProcess, tmp_path: Path) -> None:
    """As deployed: nothing in plain text, and a certificate that is replaced is shown without a restart."""
    (tmp_path / "certificates").mkdir()
    first, second = trustme.CA(), trustme.CA()
    files = server_files(tmp_path / "certificates", first)
    with EnvoyProxy(deployed(tmp_path, [default_server.address], has_tls=True), tmp_path) as envoy:
        address = envoy.address.replace("127.0.0.1", "localhost")
        with pytest.raises(ServiceUnavailableError):
            _health(envoy.address)
        assert _is_reached(address, tmp_path, first)
        assert not _is_reached(address, tmp_path, second)
        renew(files, second)
        deadline = time.monotonic() + 60
        while not _is_reached(address, tmp_path, second):
            assert time.monotonic() < deadline
            time.sleep(0.05)


async def test_envoy_shows_servers_who_it_is(tmp_path: Path) -> None:
    """Servers that ask for a certificate, and for its name, are called over TLS."""
    (tmp_path / "certificates").mkdir()
    authority = trustme.CA()
    files = _upstream_files(tmp_path / "certificates", authority)
    async with AsyncExitStack() as stack:
        access = AccessSettings(tls=files.tls("envoy"))
        server = await stack.enter_async_context(serving(fake_classifier(), access=access))
        configuration = deployed(tmp_path, [server.address])
        cluster_of(configuration).update(upstream_tls(tmp_path))
        envoy = await stack.enter_async_context(proxied(configuration, tmp_path))
        await asyncio.to_thread(envoy.wait_until, "membership_healthy", 1)
        stub = await stack.enter_async_context(calling(envoy.address))
        await _predict(stub, 1)


def test_envoy_has_nothing_to_complain_of(default_server: ServerProcess, tmp_path: Path) -> None:
    """Nothing in the configuration is deprecated or missing; a call has one line, with its id and its status."""
    with EnvoyProxy(deployed(tmp_path, [default_server.address]), tmp_path) as envoy:
        with grpc.insecure_channel(envoy.address) as channel:
            EcgServiceStub(channel).Predict(_request(), metadata=[("x-request-id", "trial-1")])
        while not (lines := (tmp_path / "envoy.log").read_text().splitlines()):
            time.sleep(0.05)

    [call] = map(json.loads, lines)
    assert (call["request_id"], call["method"], call["status"], call["server"]) == (
        "trial-1",
        METHOD,
        "OK",
        default_server.address,
    )


def test_nothing_but_metrics_leaves_the_admin_interface(default_server: ServerProcess, tmp_path: Path) -> None:
    """Prometheus can ask; nobody can have Envoy quit or show what it was configured with."""
    configuration = deployed(tmp_path, [default_server.address])
    with EnvoyProxy(configuration, tmp_path) as envoy:
        answers = {
            path: httpx.get(f"http://{envoy.metrics_address}{path}") for path in ("/stats/prometheus", "/clusters")
        }

    assert "envoy_cluster_upstream_rq_total" in answers["/stats/prometheus"].text
    assert answers["/clusters"].status_code == 404
    assert configuration["admin"]["address"]["socket_address"]["address"] == "127.0.0.1"


async def _predict(stub: EcgServiceStub, count: int) -> None:
    for _ in range(count):
        await stub.Predict(request(numbered_recording(7)), timeout=30)


async def _call_until(stub: EcgServiceStub, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await _predict(stub, 1)


def _predict_once(address: str) -> None:
    with EcgClient(address) as client:
        client.predict(generate_recording(0))


def _health(address: str) -> ServingStatus:
    with EcgClient(address) as client:
        return client.health()


def _is_reached(address: str, folder: Path, authority: trustme.CA) -> bool:
    """Return whether a client that trusts nobody but this authority comes through."""
    file = folder / "trusted.pem"
    authority.cert_pem.write_to_path(str(file))
    try:
        with EcgClient(address, tls=Tls(authority=file)) as client:
            return client.health() is ServingStatus.SERVING
    except ServiceUnavailableError:
        return False


def _upstream_files(folder: Path, authority: trustme.CA) -> Files:
    """Write what Envoy shows to servers, and what a server shows whose name is that of deploy/envoy."""
    for name, certificate in (("server", authority.issue_cert("ecg-server")), ("envoy", authority.issue_cert("envoy"))):
        put(folder / f"{name}.pem", chain(certificate))
        put(folder / f"{name}.key", certificate.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    return Files(folder / "server.pem", folder / "server.key", folder / "authority.pem")


def _fail(flaw: list[str]) -> None:
    if flaw:
        raise BundleError("fake", flaw[0])


def _request() -> pb.PredictRequest:
    return request(synthetic_recording())


def _post(envoy: EnvoyProxy, message: pb.PredictRequest, headers: Mapping[str, str]) -> httpx.Response:
    content = message.SerializeToString()
    return httpx.post(
        f"http://{envoy.address}{METHOD}",
        content=bytes([0]) + len(content).to_bytes(4) + content,
        headers={"content-type": "application/grpc-web+proto", "x-grpc-web": "1", **headers},
        timeout=30,
    )


def _preflight(envoy: EnvoyProxy) -> httpx.Response:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-grpc-web",
    }
    return httpx.options(f"http://{envoy.address}{METHOD}", headers=asked, timeout=30)


def _frames(content: bytes) -> tuple[bytes, str]:
    """Return the message and the trailers of a gRPC-Web response."""
    length = int.from_bytes(content[1:HEAD])
    message, rest = content[HEAD : HEAD + length], content[HEAD + length :]
    assert rest[0] == TRAILERS
    return message, rest[HEAD:].decode()
