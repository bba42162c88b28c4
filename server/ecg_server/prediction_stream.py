"""One stream of recordings: reads, submits, and gives back results in the order in which the recordings came.

A reader task takes messages and puts their recordings into the batcher; the stream's own task waits for the oldest of
them and sends all results that are ready behind it in one message. Between the two lies a bounded queue: when it is
full the reader stops reading, gRPC's flow control fills up, and the caller has to wait.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ecg.v1 import ecg_service_pb2, prediction_pb2, recording_pb2
from ecg_model.classifier import Prediction
from ecg_model.errors import InvalidRecordingError
from ecg_server.batching import Batcher, Caller, Outcome
from ecg_server.call import Call, Receipt
from ecg_server.decoding import decode
from ecg_server.errors import ContradictoryOptionsError, EcgServerError, ShuttingDownError
from ecg_server.recording_conversion import at_message_paths
from ecg_server.served_models import ServedModel
from ecg_server.status import recording_error

# A message of results never grows past this, however many are ready: a caller's limit may be gRPC's 4 MiB.
LARGEST_RESULT_GROUP = 64

NO_OPTIONS = ecg_service_pb2.PredictOptions()


@dataclass(slots=True)
class _Pending:
    """A recording that was received and is to be answered."""

    recording_id: str
    is_packed: bool
    receipt: Receipt
    outcome: asyncio.Future[Outcome]


class PredictionStream:
    """The results of one stream. Reading begins at once.

    Args:
        batcher: runs the models.
        choose_model: returns the model that the first message's options ask for; what it raises ends the stream.
        requests: the caller's messages.
        capacity: recordings that may be on their way.
        deadline: when the caller stops waiting, on the clock of `time.monotonic`.
        call: what is written down of it.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - where it is made each is named by its variable
        self,
        batcher: Batcher,
        choose_model: Callable[[str], ServedModel],
        requests: AsyncIterator[ecg_service_pb2.PredictStreamRequest],
        capacity: int,
        deadline: float,
        call: Call,
    ) -> None:
        self._batcher = batcher
        self._choose_model = choose_model
        self._requests = requests
        self._capacity = capacity
        self._deadline = deadline
        self._call = call
        self._pending: deque[_Pending] = deque()
        self._changed = asyncio.Event()
        self._stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._broken_by: EcgServerError | None = None
        self._sent = 0
        # As the first message has them; nothing is answered before it has come.
        self._options: ecg_service_pb2.PredictOptions
        self._model: ServedModel
        self._caller: Caller
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(self._note_end_of_reading)

    def stop_reading(self) -> None:
        """Read no further; what was received is answered, then the stream ends with `ShuttingDownError`."""
        if not self._stopped.done():
            self._stopped.set_result(None)

    def break_off(self, error: EcgServerError) -> None:
        """End the stream with an error, whatever has been received and is not answered."""
        self._broken_by = error
        # It may be waiting for a message, for room, or for its caller's share.
        self._reader.cancel()
        waited_for = next((pending.outcome for pending in self._pending if not pending.outcome.done()), None)
        if waited_for is not None:
            waited_for.set_exception(error)
            waited_for.exception()  # looked at, or asyncio complains when nobody comes for it

    async def responses(self) -> AsyncGenerator[ecg_service_pb2.PredictStreamResponse, None]:
        """Yield the results, each as soon as it and all before it are ready.

        Raises:
            ShuttingDownError: the stream was told to stop reading before the caller had sent everything.
            EcgServerError: what the stream was broken off with, or why there is no model for it.
            ContradictoryOptionsError: a later message's options differ from the first's.
        """
        try:
            while await self._has_next():
                yield self._take_ready()
            if self._broken_by is not None:
                raise self._broken_by
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
                    include_windows=self._options.include_windows,
                )
            case InvalidRecordingError() as error:
                message.error.CopyFrom(recording_error(at_message_paths(error, is_packed=pending.is_packed)))
            case error:
                message.error.CopyFrom(recording_error(error))
        self._call.answered(pending.receipt, message.error if message.HasField("error") else message.prediction)

    async def _read(self) -> None:
        message = await self._next_message()
        if message is not None:
            self._begin(message.options)
        while message is not None:
            if message.HasField("options") and message.options not in (self._options, NO_OPTIONS):
                raise ContradictoryOptionsError
            await self._submit_all(message.recordings)
            message = await self._next_message()

    def _begin(self, options: ecg_service_pb2.PredictOptions) -> None:
        self._options = options
        self._model = self._choose_model(options.model_version)
        self._caller = Caller(self._model.classifier, self._deadline, self._call)

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
            if self._call.share.is_limited:
                await self._wait_for_share()
            receipt = await self._call.received(message)
            outcome = await self._submit(message)
            self._pending.append(_Pending(message.recording_id, message.HasField("packed_signal"), receipt, outcome))
            self._changed.set()

    async def _wait_for_share(self) -> None:
        """Wait until the caller may send another recording, or the stream is to stop: what it received is answered."""
        taking = asyncio.ensure_future(self._call.share.take_when_allowed())
        try:
            await asyncio.wait([taking, self._stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            taking.cancel()

    async def _submit(self, message: recording_pb2.Recording) -> asyncio.Future[Outcome]:
        try:
            recording = await decode(message)
        except InvalidRecordingError as error:
            refused: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            refused.set_result(error)
            return refused
        return await self._batcher.submit_when_room(recording, self._caller)
