"""What a test knows of a recording that cannot be classified."""

from collections.abc import Callable
from dataclasses import dataclass

from ecg.v1 import recording_pb2 as pb

FUTURE = 99
NAN = float("nan")
INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class BadRecording:
    """A recording that is refused, why, and for which fields."""

    name: str
    build: Callable[[], pb.Recording]
    reason: str
    fields: tuple[str, ...]
