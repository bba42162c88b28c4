"""The sending side of a blocking stream: a thread that takes recordings from the caller's iterable."""

import threading
from collections.abc import Iterable, Iterator

from ecg.v1 import ecg_service_pb2, recording_pb2
from ecg_client.convert import recording_to_proto, signal_byte_count
from ecg_client.outbox import Outbox
from ecg_client.recording import Recording


class Sender:
    """Takes recordings from an iterable in a thread of its own, and hands them to the transport in groups.

    The thread is what makes groups possible without waiting for one: the transport takes what there is. It ends with
    the source, or at the first recording after `close`.
    """

    def __init__(
        self, recordings: Iterable[Recording], max_in_flight: int, options: ecg_service_pb2.PredictOptions
    ) -> None:
        self._options = options
        self._outbox = Outbox(max_in_flight)
        self._recordings = recordings
        self._stream = 0
        self._is_closed = False
        lock = threading.Lock()
        self._room = threading.Condition(lock)
        self._waiting = threading.Condition(lock)
        self.source_error: BaseException | None = None
        """What the source raised, once it has."""

    @property
    def is_done(self) -> bool:
        """Whether every recording of the source was answered."""
        with self._room:
            return self._outbox.is_done

    @property
    def is_idle(self) -> bool:
        """Whether nothing of what the source gave so far waits for an answer."""
        with self._room:
            return self._outbox.is_idle

    def start(self) -> None:
        """Begins to take recordings from the source."""
        threading.Thread(target=self._feed, name="ecg-sender", daemon=True).start()

    def requests(self) -> Iterator[ecg_service_pb2.PredictStreamRequest]:
        """Returns messages as there is something to put into them, until the source ends.

        Called again, for another stream, it begins with what was not answered; the messages of before end.
        """
        with self._waiting:
            self._stream += 1
            self._outbox.rewind()
            self._waiting.notify_all()
            return self._requests(self._stream)

    def answered(self, count: int) -> None:
        """Notes that results arrived, which makes room for as many recordings."""
        with self._room:
            self._room.notify()
            self._outbox.answered(count)

    def close(self) -> None:
        """Lets go of the source and ends the messages, whatever still waits."""
        with self._room:
            self._is_closed = True
            self._room.notify()
            self._waiting.notify_all()

    def _feed(self) -> None:
        try:
            for recording in self._recordings:
                self._add(recording_to_proto(recording), signal_byte_count(recording))
                if not self._wait_for_room():
                    break
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, whose thread raises it
            self.source_error = error
        finally:
            self._finish()

    def _add(self, message: recording_pb2.Recording, size_bytes: int) -> None:
        with self._waiting:
            self._outbox.add(message, size_bytes)
            self._waiting.notify()

    def _wait_for_room(self) -> bool:
        with self._room:
            while not (self._outbox.has_room or self._is_closed):
                self._room.wait()
            return not self._is_closed

    def _requests(self, stream: int) -> Iterator[ecg_service_pb2.PredictStreamRequest]:
        while group := self._take_group(stream):
            yield ecg_service_pb2.PredictStreamRequest(recordings=group, options=self._options)

    def _take_group(self, stream: int) -> list[recording_pb2.Recording]:
        with self._waiting:
            while not (self._outbox.has_waiting or self._outbox.is_finished or self._is_over(stream)):
                self._waiting.wait()
            group = [] if self._is_over(stream) else self._outbox.take_group()
            self._room.notify()
            return group

    def _is_over(self, stream: int) -> bool:
        return self._is_closed or stream != self._stream

    def _finish(self) -> None:
        with self._waiting:
            self._outbox.is_finished = True
            self._waiting.notify_all()
