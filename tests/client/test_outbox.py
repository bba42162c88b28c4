import pytest

from ecg.v1 import recording_pb2
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


def test_it_is_done_when_the_source_ended_and_all_is_answered() -> None:
    """Neither alone suffices."""
    outbox = _filled(1)
    outbox.is_finished = True
    assert not outbox.is_done
    outbox.answered(1)
    assert outbox.is_done


def test_a_bound_below_one_is_refused() -> None:
    """It would never send anything."""
    with pytest.raises(ValueError, match="max_in_flight is 0"):
        Outbox(0)
