"""Several server processes on one port, and how many cores they may use."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from grpc import aio

from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_server.cores import usable_cores
from ecg_testing.messages import synthetic_recording
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import request
from ecg_testing.waiting import until

CALLS = 8


async def answers(address: str) -> list[str]:
    """Return the ids of answers over connections of their own, which the kernel deals out to the workers."""

    async def call(number: int) -> str:
        options = [("grpc.use_local_subchannel_pool", 1)]
        async with aio.insecure_channel(address, options=options) as channel:
            recording = synthetic_recording(number)
            recording.recording_id = f"r{number}"
            answer = await EcgServiceStub(channel).Predict(request(recording), wait_for_ready=True)
            return answer.prediction.recording_id

    return await asyncio.gather(*map(call, range(CALLS)))


def children_of(process: int) -> list[int]:
    """Return the workers of a server: its children that serve, oldest first."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    children = [int(number) for number in listed.read_text(encoding="ascii").split()]
    return [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


async def test_workers_share_a_port_and_end_together() -> None:
    """All connections are answered, and SIGTERM to the parent ends everything with status 0."""
    expected = [f"r{number}" for number in range(CALLS)]
    with ServerProcess("--workers", "2") as server:
        assert await answers(server.address) == expected
        status = server.stop()

    assert status == 0
    assert server.complaints == []


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are found in /proc")
async def test_a_worker_that_dies_is_replaced() -> None:
    """After one of two workers is killed the port is served on, and there are two again."""
    with ServerProcess("--workers", "2") as server:
        before = children_of(server.process.pid)
        os.kill(before[0], signal.SIGKILL)
        await until(lambda: len(set(children_of(server.process.pid)) - {before[0]}) == len(before))
        assert len(await answers(server.address)) == CALLS
        assert server.stop() == 0


@pytest.mark.parametrize(
    ("limit", "at_most"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", None), ("what", None)]
)
def test_the_quota_of_a_container_limits_the_cores(limit: str, at_most: int | None, tmp_path: Path) -> None:
    """A container on a large machine may have few cores; without a limit it has all that the scheduler gives."""
    file = tmp_path / "cpu.max"
    file.write_text(limit, encoding="ascii")
    without = usable_cores(tmp_path / "absent")

    assert usable_cores(file) == (without if at_most is None else min(without, at_most))
