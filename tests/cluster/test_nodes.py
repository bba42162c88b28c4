"""Several nodes: what is upgraded, and what is ended, while calls and streams go on."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import pytest

from ecg_client import EcgClient, EcgError
from ecg_testing.exactly_once import KnownAnswers, KnownOfSeveral, Tally, known_answers
from ecg_testing.ray_nodes import RayNode, RayNodes
from ecg_testing.streaming import both_streaming, streaming

REPLICAS = ("--replicas", "2", "--drain-seconds", "3")


@pytest.fixture(scope="module")
def known(nodes: RayNodes) -> KnownOfSeveral:
    """What each of the models says."""
    answers = {
        name: known_answers(nodes.addresses, model_version=label)
        for name, label in (("reference", "stable"), ("ensemble", "canary"))
    }
    one = answers["reference"]
    return KnownOfSeveral(one.recordings, one.probabilities, answers)


def test_every_proxy_answers(nodes: RayNodes, known: KnownOfSeveral) -> None:
    """That of each worker, and that of the head, which has no replica."""
    for address in nodes.addresses.removeprefix("ipv4:").split(","):
        with EcgClient(address) as client:
            assert known.is_right(0, client.predict(known.recordings[0]))


def test_other_models_take_over_and_no_call_is_lost(nodes: RayNodes, known: KnownOfSeveral) -> None:
    """The labels change places; no stream is cut for it, and each answer is that of the model that it names."""
    with _calling(nodes.addresses, known) as calls, both_streaming(nodes.addresses, known) as tallies:
        nodes.deploy("--model", "ensemble", "--also", "canary=reference", *REPLICAS)
        calls.wait_for("ensemble")
    _assert_flawless(calls, *tallies)
    assert {tally.cuts for tally in tallies} == {0}
    with EcgClient(nodes.addresses) as client:
        assert client.model_summary().model.name == "ensemble"


def test_replicas_are_replaced_and_no_call_is_lost(nodes: RayNodes, known: KnownOfSeveral) -> None:
    """Other settings take new replicas; streams on an old one are cut when its time is over, and resumed elsewhere."""
    with _calling(nodes.addresses, known) as calls, both_streaming(nodes.addresses, known) as tallies:
        nodes.deploy("--model", "reference", "--also", "canary=ensemble", "--largest-batch", "8", *REPLICAS)
        calls.wait_for("reference")
    _assert_flawless(calls, *tallies)


def test_a_node_that_is_killed_under_streams(nodes: RayNodes, known: KnownOfSeveral) -> None:
    """Streams through its proxy, and those through others that its replica answered, go on elsewhere."""
    head = f"127.0.0.1:{nodes.port}"
    with both_streaming(nodes.addresses, known) as tallies, streaming(head, known, is_async=False) as through_head:
        _worker_in_use(nodes).kill()
        deadline = time.monotonic() + 60
        while not any(tally.cuts for tally in tallies):
            assert time.monotonic() < deadline, "no stream was cut"
            time.sleep(0.01)
        for tally in tallies:
            tally.wait_until_resumed(0)
    for tally in (*tallies, through_head):
        print(tally)  # noqa: T201 - for those who ask for it, with -s
        assert tally.is_flawless, tally
    with EcgClient(nodes.addresses) as client:
        assert known.is_right(0, client.predict(known.recordings[0]))


def _worker_in_use(nodes: RayNodes) -> RayNode:
    """Return a worker whose proxy this process has a connection to: which of several gRPC takes is its own affair."""
    connections = psutil.Process().net_connections("tcp")
    used = {one.raddr.port for one in connections if one.raddr and one.status == psutil.CONN_ESTABLISHED}
    return next(worker for worker in nodes.workers if int(worker.address.rpartition(":")[2]) in used)


@dataclass(slots=True)
class _Calls:
    """Single calls, one after the other.

    Attributes:
        answered: how many each model answered, by its name.
        failed: the calls that ended with an error.
        wrong: answers that are not those of the model they name.
    """

    known: KnownAnswers
    answered: dict[str, int] = field(default_factory=dict)
    failed: list[EcgError] = field(default_factory=list)
    wrong: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def call(self, client: EcgClient, number: int) -> None:
        try:
            prediction = client.predict(self.known.recordings[number % len(self.known.recordings)])
        except EcgError as error:
            self.failed.append(error)
            return
        self.wrong += not self.known.is_right(number, prediction)
        with self.changed:
            self.answered[prediction.model.name] = self.answered.get(prediction.model.name, 0) + 1
            self.changed.notify_all()

    def wait_for(self, model: str) -> None:
        """Wait until a model answers that has not answered yet, or goes on to."""
        before = self.answered.get(model, 0)
        with self.changed:
            assert self.changed.wait_for(lambda: self.answered.get(model, 0) > before, timeout=60), self.answered


@contextmanager
def _calling(address: str, known: KnownAnswers) -> Iterator[_Calls]:
    """Make single calls in the background until the end of the block."""
    calls, stopped = _Calls(known), threading.Event()

    def run() -> None:
        number = 0
        with EcgClient(address) as client:
            while not stopped.is_set():
                calls.call(client, number)
                number += 1

    thread = threading.Thread(target=run, name="calling")
    thread.start()
    try:
        yield calls
    finally:
        stopped.set()
        thread.join(timeout=60)


def _assert_flawless(calls: _Calls, *tallies: Tally) -> None:
    print(calls.answered, *tallies, sep="\n")  # noqa: T201 - for those who ask for it, with -s
    assert (calls.failed, calls.wrong) == ([], 0)
    for tally in tallies:
        assert tally.is_flawless, tally
