"""One stream of recordings: reads, submits, and gives back results in the order in which the recordings came.

A reader task takes messages and puts their recordings into the batcher; the stream's own task waits for the oldest of
them and sends all results that are ready behind it in one message. Between the two lies a bounded queue: when it is
full the reader stops reading, gRPC's flow control fills up, and the caller has to wait.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

from ecg.v1 import ecg_service_pb2, prediction_pb2, recording_pb2
from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_server.batching import Caller, Outcome
from ecg_server.decoding import decode
from ecg_server.errors import ContradictoryOptionsError, ShuttingDownError
from ecg_server.recording_conversion import at_message_paths
from ecg_server.served_model import ServedModel
from ecg_server.status import recording_error

# A message of results never grows past this, however many are ready: a caller's limit may be gRPC's 4 MiB.
LARGEST_RESULT_GROUP = 64


@dataclass(slots=True)
class _Pending:
    """A recording that was received and is to be answered."""

    recording_id: str
    is_packed: bool
    outcome: asyncio.Future[Outcome]


class PredictionStream:
    """The results of one stream. Reading begins at once.

    Args:
        model: classifies the recordings.
        requests: the caller's messages.
        capacity: recordings that may be on their way.
        deadline: when the caller stops waiting, on the clock of `time.monotonic`.
    """

    def __init__(
        self,
        model: ServedModel,
        requests: AsyncIterator[ecg_service_pb2.PredictStreamRequest],
        capacity: int,
        deadline: float,
    ) -> None:
        self._model = model
        self._requests = requests
        self._capacity = capacity
        self._caller = Caller(deadline)
        self._pending: deque[_Pending] = deque()
        self._changed = asyncio.Event()
        self._stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sent = 0
        # What the options of the first message say; nothing is answered before it has come.
        self._include_windows = False
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(self._note_end_of_reading)

    def stop_reading(self) -> None:
        """Read no further; what was received is answered, then the stream ends with `ShuttingDownError`."""
        if not self._stopped.done():
            self._stopped.set_result(None)

    async def responses(self) -> AsyncGenerator[ecg_service_pb2.PredictStreamResponse, None]:
        """Yield the results, each as soon as it and all before it are ready.

        Raises:
            ShuttingDownError: the stream was told to stop reading before the caller had sent everything.
            ContradictoryOptionsError: a later message's options differ from the first's.
        """
        try:
            while await self._has_next():
                yield self._take_ready()
            await self._reader
        finally:
            self._reader.cancel()
            for pending in self._pending:
                pending.outcome.cancel()

    async def _has_next(self) -> bool:
        """Wait until the oldest recording is answered; False when there is none and none will come."""
        while not self._pending:
            if self._reader.done():
                return False
            self._changed.clear()
            await self._changed.wait()
        await self._pending[0].outcome
        return True

    def _note_end_of_reading(self, reader: asyncio.Task[None]) -> None:
        if not reader.cancelled():
            reader.exception()  # looked at, or asyncio complains when the caller has gone before it is raised
        self._changed.set()

    def _take_ready(self) -> ecg_service_pb2.PredictStreamResponse:
        response = ecg_service_pb2.PredictStreamResponse()
        while self._pending and self._pending[0].outcome.done() and len(response.results) < LARGEST_RESULT_GROUP:
            self._fill_result(response.results.add(), self._pending.popleft())
        self._changed.set()
        return response

    def _fill_result(self, message: prediction_pb2.RecordingResult, pending: _Pending) -> None:
        message.recording_id = pending.recording_id
        message.sequence_number = self._sent
        self._sent += 1
        match pending.outcome.result():
            case Prediction() as prediction:
                self._model.converter.fill(
                    message.prediction,
                    prediction,
                    pending.recording_id,
                    include_windows=self._include_windows,
                )
            case InvalidRecordingError() as error:
                message.error.CopyFrom(recording_error(at_message_paths(error, is_packed=pending.is_packed)))
            case error:
                message.error.CopyFrom(recording_error(error))

    async def _read(self) -> None:
        options: bytes | None = None
        while (message := await self._next_message()) is not None:
            sent = message.options.SerializeToString(deterministic=True)
            if options is None:
                options = sent
                self._include_windows = message.options.include_windows
            if sent and sent != options:
                raise ContradictoryOptionsError
            await self._submit_all(message.recordings)

    async def _next_message(self) -> ecg_service_pb2.PredictStreamRequest | None:
        """Return the next message; None when the caller has sent everything."""
        if self._stopped.done():
            raise ShuttingDownError
        receiving: asyncio.Future[ecg_service_pb2.PredictStreamRequest | None]
        receiving = asyncio.ensure_future(anext(self._requests, None))
        try:
            either: list[asyncio.Future[Any]] = [receiving, self._stopped]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            # A message that is there is answered, even if the order to stop came with it.
            if not receiving.done():
                raise ShuttingDownError
            return receiving.result()
        finally:
            receiving.cancel()

    async def _submit_all(self, recordings: Iterable[recording_pb2.Recording]) -> None:
        for message in recordings:
            while len(self._pending) >= self._capacity:
                self._changed.clear()
                await self._changed.wait()
            outcome = await self._submit(message)
            self._pending.append(_Pending(message.recording_id, message.HasField("packed_signal"), outcome))
            self._changed.set()

    async def _submit(self, message: recording_pb2.Recording) -> asyncio.Future[Outcome]:
        try:
            recording = await decode(message)
        except InvalidRecordingError as error:
            refused: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            refused.set_result(error)
            return refused
        return await self._model.batcher.submit_when_room(recording, self._caller)
