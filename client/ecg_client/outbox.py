"""Recordings on their way into a stream: how many may be in flight, and how they are grouped into messages.

A group is whatever waits when the transport can take a message. Nothing ever waits for a group to fill: a source that
yields its next recording only after the last one was answered gets its answer.

What was sent stays here until it is answered: when the stream is cut, it is sent again.
"""

import collections

import grpc

from ecg.v1 import recording_pb2
from ecg_client.errors import ServiceError

DEFAULT_MAX_IN_FLIGHT = 256
"""Enough to keep a server with several cores busy while results travel back."""

_MAX_GROUP_RECORDINGS = 32
_MAX_GROUP_BYTES = 4 * 1024 * 1024
_MAX_WAITING_BYTES = 4 * _MAX_GROUP_BYTES
_MAX_IN_FLIGHT_BYTES = 4 * _MAX_WAITING_BYTES


class Outbox:
    """Recordings that were taken from the source and are not answered yet. It never blocks and takes no lock."""

    def __init__(self, max_in_flight: int) -> None:
        if max_in_flight < 1:
            raise ValueError(f"max_in_flight is {max_in_flight}; give at least 1")
        self._max_in_flight = max_in_flight
        self._sent: collections.deque[tuple[recording_pb2.Recording, int]] = collections.deque()
        self._waiting: collections.deque[tuple[recording_pb2.Recording, int]] = collections.deque()
        self._sent_bytes = 0
        self._waiting_bytes = 0
        self.is_finished = False
        """Whether nothing more will be added."""

    @property
    def has_room(self) -> bool:
        """Whether another recording may be taken from the source."""
        return (
            len(self._sent) + len(self._waiting) < self._max_in_flight
            and self._waiting_bytes < _MAX_WAITING_BYTES
            and self._sent_bytes + self._waiting_bytes < _MAX_IN_FLIGHT_BYTES
        )

    @property
    def has_waiting(self) -> bool:
        """Whether there is something to send."""
        return bool(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for an answer."""
        return not self._waiting and not self._sent

    @property
    def is_done(self) -> bool:
        """Whether every recording of the source was answered."""
        return self.is_finished and self.is_idle

    def add(self, message: recording_pb2.Recording, size_bytes: int) -> None:
        """Adds a recording from the source."""
        self._waiting.append((message, size_bytes))
        self._waiting_bytes += size_bytes

    def take_group(self) -> list[recording_pb2.Recording]:
        """Takes what waits, up to what one message should hold; at least one recording, if any waits."""
        group: list[recording_pb2.Recording] = []
        group_bytes = 0
        while self._waiting and self._fits(len(group), group_bytes + self._waiting[0][1]):
            entry = self._waiting.popleft()
            self._sent.append(entry)
            group.append(entry[0])
            group_bytes += entry[1]
        self._waiting_bytes -= group_bytes
        self._sent_bytes += group_bytes
        return group

    @staticmethod
    def _fits(count: int, bytes_with_next: int) -> bool:
        # A recording of any size travels alone; the service says whether it is too large.
        return count == 0 or (count < _MAX_GROUP_RECORDINGS and bytes_with_next <= _MAX_GROUP_BYTES)

    def answered(self, count: int) -> None:
        """Notes that results arrived, for the oldest that were sent.

        Raises:
            ServiceError: They are more than were waited for.
        """
        if count > len(self._sent):
            raise ServiceError(grpc.StatusCode.INTERNAL, "the service sent more answers than it was sent recordings")
        for _ in range(count):
            self._sent_bytes -= self._sent.popleft()[1]

    def rewind(self) -> None:
        """Lets what was sent and not answered wait again, before all else."""
        self._waiting.extendleft(reversed(self._sent))
        self._waiting_bytes += self._sent_bytes
        self._sent.clear()
        self._sent_bytes = 0
