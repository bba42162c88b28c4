import pytest

from ecg.v1 import recording_pb2
from ecg_client import ServiceError
from ecg_client.outbox import Outbox

MEGABYTE = 1024 * 1024


def _filled(*sizes: int) -> Outbox:
    outbox = Outbox(max_in_flight=1000)
    for index, size in enumerate(sizes):
        outbox.add(recording_pb2.Recording(recording_id=str(index)), size)
    return outbox


def _groups(outbox: Outbox) -> list[int]:
    sizes = []
    while outbox.has_waiting:
        sizes.append(len(outbox.take_group()))
    return sizes


def test_a_group_is_what_waits() -> None:
    """One waiting recording is a group of one; an empty outbox gives an empty group."""
    assert _groups(_filled(10)) == [1]
    assert Outbox(1).take_group() == []


def test_a_group_has_at_most_32_recordings_in_order() -> None:
    """More travel in the next message."""
    outbox = _filled(*[10] * 72)
    assert [message.recording_id for message in outbox.take_group()] == [str(index) for index in range(32)]
    assert _groups(outbox) == [32, 8]


def test_a_group_has_at_most_4_megabytes() -> None:
    """A recording larger than that travels alone, so that company never makes a message too large."""
    assert _groups(_filled(MEGABYTE, MEGABYTE, 3 * MEGABYTE, 60 * MEGABYTE, 1)) == [2, 1, 1, 1]


def test_room_is_bounded_by_count_until_results_arrive() -> None:
    """Sending makes no room; an answer does."""
    outbox = Outbox(max_in_flight=2)
    outbox.add(recording_pb2.Recording(), 1)
    assert outbox.has_room
    outbox.add(recording_pb2.Recording(), 1)
    outbox.take_group()
    assert not outbox.has_room
    outbox.answered(1)
    assert outbox.has_room


def test_room_is_bounded_by_bytes_until_they_are_sent() -> None:
    """Long recordings do not pile up in memory."""
    outbox = _filled(10 * MEGABYTE, 10 * MEGABYTE)
    assert not outbox.has_room
    outbox.take_group()
    assert outbox.has_room


def test_room_is_bounded_by_bytes_until_they_are_answered() -> None:
    """What may have to be sent again is kept, but not without bound."""
    outbox = _filled(*[16 * MEGABYTE] * 4)
    while outbox.has_waiting:
        outbox.take_group()
    assert not outbox.has_room
    outbox.answered(1)
    assert outbox.has_room


def test_what_was_not_answered_is_sent_again_before_all_else() -> None:
    """In the order in which it was added; what was answered is forgotten."""
    outbox = _filled(*[10] * 70)
    outbox.take_group()
    outbox.take_group()
    outbox.answered(3)
    outbox.rewind()
    outbox.rewind()
    again = [message.recording_id for _ in range(3) for message in outbox.take_group()]
    assert again == [str(index) for index in range(3, 70)]
    outbox.answered(67)
    assert outbox.is_idle


def test_more_answers_than_recordings_are_an_error() -> None:
    """Whatever they answer, nobody asked it."""
    outbox = _filled(1, 1)
    outbox.take_group()
    with pytest.raises(ServiceError, match="more answers than"):
        outbox.answered(3)


def test_it_is_done_when_the_source_ended_and_all_is_answered() -> None:
    """Neither alone suffices."""
    outbox = _filled(1)
    outbox.is_finished = True
    outbox.take_group()
    assert not outbox.is_done
    outbox.answered(1)
    assert outbox.is_done


def test_a_bound_below_one_is_refused() -> None:
    """It would never send anything."""
    with pytest.raises(ValueError, match="max_in_flight is 0"):
        Outbox(0)
