"""Servers are killed and drained behind Envoy while they are called, and every recording is answered once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest

from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_client.convert import recording_to_proto
from ecg_testing.envoy_proxy import EnvoyProxy, deployed
from ecg_testing.exactly_once import KnownAnswers, known_answers
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import request
from ecg_testing.streaming import both_streaming

SERVERS = 3
CALLERS = 4


@pytest.fixture
def servers() -> Iterator[list[ServerProcess]]:
    """Several, all with the same model; they start at the same time."""
    with ExitStack() as stack:
        started = [ServerProcess("--model", "reference") for _ in range(SERVERS)]
        yield [stack.enter_context(server) for server in started]


def test_a_server_that_is_killed_costs_no_recording_its_answer(servers: list[ServerProcess], tmp_path: Path) -> None:
    """SIGKILL, then SIGTERM to the next: streams go on elsewhere, and not one single call fails.

    Those who call once try nothing again by themselves: it is Envoy that does.
    """
    addresses = [server.address for server in servers]
    known = known_answers(addresses[0])
    envoy = EnvoyProxy(deployed(tmp_path, addresses), tmp_path)
    with envoy, both_streaming(envoy.address, known) as tallies:
        # Those with a stream first.
        killed, drained, _ = sorted(servers, key=lambda one: -envoy.of_server(one.address, "rq_active"))
        with _calling(envoy.address, known) as calls:
            for server, number in ((killed, signal.SIGKILL), (drained, signal.SIGTERM)):
                server.process.send_signal(number)
                server.wait()
                for tally in tallies:
                    tally.wait_until_resumed(0)
                calls.wait_for(calls.answered + 20)

    assert sum(tally.cuts for tally in tallies) > 0
    for tally in tallies:
        assert tally.is_flawless, tally
    assert calls.failures == []
    assert drained.process.returncode == 0


class _Calls:
    """What became of single calls.

    Attributes:
        answered: calls that were answered rightly.
        failures: the others: how they ended.
    """

    def __init__(self) -> None:
        self.answered = 0
        self.failures: list[str] = []
        self.stopped = threading.Event()
        self._progressed = threading.Condition()

    def add(self, failure: str | None) -> None:
        """Count a call."""
        with self._progressed:
            self.answered += failure is None
            self.failures += [] if failure is None else [failure]
            self._progressed.notify_all()

    def wait_for(self, answered: int) -> None:
        """Wait until as many calls were answered, or one failed."""
        with self._progressed:
            assert self._progressed.wait_for(lambda: self.answered >= answered or self.failures, timeout=60)


@contextmanager
def _calling(address: str, known: KnownAnswers) -> Iterator[_Calls]:
    """Call once for each recording, over and over, until the end of the block."""
    calls = _Calls()
    callers = [threading.Thread(target=_call, args=(address, known, calls, number)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield calls
    finally:
        calls.stopped.set()
        for caller in callers:
            caller.join(timeout=60)


def _call(address: str, known: KnownAnswers, calls: _Calls, number: int) -> None:
    message = request(recording_to_proto(known.recordings[number]))
    with grpc.insecure_channel(address, [("grpc.enable_retries", 0)]) as channel:
        predict = EcgServiceStub(channel).Predict
        while not calls.stopped.is_set():
            try:
                classes = predict(message, timeout=60).prediction.classes
                is_right = known.agrees(number, [one.probability for one in classes])
                calls.add(None if is_right else "wrong")
            except grpc.RpcError as error:
                calls.add(str(error))
