"""The sending side of an asynchronous stream: a task that takes recordings from the caller's iterable."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable

from ecg.v1 import ecg_service_pb2
from ecg_client.convert import recording_to_proto, signal_byte_count
from ecg_client.outbox import Outbox
from ecg_client.recording import Recording


class AsyncSender:
    """Takes recordings from an iterable in a task of its own, and hands them to the transport in groups."""

    def __init__(
        self,
        recordings: AsyncIterable[Recording] | Iterable[Recording],
        max_in_flight: int,
        options: ecg_service_pb2.PredictOptions,
    ) -> None:
        self._options = options
        self._outbox = Outbox(max_in_flight)
        self._recordings = _as_async(recordings)
        self._stream = 0
        self._is_closed = False
        self._room = asyncio.Event()
        self._waiting = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.source_error: BaseException | None = None
        """What the source raised, once it has."""

    @property
    def is_done(self) -> bool:
        """Whether every recording of the source was answered."""
        return self._outbox.is_done

    @property
    def is_idle(self) -> bool:
        """Whether nothing of what the source gave so far waits for an answer."""
        return self._outbox.is_idle

    def start(self) -> None:
        """Begins to take recordings from the source."""
        self._task = asyncio.create_task(self._feed(), name="ecg-sender")

    def requests(self) -> AsyncIterator[ecg_service_pb2.PredictStreamRequest]:
        """Returns messages as there is something to put into them, until the source ends.

        Called again, for another stream, it begins with what was not answered; the messages of before end.
        """
        self._stream += 1
        self._outbox.rewind()
        self._waiting.set()
        return self._requests(self._stream)

    def answered(self, count: int) -> None:
        """Notes that results arrived, which makes room for as many recordings."""
        self._room.set()
        self._outbox.answered(count)

    def close(self) -> None:
        """Lets go of the source and ends the messages."""
        self._is_closed = True
        self._stream += 1
        self._waiting.set()
        if self._task is not None:
            self._task.cancel()

    async def _feed(self) -> None:
        try:
            async with contextlib.aclosing(self._recordings) as recordings:
                async for recording in recordings:
                    self._outbox.add(recording_to_proto(recording), signal_byte_count(recording))
                    self._waiting.set()
                    await self._wait_for_room()
        except BaseException as error:
            # A source too is cancelled, where it waits for what somebody cancels; that is no end of its recordings.
            if self._is_closed and isinstance(error, asyncio.CancelledError):
                raise
            self.source_error = error  # it belongs to the caller, who gets it after the results
        finally:
            self._outbox.is_finished = True
            self._waiting.set()

    async def _wait_for_room(self) -> None:
        while not self._outbox.has_room:
            self._room.clear()
            await self._room.wait()

    async def _requests(self, stream: int) -> AsyncIterator[ecg_service_pb2.PredictStreamRequest]:
        while await self._has_waiting(stream):
            group = self._outbox.take_group()
            yield ecg_service_pb2.PredictStreamRequest(recordings=group, options=self._options)
            self._room.set()

    async def _has_waiting(self, stream: int) -> bool:
        while stream == self._stream and not (self._outbox.has_waiting or self._outbox.is_finished):
            self._waiting.clear()
            await self._waiting.wait()
        return stream == self._stream and self._outbox.has_waiting


async def _as_async(recordings: AsyncIterable[Recording] | Iterable[Recording]) -> AsyncGenerator[Recording, None]:
    if isinstance(recordings, AsyncIterable):
        async for recording in recordings:
            yield recording
    else:
        for recording in recordings:
            yield recording
