"""Decodes recordings on the event loop, and large ones beside it."""

import asyncio

from ecg.v1 import recording_pb2 as pb
from ecg_model.recording import Recording
from ecg_server.recording_conversion import recording_from_proto, signal_byte_count

# Smaller ones are decoded sooner than a thread takes them over; the largest keep a thread busy for up to a second.
LARGE_SIGNAL_BYTES = 1 << 20


async def decode(message: pb.Recording) -> Recording:
    """Return the recording that a message holds, without keeping other calls waiting.

    Raises:
        InvalidRecordingError: it holds none, as `recording_from_proto` says.
    """
    if signal_byte_count(message) < LARGE_SIGNAL_BYTES:
        return recording_from_proto(message)
    return await asyncio.to_thread(recording_from_proto, message)
