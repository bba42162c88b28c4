import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

import pytest
import pytest_asyncio

from ecg_client import (
    AsyncEcgClient,
    Recording,
    RecordingRefusedError,
    ServiceUnavailableError,
    ServingStatus,
)
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]


@pytest_asyncio.fixture
async def async_client(address: str) -> AsyncIterator[AsyncEcgClient]:
    """An asynchronous client of the fake service."""
    async with AsyncEcgClient(address, timeout_s=10.0) as client:
        yield client


async def test_unary_calls_answer(async_client: AsyncEcgClient, make_recording: MakeRecording) -> None:
    """The same answers as those of the blocking client."""
    prediction = await async_client.predict(make_recording(is_odd=True))
    assert [entry.code for entry in prediction.findings] == ["MI", "HYP"]
    assert (prediction.operating_point, prediction.uncertainty) == ("half", 0.75)
    assert [one.reason for one in prediction.abstentions] == ["UNCERTAIN", "UNFAMILIAR"]
    summary = await async_client.model_summary()
    assert (summary.parameter_count, summary.operating_points[0].name) == (42, "half")
    assert await async_client.health() is ServingStatus.SERVING


async def test_models_are_asked_by_label_or_version(
    async_client: AsyncEcgClient, make_recording: MakeRecording
) -> None:
    """In a call, in a stream, and to describe one."""
    assert (await async_client.predict(make_recording(), model_version="canary")).model.version == "1.1.0"
    results = [one async for one in async_client.predict_stream([make_recording()] * 3, model_version="1.1.0")]
    assert {result.prediction.model.version for result in results} == {"1.1.0"}
    assert (await async_client.model_summary(model_version="next")).model.version == "1.1.0"


async def test_windows_are_there_for_those_who_ask(async_client: AsyncEcgClient, make_recording: MakeRecording) -> None:
    """In a call and in a stream."""
    alone = await async_client.predict(make_recording(), include_windows=True)
    results = [one async for one in async_client.predict_stream([make_recording()] * 40, include_windows=True)]
    assert [window.offset_seconds for window in alone.windows] == [0.0, 5.0]
    assert all(result.prediction.windows == alone.windows for result in results)


async def test_a_refused_recording_says_what_to_change(
    async_client: AsyncEcgClient, make_recording: MakeRecording
) -> None:
    """The status details are decoded from the asynchronous error too."""
    with pytest.raises(RecordingRefusedError) as caught:
        await async_client.predict(make_recording(sample_rate_hz=0.0))
    assert caught.value.reason == "SAMPLE_RATE_NOT_POSITIVE"
    assert [violation.field for violation in caught.value.field_violations] == ["recording.sample_rate_hz"]


@pytest.mark.parametrize("is_async", [True, False])
async def test_every_recording_gets_its_result_in_order(
    async_client: AsyncEcgClient, service: FakeService, make_recording: MakeRecording, *, is_async: bool
) -> None:
    """From asynchronous and from ordinary iterables, in groups."""
    names = [str(index) for index in range(300)]
    source = _async(map(make_recording, names)) if is_async else map(make_recording, names)
    results = [result async for result in async_client.predict_stream(source)]
    assert [result.recording_id for result in results] == names
    assert max(map(len, service.groups)) == 32


async def test_a_recording_never_waits_for_the_next_one(
    async_client: AsyncEcgClient, make_recording: MakeRecording
) -> None:
    """A source that goes on only after the last result gets it."""
    answered: asyncio.Queue[str] = asyncio.Queue()

    async def interactive() -> AsyncIterator[Recording]:
        for index in range(20):
            yield make_recording(str(index))
            assert await asyncio.wait_for(answered.get(), timeout=10) == str(index)

    count = 0
    async for result in async_client.predict_stream(interactive()):
        await answered.put(result.recording_id)
        count += 1
    assert count == 20


async def test_recordings_in_flight_are_bounded(
    async_client: AsyncEcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """No more are taken from the source than may be in flight."""
    taken: list[str] = []

    async def counted() -> AsyncIterator[Recording]:
        for index in range(50):
            taken.append(str(index))
            yield make_recording(str(index))

    service.may_answer.clear()
    results = async_client.predict_stream(counted(), max_in_flight=5)
    first = asyncio.ensure_future(anext(results))
    await asyncio.to_thread(service.wait_for, 1)
    await asyncio.sleep(0.1)
    assert len(taken) == 5
    service.may_answer.set()
    await first
    assert len([result async for result in results]) == 49


async def test_what_the_source_raises_comes_after_the_results_before_it(
    async_client: AsyncEcgClient, make_recording: MakeRecording
) -> None:
    """The caller's own exception, as it was."""

    async def broken() -> AsyncIterator[Recording]:
        yield make_recording("0")
        raise LookupError("no more")

    results = async_client.predict_stream(broken())
    assert (await anext(results)).recording_id == "0"
    with pytest.raises(LookupError, match="no more"):
        await anext(results)


async def test_a_source_that_is_cancelled_is_no_source_that_ended(
    async_client: AsyncEcgClient, make_recording: MakeRecording
) -> None:
    """It waits for what somebody else cancels; the rest of its recordings is not silently missing."""

    async def source() -> AsyncIterator[Recording]:
        yield make_recording("0")
        cancelled = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        await cancelled
        yield make_recording("1")

    results = async_client.predict_stream(source())
    assert (await anext(results)).recording_id == "0"
    with pytest.raises(asyncio.CancelledError):
        await anext(results)


async def test_leaving_early_cancels_the_stream_and_lets_go_of_the_source(
    async_client: AsyncEcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """An endless source is not an endless stream."""
    released = asyncio.Event()

    async def endless() -> AsyncIterator[Recording]:
        try:
            while True:
                yield make_recording()
        finally:
            released.set()

    async with contextlib.aclosing(async_client.predict_stream(endless())) as results:
        await anext(results)
    await asyncio.wait_for(released.wait(), timeout=10)
    assert await asyncio.to_thread(service.stream_ended.wait, 10)


@pytest.mark.parametrize(("last", "message"), [("abort", "shutting down"), ("end", "before every recording")])
async def test_a_stream_that_breaks_off_raises_after_the_results_that_arrived(
    async_client: AsyncEcgClient, make_recording: MakeRecording, last: str, message: str
) -> None:
    """Whether the server says so or hangs up politely."""
    results = async_client.predict_stream(map(make_recording, ("0", "1", last, "3")), resume=None)
    assert [(await anext(results)).recording_id for _ in range(2)] == ["0", "1"]
    with pytest.raises(ServiceUnavailableError, match=message):
        await anext(results)


async def _async(recordings: Iterable[Recording]) -> AsyncIterator[Recording]:
    for recording in recordings:
        yield recording
