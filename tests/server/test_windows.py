"""What is said of each window of a recording, to callers who ask for it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg.v1 import ecg_service_pb2 as pb
from ecg.v1 import prediction_pb2
from ecg_testing.fakes import fake_classifier
from ecg_testing.messages import leads_recording, numbered_recording, packed_recording, units
from ecg_testing.serving import Serving, group, request, serving, stream

WITH_WINDOWS = pb.PredictOptions(include_windows=True)


def probabilities_of(prediction: prediction_pb2.Prediction) -> list[float]:
    """Return the probabilities of a recording."""
    return [one.probability for one in prediction.classes]


async def answers(server: Serving, *recordings: object) -> list[prediction_pb2.Prediction]:
    """Return what single calls and then a stream say of recordings, with windows; both must say the same."""
    alone = [
        (await server.stub.Predict(pb.PredictRequest(recording=one, options=WITH_WINDOWS))).prediction
        for one in recordings
    ]
    message = pb.PredictStreamRequest(recordings=recordings, options=WITH_WINDOWS)
    assert [one.prediction for one in await stream(server.stub, [message])] == alone
    return alone


async def test_nobody_gets_windows_who_does_not_ask() -> None:
    """In a call without options, with empty ones, and in a stream."""
    recording = numbered_recording(1)
    async with serving(fake_classifier()) as server:
        plain = (await server.stub.Predict(request(recording))).prediction
        empty = (await server.stub.Predict(pb.PredictRequest(recording=recording, options={}))).prediction
        (result,) = await stream(server.stub, [group([recording])])

    assert [len(one.windows) for one in (plain, empty, result.prediction)] == [0, 0, 0]


@pytest.mark.parametrize("samples", [250, 999, 1000])
async def test_a_recording_of_one_window_has_one(samples: int) -> None:
    """It begins at 0 and says what the recording's classes say, also where it was padded."""
    async with serving(fake_classifier()) as server:
        (prediction,) = await answers(server, packed_recording(units([250, 500], samples=samples)))

    (window,) = prediction.windows
    assert window.offset_seconds == 0
    assert list(window.probabilities) == probabilities_of(prediction)
    assert list(window.probabilities)[:2] == [0.25, 0.5]


async def test_a_long_recording_has_windows_from_its_start_to_its_end() -> None:
    """Their offsets increase by about half a window, and the last ends where the recording does."""
    signal = np.zeros((2500, 12), dtype=np.int16)
    # The fake tells the first sample of each window.
    signal[:, 0] = np.arange(2500) // 10
    async with serving(fake_classifier()) as server:
        (prediction,) = await answers(server, packed_recording(signal))

    offsets = [one.offset_seconds for one in prediction.windows]
    assert offsets == [0, 5, 10, 15]
    first = [one.probabilities[0] for one in prediction.windows]
    assert first == pytest.approx([offset / 100 for offset in offsets])
    assert probabilities_of(prediction)[0] == pytest.approx(np.mean(first))


async def test_the_first_message_of_a_stream_decides() -> None:
    """Later ones are silent or agree; every result has windows, however the recordings were grouped."""
    messages = [
        pb.PredictStreamRequest(options=WITH_WINDOWS),
        group([numbered_recording(1)]),
        pb.PredictStreamRequest(recordings=[numbered_recording(2)] * 3, options=WITH_WINDOWS),
        pb.PredictStreamRequest(recordings=[leads_recording()], options=pb.PredictOptions()),
    ]
    async with serving(fake_classifier()) as server:
        results = await stream(server.stub, messages)

    assert [len(one.prediction.windows) for one in results] == [1] * 5


async def test_windows_change_nothing_else() -> None:
    """An answer with windows, less its windows, is the answer without."""
    recording = packed_recording(units([123, 456, 789], samples=4321))
    async with serving(fake_classifier()) as server:
        (asked,) = await answers(server, recording)
        plain = (await server.stub.Predict(request(recording))).prediction
    assert len(asked.windows) == 8
    asked.ClearField("windows")

    assert asked == plain


@settings(max_examples=20)
@given(st.floats(2.5, 100), st.floats(50, 400))
async def test_offsets_increase_and_the_mean_is_the_answer(seconds: float, rate_hz: float) -> None:
    """Whatever the rate and the length."""
    samples = max(round(seconds * rate_hz), int(np.ceil(2.5 * rate_hz)))
    signal = np.random.default_rng(samples).integers(0, 1000, (samples, 12), dtype=np.int16)
    recording = packed_recording(signal)
    recording.sample_rate_hz = rate_hz
    async with serving(fake_classifier()) as server:
        (prediction,) = await answers(server, recording)

    offsets = [one.offset_seconds for one in prediction.windows]
    assert offsets == sorted(set(offsets))
    assert offsets[0] >= 0
    assert offsets[-1] + min(10, samples / rate_hz) == pytest.approx(samples / rate_hz, abs=0.2)
    means = np.mean([one.probabilities for one in prediction.windows], axis=0)
    np.testing.assert_allclose(means, probabilities_of(prediction), atol=1e-6, rtol=0)
