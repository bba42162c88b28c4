"""From messages to recordings: both signal forms, any order of leads, and whatever else a caller may send."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecg.v1 import recording_pb2 as pb
from ecg_model.bare_model import bare_input
from ecg_model.errors import InvalidRecordingError, RefusalReason
from ecg_model.preprocessing import PreparedRecordings, form_of, prepare
from ecg_model.recording import InfarctionStage, LeadName, PatientMetadata, Sex
from ecg_server.decoding import LARGE_SIGNAL_BYTES, decode
from ecg_server.recording_conversion import recording_from_proto, signal_byte_count
from ecg_testing.messages import ALL_LEADS, REQUIRED_LEADS, Int16Array, leads_recording, packed_recording

INPUT = bare_input("X", "Y")

# Drawing more samples would prove no more than a few do: those that are drawn are repeated until they are enough.
FEW_SAMPLES = 20
SHORTEST_SAMPLES = 250


def repeated(few: np.ndarray) -> np.ndarray:
    """Return as many samples as a recording must have."""
    return np.resize(few, (SHORTEST_SAMPLES, few.shape[1]))


int16_signals = arrays(np.int16, (FEW_SAMPLES, 12)).map(repeated)
float_signals = arrays(np.float32, (FEW_SAMPLES, 12), elements=st.floats(-(2.0**99), 2.0**99, width=32)).map(repeated)
# 1 and 1000 have a short cut of their own.
gains = st.one_of(st.floats(1e-6, 1e6), st.sampled_from([1.0, 1000.0]))
lead_orders = st.permutations(ALL_LEADS)


def millivolts_of(units: np.ndarray, microvolts_per_unit: float) -> np.ndarray:
    """Return what the contract says a sample becomes: float32(sample * gain / 1000), in double precision."""
    return (units.astype(np.float64) * microvolts_per_unit / 1000.0).astype(np.float32)


def prepared(message: pb.Recording) -> PreparedRecordings:
    """Return what a network would be given for a message."""
    recording = recording_from_proto(message)
    return prepare([recording], form_of(recording, INPUT), INPUT)


@given(int16_signals, gains)
def test_integers_and_leads_give_the_same_array(units: Int16Array, gain: float) -> None:
    """A packed int16 signal and the same millivolts in `leads` are one array, bit for bit."""
    packed = recording_from_proto(packed_recording(units, microvolts_per_unit=gain)).signal
    leads = recording_from_proto(leads_recording(millivolts_of(units, gain))).signal

    assert packed.dtype == leads.dtype == np.float32
    assert packed.tobytes(order="C") == leads.tobytes(order="C")


@given(float_signals, gains)
def test_floats_and_leads_give_the_same_array(units: np.ndarray, gain: float) -> None:
    """A packed float32 signal and the same millivolts in `leads` are one array, bit for bit."""
    packed = recording_from_proto(packed_recording(units, microvolts_per_unit=gain)).signal
    leads = recording_from_proto(leads_recording(millivolts_of(units, gain))).signal

    assert packed.tobytes(order="C") == leads.tobytes(order="C")


@given(float_signals)
def test_floats_that_are_millivolts_stay_what_they_are(units: np.ndarray) -> None:
    """At 1000 microvolts a unit a float32 is not touched."""
    signal = recording_from_proto(packed_recording(units, microvolts_per_unit=1000.0)).signal

    assert signal.tobytes(order="C") == units.tobytes(order="C")


@settings(max_examples=25)
@given(lead_orders, st.booleans())
def test_the_order_of_leads_changes_nothing(order: list[int], is_packed: bool) -> None:  # noqa: FBT001 - drawn
    """Leads sent in any order reach the network in its own."""
    units = np.random.default_rng(0).integers(-3000, 3000, (1000, 12), dtype=np.int16)
    shuffled = units[:, [number - 1 for number in order]]
    message = (
        packed_recording(shuffled, lead_names=order)
        if is_packed
        else leads_recording(millivolts_of(shuffled, 1.0), lead_names=order)
    )

    np.testing.assert_array_equal(prepared(message).signals[0], millivolts_of(units, 1.0))


def test_the_extent_is_looked_at_before_the_samples() -> None:
    """What is too long is refused for that, in both forms, though no sample is a number."""
    endless = np.full((60_001, 12), np.nan, dtype=np.float32)
    for message in (packed_recording(endless), leads_recording(endless)):
        with pytest.raises(InvalidRecordingError) as caught:
            recording_from_proto(message)
        assert caught.value.reason is RefusalReason.SAMPLE_COUNT_UNSUPPORTED


async def test_a_large_recording_is_decoded_beside_the_event_loop() -> None:
    """While others go on; what comes of it is the same recording, or the same refusal."""
    units = np.random.default_rng(0).integers(-3000, 3000, (60_000, 12), dtype=np.int16)
    message = packed_recording(units)
    assert signal_byte_count(message) == units.nbytes > LARGE_SIGNAL_BYTES
    assert signal_byte_count(leads_recording()) == 4 * 12 * 1000
    # Of the leads that there cannot be, none is even counted.
    assert signal_byte_count(pb.Recording(leads=[pb.Lead(millivolts=[0.0])] * 5000)) == 4 * 12
    small, large = asyncio.create_task(decode(leads_recording())), asyncio.create_task(decode(message))
    await asyncio.sleep(0)

    assert (small.done(), large.done()) == (True, False)
    assert (await large).signal.tobytes() == recording_from_proto(message).signal.tobytes()
    message.sample_rate_hz = 0
    with pytest.raises(InvalidRecordingError):
        await decode(message)


def test_leads_keep_their_names() -> None:
    """The columns of a signal are named in the order in which they were sent."""
    recording = recording_from_proto(leads_recording(lead_names=tuple(reversed(ALL_LEADS))))

    assert recording.lead_names == tuple(reversed(LeadName))


def test_what_is_known_of_the_patient_arrives() -> None:
    """Each metadata value arrives as what it is; 0 years and False are values."""
    message = leads_recording(
        metadata=pb.PatientMetadata(
            age_years=0,
            sex=pb.SEX_FEMALE,
            height_cm=1,
            weight_kg=0.5,
            first_infarction_stage=pb.INFARCTION_STAGE_I_II,
            second_infarction_stage=pb.INFARCTION_STAGE_UNKNOWN,
            has_pacemaker=False,
        )
    )

    assert recording_from_proto(message).metadata == PatientMetadata(
        age_years=0,
        sex=Sex.FEMALE,
        height_cm=1,
        weight_kg=0.5,
        first_infarction_stage=InfarctionStage.I_II,
        second_infarction_stage=InfarctionStage.UNKNOWN,
        has_pacemaker=False,
    )


def test_what_is_not_known_is_none() -> None:
    """Absent metadata, and absent values in it, are unknown: never 0, never male."""
    assert recording_from_proto(leads_recording()).metadata == PatientMetadata()
    assert recording_from_proto(leads_recording(metadata=pb.PatientMetadata())).metadata == PatientMetadata()


any_double = st.floats(allow_nan=True, allow_infinity=True)
any_float = st.floats(width=32, allow_nan=True, allow_infinity=True)
any_enum = st.integers(-(2**31), 2**31 - 1) | st.integers(0, 14)
# Long enough, some of them, to be taken.
any_millivolts = st.lists(any_float, max_size=3).map(lambda few: few * 100)
any_leads = st.lists(st.builds(pb.Lead, name=any_enum, millivolts=any_millivolts), max_size=14)
any_packed_signal = st.builds(
    pb.PackedSignal,
    lead_names=st.lists(any_enum, max_size=14) | st.sampled_from([ALL_LEADS, REQUIRED_LEADS]),
    format=any_enum | st.sampled_from([1, 2]),
    microvolts_per_unit=any_double,
    samples=st.binary(max_size=100) | st.binary(min_size=48, max_size=48).map(lambda few: few * 250),
)
any_metadata = st.builds(
    pb.PatientMetadata,
    age_years=any_float,
    sex=any_enum,
    height_cm=any_float,
    weight_kg=any_float,
    first_infarction_stage=any_enum,
    second_infarction_stage=any_enum,
    has_pacemaker=st.booleans(),
)
any_recording = st.builds(
    pb.Recording,
    recording_id=st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    metadata=st.none() | any_metadata,
    sample_rate_hz=any_double | st.sampled_from([100.0, 99.97, 50.0]),
    leads=any_leads,
    packed_signal=st.none() | any_packed_signal,
)


@settings(max_examples=500)
@given(any_recording)
def test_any_message_is_a_recording_or_is_refused(message: pb.Recording) -> None:
    """Whatever fields a caller sets, the worst outcome is a refusal that names fields."""
    try:
        prepared(message)
    except InvalidRecordingError as error:
        assert error.violations  # noqa: PT017 - both outcomes are right, and this is one of them
