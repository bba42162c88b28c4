"""What cuts a stream, and how it goes on; tests/faults does it to real servers."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import grpc
import pytest

from ecg.v1 import ecg_service_pb2, prediction_pb2
from ecg_client import (
    AsyncEcgClient,
    DeadlineExceededError,
    EcgClient,
    LimitExceededError,
    Recording,
    Resume,
    ServiceError,
    ServiceUnavailableError,
    UnauthenticatedError,
)
from ecg_client.resumption import Resumption, is_resumable
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]
SOON = Resume(first_wait_s=0.01, longest_wait_s=0.05)


class Stream:
    """Streams to the fake service, with either client; `answered` has the results up to any error."""

    def __init__(self, address: str, *, is_async: bool) -> None:
        self._address = address
        self._is_async = is_async
        self.answered: list[tuple[str, int]] = []

    def __call__(self, recordings: Iterable[Recording], **choices: Any) -> list[tuple[str, int]]:
        """Return the ids and the numbers of all results."""
        choices = {"resume": SOON, **choices}
        if self._is_async:
            asyncio.run(self._stream(recordings, choices))
        else:
            with EcgClient(self._address) as client:
                for result in client.predict_stream(recordings, **choices):
                    self.answered.append((result.recording_id, result.sequence_number))
        return self.answered

    async def _stream(self, recordings: Iterable[Recording], choices: dict[str, Any]) -> None:
        async with AsyncEcgClient(self._address) as client:
            async for result in client.predict_stream(recordings, **choices):
                self.answered.append((result.recording_id, result.sequence_number))


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def stream(request: pytest.FixtureRequest, address: str) -> Stream:
    """A stream of the blocking and of the asynchronous client."""
    return Stream(address, is_async=request.param)


@pytest.fixture
def recordings(make_recording: MakeRecording) -> Callable[[int], Iterator[Recording]]:
    """Makes as many recordings, called by their numbers."""
    return lambda count: (make_recording(str(index)) for index in range(count))


Recordings = Callable[[int], Iterator[Recording]]


def _numbered(count: int) -> list[tuple[str, int]]:
    return [(str(index), index) for index in range(count)]


def test_a_stream_that_is_cut_goes_on(stream: Stream, service: FakeService, recordings: Recordings) -> None:
    """Again and again; each recording has one result, and numbers count on."""
    service.cuts.extend([1, 40, 0, 7, 100])
    assert stream(recordings(300)) == _numbered(300)
    assert service.calls == 6


def test_a_stream_that_is_cut_after_its_last_answer_is_done(
    stream: Stream, service: FakeService, recordings: Recordings
) -> None:
    """Nothing is missing, so nobody is asked again."""
    service.cuts.append(3)
    assert stream(recordings(3)) == _numbered(3)
    assert service.calls == 1


def test_no_more_is_sent_again_than_may_be_in_flight(
    stream: Stream, service: FakeService, recordings: Recordings
) -> None:
    """What was answered is not; the rest comes in its order."""
    service.cuts.append(10)
    assert stream(recordings(50), max_in_flight=8) == _numbered(50)
    ids = [int(recording.recording_id) for group in service.groups for recording in group]
    before, after = ids[:-40], ids[-40:]
    assert after == [*range(10, 50)]
    assert before == [*range(len(before))]
    assert 10 <= len(before) <= 18


def test_what_the_source_raises_comes_after_all_results(
    stream: Stream, service: FakeService, recordings: Recordings
) -> None:
    """Those of another stream too."""

    def broken() -> Iterator[Recording]:
        yield from recordings(20)
        raise LookupError("no more")

    service.cuts.extend([5, 5])
    with pytest.raises(LookupError, match="no more"):
        stream(broken())
    assert stream.answered == _numbered(20)


def test_a_recording_that_cuts_every_stream_is_given_up(stream: Stream, make_recording: MakeRecording) -> None:
    """It must not bring down one server after the other; what came before has its results."""
    with pytest.raises(
        ServiceUnavailableError,
        match=r"shutting down \(gave up after 3 cuts in a row at the same recording; answered before: 2\)$",
    ):
        stream(map(make_recording, ("0", "1", "abort", "3")), resume=Resume(first_wait_s=0.01, give_up_after_cuts=3))
    assert stream.answered == _numbered(2)


def test_a_cut_that_does_not_tell_why_is_not_blamed_on_a_recording() -> None:
    """The asynchronous client's, when it cannot send: most often nobody is there, for as long as a restart takes."""
    resumption = Resumption(Resume(first_wait_s=0.01, give_up_after_cuts=3), None)
    cut = ServiceError(grpc.StatusCode.INTERNAL, "the call ended with INTERNAL: Internal error from Core")
    assert all(resumption.wait_s(cut, is_idle=False) > 0 for _ in range(10))


def test_a_stream_that_ends_well_too_early_is_cut_as_well(stream: Stream, make_recording: MakeRecording) -> None:
    """A server, or a proxy, that hangs up politely does not lose recordings in silence."""
    with pytest.raises(ServiceUnavailableError, match=r"before every recording was answered \(gave up after 5 cuts"):
        stream(map(make_recording, ("0", "end", "2")))


def test_no_answer_for_too_long_is_given_up(stream: Stream, service: FakeService, recordings: Recordings) -> None:
    """It is counted from the first cut."""
    service.cuts.extend([2, 0])
    with pytest.raises(ServiceUnavailableError, match=r"no answer for 0 s; answered before: 2\)$"):
        stream(recordings(5), resume=Resume(give_up_after_s=0.0))
    assert service.calls == 1


