"""Calls to a target that stands for several servers are shared out among them."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2_grpc
from ecg_client import EcgClient, Recording, ServiceUnavailableError
from ecg_client.connection import SERVICE_NAME
from ecg_client.status import is_unreached
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]


@dataclass(frozen=True)
class Member:
    """One of several servers."""

    address: str
    service: FakeService
    server: grpc.Server
    health: health.HealthServicer

    def set_health(self, status: int) -> None:
        """Say how it is; it answers all the same."""
        self.health.set(SERVICE_NAME, status)


@contextmanager
def member(*, has_health: bool = True) -> Iterator[Member]:
    """Run a server of several, SERVING."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    service, servicer = FakeService(), health.HealthServicer()
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    if has_health:
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    running = Member(address, service, server, servicer)
    running.set_health(health_pb2.HealthCheckResponse.SERVING)
    server.start()
    yield running
    server.stop(grace=None).wait()


def target_of(members: list[Member]) -> str:
    """Return the target that stands for all of them."""
    return "ipv4:" + ",".join(member.address for member in members)


def calls_of(members: list[Member], call: Callable[[], object], times: int) -> list[int]:
    """Call so often; return how many calls each server got of them."""
    before = [member.service.calls for member in members]
    for _ in range(times):
        call()
    return [member.service.calls - already for member, already in zip(members, before, strict=True)]


def until(are_as_wanted: Callable[[], bool]) -> None:
    """Wait for the servers that get calls to be those that should."""
    deadline = time.monotonic() + 30
    while not are_as_wanted():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def members() -> Iterator[list[Member]]:
    """Two servers."""
    with ExitStack() as stack:
        yield [stack.enter_context(member()) for _ in range(2)]


@pytest.fixture
def predict(members: list[Member], make_recording: MakeRecording) -> Iterator[Callable[[], object]]:
    """Calls them, as a client that is connected to both."""
    with EcgClient(target_of(members), timeout_s=10) as client:
        until(lambda: all(calls_of(members, client.model_summary, 2)))
        yield lambda: client.predict(make_recording())


def test_each_server_gets_every_other_call(members: list[Member], predict: Callable[[], object]) -> None:
    """As many as the other."""
    assert calls_of(members, predict, 10) == [5, 5]


def test_each_stream_goes_to_the_next_server(members: list[Member], make_recording: MakeRecording) -> None:
    """All of it to one."""
    with EcgClient(target_of(members), timeout_s=10) as client:
        until(lambda: all(calls_of(members, client.model_summary, 2)))
        streams = calls_of(members, lambda: list(client.predict_stream([make_recording()] * 3)), 4)
    assert streams == [2, 2]
    assert [member.service.received_count for member in members] == [6, 6]


def test_a_server_that_stops_costs_no_call(members: list[Member], predict: Callable[[], object]) -> None:
    """The other one answers."""
    members[0].server.stop(grace=None).wait()
    assert calls_of(members, predict, 10) == [0, 10]


def test_a_server_that_takes_no_calls_gets_none(members: list[Member], predict: Callable[[], object]) -> None:
    """It is connected all the while, and says of itself how it is."""
    members[0].set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
    until(lambda: calls_of(members, predict, 4) == [0, 4])
    members[0].set_health(health_pb2.HealthCheckResponse.SERVING)
    until(lambda: calls_of(members, predict, 4) == [2, 2])


def test_servers_that_know_no_health_get_calls(make_recording: MakeRecording) -> None:
    """Such as a proxy that does not answer for those behind it."""
    with member(has_health=False) as only, EcgClient(target_of([only]), timeout_s=10) as client:
        assert calls_of([only], lambda: client.predict(make_recording()), 3) == [3]


def test_a_host_and_a_port_are_one_server(members: list[Member], make_recording: MakeRecording) -> None:
    """Whatever it says of itself: whoever names it wants it."""
    members[0].set_health(health_pb2.HealthCheckResponse.NOT_SERVING)
    with EcgClient(members[0].address, timeout_s=10) as client:
        assert calls_of(members, lambda: client.predict(make_recording()), 3) == [3, 0]


def test_where_none_of_them_is_there_it_is_said(make_recording: MakeRecording) -> None:
    """And told from servers that are busy."""
    with socket.socket() as one, socket.socket() as other:
        for closed in (one, other):
            closed.bind(("127.0.0.1", 0))
        target = f"ipv4:127.0.0.1:{one.getsockname()[1]},127.0.0.1:{other.getsockname()[1]}"
        with EcgClient(target, timeout_s=10) as client, pytest.raises(ServiceUnavailableError) as caught:
            client.predict(make_recording())
    assert is_unreached(caught.value)
