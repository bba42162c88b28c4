import struct
from hashlib import sha256

import pytest

from ecg.v1 import recording_pb2 as pb
from ecg_server.records.input_digest import input_digest
from ecg_testing.messages import leads_recording, packed_recording, synthetic_recording


async def test_what_is_hashed_is_the_message_without_its_id() -> None:
    """Written by hand: field 2 with an age, field 3 with the rate, field 5 with leads, format, gain and samples."""
    age = b"\x0d" + struct.pack("<f", 70)
    samples = bytes(24_000)
    packed = b"\x0a\x0c" + bytes(range(1, 13)) + b"\x10\x01" + b"\x19" + struct.pack("<d", 1.0)
    packed += b"\x22\xc0\xbb\x01" + samples
    by_hand = b"\x12\x05" + age + b"\x19" + struct.pack("<d", 100.0) + b"\x2a\xdd\xbb\x01" + packed

    recording = packed_recording(recording_id="r1", metadata=pb.PatientMetadata(age_years=70))

    assert await input_digest(recording) == sha256(by_hand).hexdigest()


@pytest.mark.parametrize("recording", [leads_recording(), synthetic_recording(rate_hz=500, seconds=120)])
async def test_it_is_recomputed_in_three_lines(recording: pb.Recording) -> None:
    """Of either form, and of a recording so large that it is hashed in a thread."""
    recording.recording_id = "some id"
    digest = await input_digest(recording)
    assert recording.recording_id == "some id"

    recording.ClearField("recording_id")
    assert digest == sha256(recording.SerializeToString(deterministic=True)).hexdigest()


async def test_the_id_makes_no_difference_and_the_rest_does() -> None:
    """The same ECG under another id is known again; the same signal of an older patient is another input."""
    one, renamed, older = (
        packed_recording(recording_id=name, metadata=pb.PatientMetadata(age_years=age))
        for name, age in (("", 60), ("r2", 60), ("", 61))
    )
    assert await input_digest(one) == await input_digest(renamed)
    assert await input_digest(one) != await input_digest(older)


async def test_metadata_without_a_signal_has_no_digest() -> None:
    """There are so few ages that one could try them all."""
    assert await input_digest(pb.Recording(metadata=pb.PatientMetadata(age_years=70))) == ""
