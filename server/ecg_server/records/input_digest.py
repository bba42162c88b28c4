"""The digest by which a recording is known again."""

import asyncio
from hashlib import sha256

from ecg.v1 import recording_pb2 as pb
from ecg_server.decoding import LARGE_SIGNAL_BYTES
from ecg_server.recording_conversion import signal_byte_count

# What the shortest recording that can be classified has: 8 leads of 125 samples of 2 bytes.
LEAST_SIGNAL_BYTES = 2000


async def input_digest(message: pb.Recording) -> str:
    """Return the SHA-256 of a recording without its id, 64 hexadecimal digits; empty, where it has hardly any signal.

    What is hashed is the message in protobuf's encoding without `recording_id`: the fields in the order of their
    numbers, each at most once (`leads` in their order), none that has its default value, samples packed. Any library
    writes it so that is asked for deterministic output. In Python:

        recording.ClearField("recording_id")
        sha256(recording.SerializeToString(deterministic=True)).hexdigest()

    The signal makes the digest impossible to guess. Without one, age, sex, height and weight could be found by trying,
    so a recording with less signal than any that can be classified has no digest.
    """
    if message.ByteSize() < LARGE_SIGNAL_BYTES:
        return _digest(message)
    return await asyncio.to_thread(_digest, message)


def _digest(message: pb.Recording) -> str:
    if signal_byte_count(message) < LEAST_SIGNAL_BYTES:
        return ""
    # The id is the first field: what is behind it needs no copy of the message.
    identified = pb.Recording(recording_id=message.recording_id).SerializeToString()
    return sha256(message.SerializeToString(deterministic=True).removeprefix(identified)).hexdigest()