def test_a_stream_need_not_be_resumed(stream: Stream, service: FakeService, recordings: Recordings) -> None:
    """None: the first cut is an error."""
    service.cuts.append(2)
    with pytest.raises(ServiceUnavailableError, match=r"is unavailable: cut$"):
        stream(recordings(5), resume=None)
    assert (stream.answered, service.calls) == (_numbered(2), 1)


def test_the_deadline_is_that_of_the_whole_stream(stream: Stream, service: FakeService, recordings: Recordings) -> None:
    """However often it is resumed."""
    service.cuts.extend([0] * 10_000)
    with pytest.raises(DeadlineExceededError, match=r"^not all answers from .* within 0\.5 s$"):
        stream(recordings(5), resume=Resume(give_up_after_cuts=10_000, longest_wait_s=0.1), timeout_s=0.5)
    assert service.calls > 2


def test_a_source_that_has_nothing_yet_is_no_reason_to_give_up(
    address: str, service: FakeService, make_recording: MakeRecording, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nobody waits for an answer, cuts do not count, and are told of once."""

    def late() -> Iterator[Recording]:
        yield make_recording("0")
        while service.calls < 7:
            time.sleep(0.01)
        yield make_recording("1")

    service.cuts.extend([1, 0, 0, 0, 0, 0])
    patience = Resume(first_wait_s=0.01, longest_wait_s=0.02, give_up_after_cuts=2)
    with EcgClient(address) as client:
        assert [result.recording_id for result in client.predict_stream(late(), resume=patience)] == ["0", "1"]
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("code", [grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE])
def test_a_service_that_says_when_to_come_again_is_obeyed(
    stream: Stream, service: FakeService, recordings: Recordings, code: grpc.StatusCode
) -> None:
    """A server that has too much to do is not asked all the time."""
    service.failures.extend([code] * 2)
    service.retry_after_s = 0.05
    assert stream(recordings(5)) == _numbered(5)
    assert service.calls == 3


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, UnauthenticatedError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, LimitExceededError),
        (grpc.StatusCode.INTERNAL, ServiceError),
    ],
)
def test_what_the_service_means_ends_the_stream_at_once(
    stream: Stream, service: FakeService, recordings: Recordings, code: grpc.StatusCode, kind: type[ServiceError]
) -> None:
    """It would say it again."""
    service.failures.append(code)
    with pytest.raises(kind, match=r"as the test wants it$"):
        stream(recordings(5))
    assert service.calls == 1


def test_cuts_are_told_once_each(
    stream: Stream, service: FakeService, recordings: Recordings, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it takes until the next answer; and nothing of it is about a patient."""
    service.cuts.extend([4, 0, 0, 5])
    with caplog.at_level(logging.WARNING, "ecg_client"):
        stream(recordings(20))
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "the stream was cut after 4 answers and is resumed",
        "the stream was cut after 9 answers and is resumed",
    ]


@pytest.mark.parametrize(
    ("code", "details", "is_cut"),
    [
        # What grpc said of connections that were reset, and of RST_STREAM with each of its codes.
        ("UNAVAILABLE", "Stream removed (recvmsg:Connection reset by peer (104))", True),
        ("UNAVAILABLE", "max connection age", True),
        ("CANCELLED", "Stream removed (RST_STREAM (Received RST_STREAM with error code 8))", True),
        ("CANCELLED", "CANCELLED", True),
        ("CANCELLED", "Channel closed!", False),
        ("INTERNAL", "Stream removed (RST_STREAM (Received RST_STREAM with error code 2))", True),
        ("INTERNAL", "Internal error from Core", True),
        ("INTERNAL", "internal error", False),
        ("UNKNOWN", "Unexpected <class 'RuntimeError'>: x", False),
        ("RESOURCE_EXHAUSTED", "Stream removed (RST_STREAM (Received RST_STREAM with error code 11))", True),
        ("RESOURCE_EXHAUSTED", "CLIENT: Received message larger than max (8 vs. 4)", False),
        ("INVALID_ARGUMENT", "options differ", False),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", False),
        ("UNIMPLEMENTED", "Method not found!", False),
    ],
)
def test_what_may_be_resumed(code: str, details: str, *, is_cut: bool) -> None:
    """The table of statuses; of some codes it is the transport's text that tells."""
    assert is_resumable(ServiceError(grpc.StatusCode[code], f"the call ended with {code}: {details}")) is is_cut


@pytest.mark.parametrize("numbers", [[1], [0, 0], [0, 2]])
def test_results_out_of_order_are_an_error(numbers: list[int]) -> None:
    """Whose they are cannot be told."""
    results = [prediction_pb2.RecordingResult(sequence_number=number) for number in numbers]
    with pytest.raises(ServiceError, match="was next"):
        list(Resumption(None, None).results(ecg_service_pb2.PredictStreamResponse(results=results)))


def test_closing_the_client_ends_its_streams(address: str, service: FakeService, recordings: Recordings) -> None:
    """That is no cut."""
    client = EcgClient(address)
    results = client.predict_stream(recordings(100_000))
    next(results)
    client.close()
    with pytest.raises(ServiceError, match="Channel closed"):
        list(results)
    assert service.calls == 1
