"""Rubbish over the wire, for seconds, to a server as users start it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import pytest
from grpc import aio

from ecg_testing.processes import ServerProcess
from fuzzing import plain
from fuzzing.wire import http2, runner
from fuzzing.wire.calls import FITTING, Call, Caller, seeds
from fuzzing.wire.fire import Loiterers
from fuzzing.wire.http2 import ATTACKS, frame
from fuzzing.wire.probe import Probe
from fuzzing.wire.runner import Fire
from fuzzing.wire.server import ServerUnderFire

CALLS = 600


@pytest.fixture(scope="module")
def server() -> Iterator[ServerUnderFire]:
    """A server of the reference network, which is still there afterwards."""
    with ServerUnderFire() as one:
        yield one
        assert one.is_alive


@pytest.fixture
async def fire(server: ServerUnderFire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fire]:
    """What is seen of the server by an ordinary caller."""
    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    async with aio.insecure_channel(server.address) as channel:
        seen = Fire(server, Probe(channel))
        await seen.check("at rest")
        yield seen
        await seen.check("at the end")
        assert [path.read_text() for path in seen.defects] == []
