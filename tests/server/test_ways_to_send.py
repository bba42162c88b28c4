"""One ECG sent in different ways: the shipped model, behind a real server, says the same of all of them."""

import dataclasses
from collections.abc import Iterator, Sequence

import grpc
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecg.v1 import ecg_service_pb2 as pb_service
from ecg.v1 import prediction_pb2
from ecg.v1 import recording_pb2 as pb
from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_client.formats.synthetic import RHYTHMS, generate_millivolts
from ecg_testing.messages import ALL_LEADS, REQUIRED_LEADS, FloatArray, leads_recording, packed_recording
from ecg_testing.processes import ServerProcess
from ecg_testing.serving import group, request

# As good as equal: what the contract promises.
TOLERANCE = 1e-5
DEPENDENT_LEADS = tuple(lead for lead in ALL_LEADS if lead not in REQUIRED_LEADS)


@dataclasses.dataclass(frozen=True, slots=True)
class Ecg:
    """An ECG, to be sent in one way or another.

    Attributes:
        rhythm: which of the synthetic ones.
        seed: its chances.
        rate_hz: its sample rate.
        seconds: its length.
    """

    rhythm: int
    seed: int
    rate_hz: float
    seconds: float

    def millivolts(self) -> FloatArray:
        """Return its twelve leads in the standard order; the limb leads agree."""
        random = np.random.default_rng(self.seed)
        signal = generate_millivolts(RHYTHMS[self.rhythm], random, sample_rate_hz=self.rate_hz, seconds=self.seconds)
        return signal.astype(np.float32)

    def plain(self) -> pb.Recording:
        """Return it as packed millivolts."""
        return self.packed(1000.0)

    def packed(self, microvolts_per_unit: float) -> pb.Recording:
        """Return it as packed floats in this unit."""
        in_units = (self.millivolts().astype(np.float64) * 1000 / microvolts_per_unit).astype(np.float32)
        recording = packed_recording(in_units, microvolts_per_unit=microvolts_per_unit)
        recording.sample_rate_hz = self.rate_hz
        return recording

    def readable(self, lead_names: Sequence[int] = ALL_LEADS) -> pb.Recording:
        """Return these leads of it in the form `leads`, in this order."""
        columns = [number - 1 for number in lead_names]
        return leads_recording(self.millivolts()[:, columns], lead_names=lead_names, rate_hz=self.rate_hz)

    def integers(self) -> npt.NDArray[np.int16]:
        """Return it in whole microvolts."""
        return np.round(self.millivolts() * 1000).astype(np.int16)


ecgs = st.builds(
    Ecg,
    rhythm=st.integers(0, len(RHYTHMS) - 1),
    seed=st.integers(0, 1000),
    rate_hz=st.sampled_from([50.0, 100.0, 128.0, 250.0, 257.0, 360.0, 500.0, 1000.0]),
    seconds=st.sampled_from([2.51, 4.0, 9.99, 10.0, 10.05, 13.0, 27.0]),
)
orders = st.permutations(ALL_LEADS)
units = st.one_of(st.floats(1e-3, 1e6), st.integers(-10, 20).map(lambda power: 2.0**power), st.just(1.0))
some_dependent = st.sets(st.sampled_from(DEPENDENT_LEADS), min_size=1)

few_examples = settings(max_examples=30)


@pytest.fixture(scope="module")
def stub(default_server: ServerProcess) -> Iterator[EcgServiceStub]:
    """A blocking way to call the server."""
    with grpc.insecure_channel(default_server.address) as channel:
        yield EcgServiceStub(channel)


def probabilities_of(prediction: prediction_pb2.Prediction) -> list[float]:
    """Return what it says of each class."""
    assert prediction.classes
    return [one.probability for one in prediction.classes]


def assert_same_answer(stub: EcgServiceStub, one: pb.Recording, other: pb.Recording) -> None:
    """Ask for both, in single calls, and compare."""
    first, second = (stub.Predict(request(recording)).prediction for recording in (one, other))
    np.testing.assert_allclose(probabilities_of(second), probabilities_of(first), atol=TOLERANCE, rtol=0)


