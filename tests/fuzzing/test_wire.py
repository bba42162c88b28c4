"""Rubbish over the wire, for seconds, to a server as users start it; an ordinary caller notices nothing."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
import pytest
from fuzzing.wire import http2, runner
from fuzzing.wire.calls import FITTING, Call, Caller, seeds
from fuzzing.wire.fire import Loiterers
from fuzzing.wire.http2 import ATTACKS, DATA, HEADERS, frame, headers
from fuzzing.wire.probe import Probe
from fuzzing.wire.runner import Fire, attack_and_check, call_and_check
from fuzzing.wire.server import ServerUnderFire
from grpc import aio

CALLS = 640
LOITERERS = 50


@pytest.fixture(scope="module")
def server() -> Iterator[ServerUnderFire]:
    """A server of the reference network, which is still there afterwards."""
    with ServerUnderFire() as one:
        yield one
        assert one.is_alive


@pytest.fixture
async def fire(server: ServerUnderFire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fire]:
    """What an ordinary caller sees of the server: right answers, before, meanwhile and afterwards."""
    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    async with aio.insecure_channel(server.address) as channel:
        seen = Fire(server, Probe(channel))
        await seen.check("at-rest")
        yield seen
        await seen.check("at-the-end")
        assert [(path.name, path.read_text()) for path in seen.defects] == []


async def test_spoilt_messages_are_the_callers_fault(fire: Fire) -> None:
    """Never INTERNAL, never UNKNOWN, never a call that hangs."""
    async with Caller(fire.server.address) as caller:
        await call_and_check(fire, caller, CALLS, number=7, until=float("inf"))

    assert fire.statuses.total() == CALLS
    assert set(fire.statuses) <= FITTING
    # Both kinds got through to where they are told apart.
    assert fire.statuses[grpc.StatusCode.OK] > 0
    assert fire.statuses[grpc.StatusCode.INVALID_ARGUMENT] > 0


@pytest.mark.parametrize("name", ATTACKS)
async def test_broken_http2_harms_no_other_connection(name: str, fire: Fire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever one connection is sent, another one is answered as ever, during and after it."""
    monkeypatch.setattr(http2, "MANY", 3000)
    async with Loiterers(fire.server.port, LOITERERS):
        await attack_and_check(fire, name, number=7)


async def test_a_defect_is_kept_and_can_be_made_again(fire: Fire) -> None:
    """A call is written down whole; nothing in the form of its keeping is lost."""
    call = Call("/ecg.v1.EcgService/PredictStream", (b"\n\0\xff", b"", seeds()[0]))
    fire.note("example", call.to_bytes())
    (path,) = fire.defects
    fire.defects.clear()

    assert Call.from_bytes(path.read_bytes()) == call


def test_frames_are_what_http2_says() -> None:
    """Length, kind, flags and stream, then the payload; headers as literals."""
    assert frame(DATA, 1, 3, b"abc") == b"\0\0\x03\0\x01\0\0\0\x03abc"
    assert frame(HEADERS, 0, 1, b"", length=(1 << 24) - 1)[:4] == b"\xff\xff\xff\x01"
    assert headers((b"x", b"y" * 300)).endswith(b"\0\x01x\x7f\xad\x01" + b"y" * 300)
