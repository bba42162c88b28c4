"""Whatever cuts a stream to a real server, each recording is answered once, in order, rightly."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil

from ecg_client import EcgClient, ServingStatus
from ecg_testing.cutting_proxy import CuttingProxy, Side
from ecg_testing.exactly_once import Tally, known_answers
from ecg_testing.processes import ServerProcess
from ecg_testing.restarting_server import RestartingServer
from ecg_testing.streaming import both_streaming
from ecg_testing.writing_client import read_lines

Moments = Callable[[], Iterator[int]]
MODEL = ("--model", "reference")


def test_a_server_that_is_killed(moments: Moments) -> None:
    """SIGKILL; another one is started on the port."""
    with RestartingServer(*MODEL) as server:
        with both_streaming(server.address, known_answers(server.address)) as tallies:
            for number in moments():
                server.kill()
                server.start_again()
                _wait_until_resumed(tallies, number + 1)
        _assert_flawless(tallies)


def test_a_connection_that_is_reset(moments: Moments, chance: random.Random) -> None:
    """From either side or both; what was under way is gone, in both directions."""
    with ServerProcess(*MODEL) as server, CuttingProxy(server.address) as proxy:
        with both_streaming(proxy.address, known_answers(server.address)) as tallies:
            for number in moments():
                assert proxy.cut(chance.choice([*Side])) == len(tallies)
                _wait_until_resumed(tallies, number + 1)
        _assert_flawless(tallies)


def test_a_worker_that_is_killed(moments: Moments, chance: random.Random) -> None:
    """In the middle of its batches; its fellow takes over until the parent has started another."""
    with ServerProcess(*MODEL, "--workers", "2") as server:
        with both_streaming(server.address, known_answers(server.address)) as tallies:
            for _ in moments():
                cuts = sum(tally.cuts for tally in tallies)
                chance.choice(_workers_with_connections(server)).send_signal(signal.SIGKILL)
                deadline = time.monotonic() + 60
                while sum(tally.cuts for tally in tallies) == cuts:
                    assert time.monotonic() < deadline, "no stream was cut"
                    time.sleep(0.01)
                _wait_until_resumed(tallies, 0)
        _assert_flawless(tallies)


def test_a_server_that_is_told_to_stop(moments: Moments) -> None:
    """SIGTERM: it answers what it received, exits 0, and a new one has taken its place."""
    with ExitStack() as stack:
        server = stack.enter_context(ServerProcess(*MODEL))
        proxy = stack.enter_context(CuttingProxy(server.address))
        with both_streaming(proxy.address, known_answers(server.address)) as tallies:
            for number in moments():
                successor = stack.enter_context(ServerProcess(*MODEL))
                proxy.retarget(successor.address)
                assert server.stop() == 0
                _wait_until_resumed(tallies, number + 1)
                server = successor
        _assert_flawless(tallies)


def test_a_connection_that_is_too_old(faults: int) -> None:
    """A server that ends connections after a while ends the streams on them soon after."""
    with ServerProcess(*MODEL, "--max-connection-age-seconds", "0.3", "--connection-grace-seconds", "0.05") as server:
        with both_streaming(server.address, known_answers(server.address)) as tallies:
            _wait_until_resumed(tallies, faults)
        _assert_flawless(tallies)


def test_a_client_that_is_killed(moments: Moments, tmp_path: Path, *, is_async: bool) -> None:
    """SIGKILL; started again it goes on with the rest, and the server stays well."""
    file = tmp_path / "answers"
    with ServerProcess(*MODEL) as server, EcgClient(server.address) as observer:
        known = known_answers(server.address)
        count = 0
        for _ in _writing(server.address, file, moments, is_async=is_async):
            assert observer.health() is ServingStatus.SERVING
            assert len(read_lines(file)) > count
            count = len(read_lines(file))
        _writer(server.address, file, count + 500, is_async=is_async).wait(timeout=60)
        lines = read_lines(file)
    assert [number for number, _ in lines] == list(range(count + 500))
    assert all(known.agrees(number, probabilities) for number, probabilities in lines)


def _writing(address: str, file: Path, moments: Moments, *, is_async: bool) -> Iterator[None]:
    """Start a client that writes, and kill it a while after its first line, again and again."""
    waits = moments()
    size = 0
    while True:
        process = _writer(address, file, 10**9, is_async=is_async)
        while not (file.exists() and file.stat().st_size > size):
            assert process.poll() is None
            time.sleep(0.005)
        ended = next(waits, None) is None
        process.kill()
        process.wait()
        if ended:
            return
        size = file.stat().st_size
        yield


def _writer(address: str, file: Path, count: int, *, is_async: bool) -> subprocess.Popen[bytes]:
    kind = "async" if is_async else "sync"
    command = [sys.executable, "-m", "ecg_testing.writing_client", address, str(file), str(count), kind]
    return subprocess.Popen(command, cwd=Path(__file__).parents[1])  # noqa: S603 - our own


def _wait_until_resumed(tallies: Iterable[Tally], cuts: int) -> None:
    for tally in tallies:
        tally.wait_until_resumed(cuts)


def _assert_flawless(tallies: Iterable[Tally]) -> None:
    for tally in tallies:
        print(tally)  # noqa: T201 - for those who ask for it, with -s
        assert tally.is_flawless, tally


def _workers_with_connections(server: ServerProcess) -> list[psutil.Process]:
    """The worker processes that have a stream; one has, once the clients have found it."""
    port = int(server.address.rpartition(":")[2])
    for _ in range(1000):
        workers = psutil.Process(server.process.pid).children()
        if busy := [worker for worker in workers if _has_connection(worker, port)]:
            return busy
        time.sleep(0.01)
    raise AssertionError("no worker has a connection")


def _has_connection(worker: psutil.Process, port: int) -> bool:
    try:
        connections = worker.net_connections("tcp")
    except psutil.NoSuchProcess:
        return False
    return any(one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port for one in connections)