@few_examples
@given(ecgs, orders)
def test_the_order_of_leads_changes_nothing(stub: EcgServiceStub, ecg: Ecg, order: list[int]) -> None:
    """Each lead goes by its name."""
    assert_same_answer(stub, ecg.plain(), ecg.readable(order))


@few_examples
@given(ecgs)
def test_the_form_of_the_signal_changes_nothing(stub: EcgServiceStub, ecg: Ecg) -> None:
    """Floats in millivolts, packed or not; and integers, or the millivolts that they are."""
    assert_same_answer(stub, ecg.plain(), ecg.readable())
    integers = ecg.integers()
    packed, readable = packed_recording(integers), leads_recording((integers / 1000).astype(np.float32))
    packed.sample_rate_hz = readable.sample_rate_hz = ecg.rate_hz
    assert_same_answer(stub, packed, readable)


@few_examples
@given(ecgs, units)
def test_the_unit_changes_nothing_where_it_is_declared(stub: EcgServiceStub, ecg: Ecg, unit: float) -> None:
    """Millivolts, microvolts, or whatever a device counts in."""
    assert_same_answer(stub, ecg.plain(), ecg.packed(unit))


@few_examples
@given(ecgs, some_dependent)
def test_leads_that_others_tell_may_be_left_out(stub: EcgServiceStub, ecg: Ecg, left_out: set[int]) -> None:
    """The answer is the same, and says of each of them that it was derived."""
    recording = ecg.readable([lead for lead in ALL_LEADS if lead not in left_out])
    assert_same_answer(stub, ecg.plain(), recording)
    warnings = stub.Predict(request(recording)).prediction.warnings
    assert {one.lead for one in warnings if one.code == prediction_pb2.WARNING_CODE_LEAD_DERIVED} == left_out


@few_examples
@given(ecgs)
def test_the_windows_tell_the_answer(stub: EcgServiceStub, ecg: Ecg) -> None:
    """The mean over them is what is said of the whole, and to ask for them changes nothing."""
    asked = pb_service.PredictRequest(recording=ecg.plain(), options=pb_service.PredictOptions(include_windows=True))
    prediction = stub.Predict(asked).prediction
    windows = [one.probabilities for one in prediction.windows]

    assert (len(windows) > 1) == (ecg.seconds > 10.1)
    np.testing.assert_allclose(np.mean(windows, axis=0), probabilities_of(prediction), atol=1e-6, rtol=0)
    plain = stub.Predict(request(ecg.plain())).prediction
    np.testing.assert_allclose(probabilities_of(plain), probabilities_of(prediction), atol=TOLERANCE, rtol=0)


@settings(max_examples=10)
@given(st.data(), st.lists(ecgs, min_size=1, max_size=5))
def test_nothing_changes_in_a_stream_among_others(stub: EcgServiceStub, data: st.DataObject, sent: list[Ecg]) -> None:
    """Every ECG, each way it is sent, mixed with others of other rates and lengths, in messages of any size."""
    ways = [
        (ecg, recording)
        for ecg in sent
        for recording in (
            ecg.plain(),
            ecg.packed(data.draw(units)),
            ecg.readable(data.draw(orders)),
            ecg.readable(REQUIRED_LEADS),
        )
    ]
    ways = data.draw(st.permutations(ways))
    size = data.draw(st.integers(1, len(ways)))
    messages = [group([way for _, way in ways[start : start + size]]) for start in range(0, len(ways), size)]
    results = [one for response in stub.PredictStream(iter(messages)) for one in response.results]
    alone = {ecg: probabilities_of(stub.Predict(request(ecg.plain())).prediction) for ecg in sent}

    assert [one.sequence_number for one in results] == list(range(len(ways)))
    for (ecg, _), result in zip(ways, results, strict=True):
        np.testing.assert_allclose(probabilities_of(result.prediction), alone[ecg], atol=TOLERANCE, rtol=0)
