import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from ecg_client import DeadlineExceededError, EcgClient, Recording, RecordingResult, ServiceUnavailableError
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]


def _ids(results: list[RecordingResult]) -> list[str]:
    return [result.recording_id for result in results]


def test_every_recording_gets_its_result_in_order(client: EcgClient, make_recording: MakeRecording) -> None:
    """Ids are echoed, sequence numbers count from 0, however they were grouped."""
    results = list(client.predict_stream(make_recording(str(index)) for index in range(300)))
    assert _ids(results) == [str(index) for index in range(300)]
    assert [result.sequence_number for result in results] == list(range(300))
    assert all(result.prediction is not None for result in results)


def test_windows_are_there_for_those_who_ask(client: EcgClient, make_recording: MakeRecording) -> None:
    """However many messages the stream is sent in."""
    names = [str(index) for index in range(70)]
    asked = client.predict_stream(map(make_recording, names), include_windows=True)
    assert [[window.offset_seconds for window in result.prediction.windows] for result in asked] == [[0.0, 5.0]] * 70
    assert all(result.prediction.windows == () for result in client.predict_stream(map(make_recording, names)))


def test_no_recordings_give_no_results(client: EcgClient) -> None:
    """An empty iterable is legal."""
    assert list(client.predict_stream([])) == []


def test_what_waits_travels_together(client: EcgClient, service: FakeService, make_recording: MakeRecording) -> None:
    """While the server is busy, recordings gather into messages of up to 32."""
    service.may_answer.clear()
    results = client.predict_stream(make_recording(str(index)) for index in range(100))
    threading.Timer(0.2, service.may_answer.set).start()
    assert len(list(results)) == 100
    sizes = [len(group) for group in service.groups]
    assert max(sizes) == 32
    assert len(sizes) < 50


def test_a_recording_never_waits_for_the_next_one(client: EcgClient, make_recording: MakeRecording) -> None:
    """A source that goes on only after the last result gets it: nothing is withheld to fill a message."""
    answered: queue.Queue[str] = queue.Queue()

    def interactive() -> Iterator[Recording]:
        for index in range(20):
            yield make_recording(str(index))
            assert answered.get(timeout=10) == str(index)

    for result in client.predict_stream(interactive()):
        answered.put(result.recording_id)
    assert result.sequence_number == 19


def test_recordings_in_flight_are_bounded(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """No more are taken from the source than may be in flight, until results arrive."""
    taken = 0

    def counted() -> Iterator[Recording]:
        nonlocal taken
        for index in range(50):
            taken += 1
            yield make_recording(str(index))

    service.may_answer.clear()
    results = client.predict_stream(counted(), max_in_flight=5)
    first = threading.Thread(target=next, args=(results,))
    first.start()
    service.wait_for(1)
    first.join(timeout=0.2)
    assert taken == 5
    service.may_answer.set()
    first.join(timeout=10)
    assert len(list(results)) == 49
    assert taken == 50


def test_an_error_in_a_recording_does_not_end_the_stream(client: EcgClient, make_recording: MakeRecording) -> None:
    """The recording's result says why; its neighbours are answered."""
    results = list(
        client.predict_stream(make_recording(str(rate), sample_rate_hz=rate) for rate in (100.0, 0.0, 100.0))
    )
    assert [result.error is None for result in results] == [True, False, True]
    assert results[1].prediction is None
    assert results[1].error.reason == "SAMPLE_RATE_NOT_POSITIVE"
    assert results[1].error.field_violations[0].field == "recording.sample_rate_hz"


def test_what_the_source_raises_comes_after_the_results_before_it(
    client: EcgClient, make_recording: MakeRecording
) -> None:
    """The caller's own exception, as it was."""

    def broken() -> Iterator[Recording]:
        yield make_recording("0")
        yield make_recording("1")
        raise LookupError("no more")

    results = client.predict_stream(broken())
    assert _ids([next(results), next(results)]) == ["0", "1"]
    with pytest.raises(LookupError, match="no more"):
        next(results)


def test_something_that_is_no_recording_is_an_error_of_the_source(
    client: EcgClient, make_recording: MakeRecording
) -> None:
    """It is raised where the results are read, not lost in a thread."""
    results = client.predict_stream([make_recording("0"), "nonsense"])
    assert next(results).recording_id == "0"
    with pytest.raises(AttributeError):
        next(results)


def test_leaving_early_cancels_the_stream_and_lets_go_of_the_source(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """An endless source is not an endless stream."""
    released = threading.Event()

    def endless() -> Iterator[Recording]:
        try:
            while True:
                yield make_recording()
        finally:
            released.set()

    results = client.predict_stream(endless())
    next(results)
    results.close()
    assert released.wait(timeout=10)
    assert service.stream_ended.wait(timeout=10)
    assert not any(thread.name == "ecg-sender" and thread.is_alive() for thread in _after_a_moment())


def _after_a_moment() -> list[threading.Thread]:
    for thread in threading.enumerate():
        if thread.name == "ecg-sender":
            thread.join(timeout=10)
    return threading.enumerate()


def test_a_stream_that_breaks_off_raises_after_the_results_that_arrived(
    client: EcgClient, make_recording: MakeRecording
) -> None:
    """The transport's error is typed, where the stream is not to be resumed."""
    results = client.predict_stream(map(make_recording, ("0", "1", "abort", "3")), resume=None)
    assert _ids([next(results), next(results)]) == ["0", "1"]
    with pytest.raises(ServiceUnavailableError, match="shutting down"):
        next(results)


def test_a_stream_that_ends_well_too_early_is_no_success(client: EcgClient, make_recording: MakeRecording) -> None:
    """A server, or a proxy, that hangs up politely does not lose recordings in silence."""
    results = client.predict_stream(map(make_recording, ("0", "end", "2")), resume=None)
    assert next(results).recording_id == "0"
    with pytest.raises(ServiceUnavailableError, match="before every recording was answered"):
        next(results)


def test_a_stream_may_have_a_deadline(client: EcgClient, service: FakeService, make_recording: MakeRecording) -> None:
    """It is one for the whole stream."""
    service.may_answer.clear()
    with pytest.raises(DeadlineExceededError, match=r"^not all answers from 127.0.0.1:\d+ within 0.1 s$"):
        next(client.predict_stream([make_recording()], timeout_s=0.1))


def test_two_streams_of_one_client_do_not_mix(client: EcgClient, make_recording: MakeRecording) -> None:
    """A client may be used for several streams at once."""
    first = client.predict_stream(make_recording(f"a{index}") for index in range(50))
    second = client.predict_stream(make_recording(f"b{index}") for index in range(50))
    pairs = list(zip(first, second, strict=True))
    assert all((a.recording_id, b.recording_id) == (f"a{i}", f"b{i}") for i, (a, b) in enumerate(pairs))
