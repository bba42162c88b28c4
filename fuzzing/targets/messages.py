"""Any bytes as a message of a caller: parsed, converted, classified."""

import zlib
from collections.abc import Sequence

import numpy as np
from google.protobuf.message import DecodeError, Message

from ecg.v1 import ecg_service_pb2, recording_pb2
from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recording
from fuzzing.targets.classifying import classify, convert

GREATEST_RECORDINGS = 4
# It takes a hundred times as long as all before it, and has a target of its own.
ONE_CLASSIFIED_IN = 16


def test_one_input(data: bytes) -> None:
    """Parse as each request, and convert what is inside; of some inputs, classify it too."""
    take = classify if zlib.crc32(data) % ONE_CLASSIFIED_IN == 0 else convert
    unary = ecg_service_pb2.PredictRequest()
    if _parse(unary, data):
        take(unary.recording)
    stream = ecg_service_pb2.PredictStreamRequest()
    if _parse(stream, data):
        for recording in stream.recordings[:GREATEST_RECORDINGS]:
            take(recording)
    _parse(ecg_service_pb2.ModelSummaryRequest(), data)


def _parse(message: Message, data: bytes) -> bool:
    try:
        message.ParseFromString(data)
    except DecodeError:
        return False
    return True


def seeds() -> Sequence[bytes]:
    """Return requests of either kind, with signals in either form, right and wrong."""
    recordings = [_small(), _in_leads(), recording_pb2.Recording(recording_id="x" * 300), recording_pb2.Recording()]
    unary = [ecg_service_pb2.PredictRequest(recording=recording) for recording in recordings]
    stream = ecg_service_pb2.PredictStreamRequest(recordings=recordings)
    return [message.SerializeToString() for message in (*unary, stream)]


def _small() -> recording_pb2.Recording:
    """Return the shortest recording that is classified: 2.5 s at 50 Hz."""
    return recording_to_proto(generate_recording(0, sample_rate_hz=50, seconds=2.5))


def _in_leads() -> recording_pb2.Recording:
    noise = np.random.default_rng(0).normal(size=(12, 125)).astype(np.float32)
    return recording_pb2.Recording(
        metadata=recording_pb2.PatientMetadata(age_years=50, sex=recording_pb2.SEX_MALE, height_cm=170, weight_kg=70),
        sample_rate_hz=50,
        leads=[
            recording_pb2.Lead(name=name, millivolts=lead.tolist())
            for name, lead in zip(recording_pb2.LeadName.values()[1:], noise, strict=True)
        ],
    )
