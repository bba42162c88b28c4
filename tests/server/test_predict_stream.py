"""Streams: one result for every recording, in order, however the caller groups them."""

from collections.abc import Sequence

import grpc
import pytest
from grpc import aio

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg_server.prediction_stream import LARGEST_RESULT_GROUP
from ecg_testing.fakes import FailingNetwork, fake_classifier
from ecg_testing.messages import leads_recording, numbered_recording
from ecg_testing.serving import group, request, serving, stream
from ecg_testing.statuses import call_status

OTHER_OPTIONS = pb.PredictOptions(include_windows=True)
# A field that a later contract may add, of a caller that knows it.
FUTURE_OPTIONS = pb.PredictOptions.FromString(b"\xfa\x01\x01x")
COUNT = 40


def grouped(sizes: Sequence[int]) -> list[pb.PredictStreamRequest]:
    """Return recordings 0, 1, 2… in messages of these sizes."""
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    return [
        group(numbered_recording(number) for number in range(start, start + size))
        for start, size in zip(starts, sizes, strict=True)
    ]


def first_probabilities(results: Sequence[prediction_pb2.RecordingResult]) -> list[int]:
    """Return the thousandths of each result's first probability: what `numbered_recording` was given."""
    return [round(one.prediction.classes[0].probability * 1000) for one in results]


@pytest.mark.parametrize(
    "sizes",
    [[COUNT], [1] * COUNT, [16, 16, 8], [0, 1, 0, COUNT - 1, 0], [39, 1], [3, 17, 20]],
    ids=["all at once", "one by one", "sixteens", "with empty messages", "many and one", "uneven"],
)
async def test_grouping_changes_nothing(sizes: list[int]) -> None:
    """However recordings are grouped: one result each, in the order sent, numbered from 0, with its own answer."""
    async with serving(fake_classifier()) as server:
        results = await stream(server.stub, grouped(sizes))

    assert [one.sequence_number for one in results] == list(range(COUNT))
    assert [one.recording_id for one in results] == [f"r{number}" for number in range(COUNT)]
    assert [one.prediction.recording_id for one in results] == [f"r{number}" for number in range(COUNT)]
    assert first_probabilities(results) == list(range(COUNT))


async def test_a_stream_and_single_calls_give_the_same_predictions() -> None:
    """A recording is answered alike in both."""
    async with serving(fake_classifier()) as server:
        results = await stream(server.stub, grouped([5]))
        alone = [(await server.stub.Predict(request(numbered_recording(number)))).prediction for number in range(5)]

    assert [one.prediction for one in results] == alone


@pytest.mark.parametrize("messages", [[], [group([])], [group([])] * 3], ids=["no message", "one", "three"])
async def test_a_stream_without_recordings_ends_well_and_yields_nothing(
    messages: list[pb.PredictStreamRequest],
) -> None:
    """Neither an empty stream nor empty messages are an error."""
    async with serving(fake_classifier()) as server:
        call = server.stub.PredictStream(iter(messages))
        responses = [response async for response in call]

        assert responses == []
        assert await call.code() is grpc.StatusCode.OK


async def test_ids_are_echoed_verbatim() -> None:
    """Ids may be empty, repeated and in any script; bad recordings keep theirs too."""
    ids = ["", "twice", "twice", "", "Größe ✓", " spaces ", "x" * 256]
    good = [numbered_recording(number, recording_id) for number, recording_id in enumerate(ids)]
    async with serving(fake_classifier()) as server:
        results = await stream(server.stub, [group([*good, leads_recording(rate_hz=0, recording_id="bad")])])

    assert [one.recording_id for one in results] == [*ids, "bad"]
    assert results[-1].WhichOneof("outcome") == "error"


async def test_no_message_of_results_is_large() -> None:
    """However much is ready at once, a message of results stays far below gRPC's own limit of 4 MiB."""
    async with serving(fake_classifier()) as server:
        call = server.stub.PredictStream(iter([group([numbered_recording(1)] * 500)]))
        sizes = [len(response.results) async for response in call]

    assert sum(sizes) == 500
    assert 1 <= max(sizes) <= LARGEST_RESULT_GROUP


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        (None, OTHER_OPTIONS, True),
        (pb.PredictOptions(), OTHER_OPTIONS, True),
        (OTHER_OPTIONS, OTHER_OPTIONS, False),
        (OTHER_OPTIONS, None, False),
        (OTHER_OPTIONS, pb.PredictOptions(), False),
        (None, pb.PredictOptions(), False),
        (pb.PredictOptions(include_windows=False), pb.PredictOptions(), False),
        (OTHER_OPTIONS, FUTURE_OPTIONS, True),
        (FUTURE_OPTIONS, FUTURE_OPTIONS, False),
    ],
    ids=[
        "absent, set",
        "empty, set",
        "set, equal",
        "set, absent",
        "set, empty",
        "absent, empty",
        "false, empty",
        "set, unheard of",
        "unheard of, equal",
    ],
)
async def test_later_options_are_absent_or_equal_or_end_the_stream(
    first: pb.PredictOptions | None, second: pb.PredictOptions | None, *, is_refused: bool
) -> None:
    """Contradictory options end a stream, after the results of what came before; others change nothing."""
    messages = [
        pb.PredictStreamRequest(recordings=[numbered_recording(0)], options=first),
        pb.PredictStreamRequest(recordings=[numbered_recording(1)], options=second),
    ]
    results: list[prediction_pb2.RecordingResult] = []
    async with serving(fake_classifier()) as server:
        call = server.stub.PredictStream(iter(messages))
        try:
            async for response in call:
                results.extend(response.results)
        except aio.AioRpcError as error:
            status = call_status(error)
            assert (status.code, status.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "OPTIONS_CONTRADICTORY")

        assert (await call.code() is grpc.StatusCode.INVALID_ARGUMENT) == is_refused
    assert first_probabilities(results) == ([0] if is_refused else [0, 1])


async def test_an_unforeseen_error_is_one_results_and_the_stream_goes_on() -> None:
    """The recording whose batch failed gets INTERNAL without the error's text; later ones are answered."""
    async with serving(fake_classifier(FailingNetwork())) as server:
        call = server.stub.PredictStream()
        results = []
        for number in (1, 1000, 2):
            await call.write(group([numbered_recording(number)]))
            results.extend((await call.read()).results)
        await call.done_writing()

        assert await call.read() is aio.EOF
        assert await call.code() is grpc.StatusCode.OK
    failed = results[1]
    assert (failed.sequence_number, failed.recording_id) == (1, "r1000")
    assert failed.error == prediction_pb2.RecordingError(
        code=grpc.StatusCode.INTERNAL.value[0], reason="INTERNAL", message="internal error"
    )
    assert first_probabilities([results[0], results[2]]) == [1, 2]


async def test_a_result_comes_as_soon_as_it_is_ready() -> None:
    """A caller that sends one recording and waits gets its answer before it sends the next."""
    async with serving(fake_classifier()) as server:
        call = server.stub.PredictStream()
        for number in range(3):
            await call.write(group([numbered_recording(number)]))
            response = await call.read()
            assert [one.sequence_number for one in response.results] == [number]
        await call.done_writing()
        assert await call.read() is aio.EOF
