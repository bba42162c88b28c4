"""Recordings of every odd kind that a message can hold: leads, counts, rates, gains, metadata, and no numbers."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from ecg.v1 import recording_pb2 as pb
from fuzzing.choices import Choices
from fuzzing.targets.classifying import classify

_RATES = (50.0, 100.0, 100.0, 100.5, 128.0, 250.0, 257.0, 360.0, 500.0, 1000.0, 2000.0)
_GAINS = (1.0, 1000.0, 4.88, 1e-300, 1e300, 5e-324)
_LEADS = (tuple(range(1, 13)), (1, 2, *range(7, 13)), (12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), (1, 2, 3), (1,), ())
_ODD = (float("nan"), float("inf"), -float("inf"), 3.4e38, -3.4e38, 1e-45, -0.0, 1e30, 50.0, 0.0)
_SECONDS = (2.5, 2.49, 2.5, 5.0, 9.99, 10.0, 10.01, 12.0, 25.0, 0.0, 601.0)


def test_one_input(data: bytes) -> None:
    """Build a recording as the bytes decide, and classify it."""
    classify(_recording(Choices(data)))


def _recording(choices: Choices) -> pb.Recording:
    rate = choices.number() if choices.integer(0, 15) == 0 else choices.one_of(_RATES)
    names = choices.one_of(_LEADS) if choices.integer(0, 7) else tuple(choices.take(choices.integer(0, 14)))
    nominal = rate if rate in _RATES else 100.0
    count = min(int(choices.one_of(_SECONDS) * nominal) + choices.integer(0, 2), 100_000)
    recording = pb.Recording(
        recording_id="x" * choices.integer(0, 260), metadata=_metadata(choices), sample_rate_hz=rate
    )
    form = choices.integer(0, 7)
    signal = _signal(choices, count, len(names))
    if form > 3:  # noqa: PLR2004 - half of them
        recording.leads.extend(
            pb.Lead(name=_lead(name), millivolts=lead) for name, lead in zip(names, signal.T, strict=True)
        )
    if form < 5:  # noqa: PLR2004 - half of them, and some of both
        recording.packed_signal.CopyFrom(_packed(choices, signal, names))
    return recording


def _signal(choices: Choices, count: int, leads: int) -> npt.NDArray[np.float32]:
    noise = np.random.default_rng(choices.integer(0, 3)).standard_normal((count, leads), dtype=np.float32)
    # Up to what float32 holds, and a little beyond.
    with np.errstate(over="ignore", invalid="ignore"):
        signal = noise * np.float32(10.0 ** choices.integer(-46, 39))
    for _ in range(choices.integer(0, 3)):
        _spoil(choices, signal)
    return signal


def _spoil(choices: Choices, signal: npt.NDArray[np.float32]) -> None:
    """Set a stretch of one lead, or of all of them, to something odd."""
    count, leads = signal.shape
    if not signal.size:
        return
    lead = slice(None) if choices.integer(0, 3) == 0 else choices.integer(0, leads - 1)
    start = choices.integer(0, count - 1)
    stretch = signal[start : start + choices.integer(1, count), lead]
    with np.errstate(over="ignore", invalid="ignore"):
        stretch += np.float32(choices.number()) if choices.integer(0, 3) == 0 else np.float32(choices.one_of(_ODD))


def _packed(choices: Choices, signal: npt.NDArray[np.float32], names: Sequence[int]) -> pb.PackedSignal:
    sample_format = choices.one_of((1, 2, 2, 1, 0, 77))
    if sample_format == pb.SAMPLE_FORMAT_INT16_LE:
        samples = np.nan_to_num(signal).clip(-32768, 32767).astype("<i2").T.tobytes()
    else:
        samples = signal.T.astype("<f4").tobytes()
    return pb.PackedSignal(
        lead_names=map(_lead, names),
        format=sample_format,  # type: ignore[arg-type] # a format from the future is a case of its own
        microvolts_per_unit=choices.number() if choices.integer(0, 7) == 0 else choices.one_of(_GAINS),
        samples=samples[: len(samples) - choices.one_of((0, 0, 0, 0, 1, 2))],
    )


def _lead(number: int) -> pb.LeadName.ValueType:
    return cast("pb.LeadName.ValueType", number % 16)


def _metadata(choices: Choices) -> pb.PatientMetadata:
    metadata = pb.PatientMetadata(
        sex=choices.one_of((0, 1, 2, 3)),  # type: ignore[arg-type] # likewise
        first_infarction_stage=choices.one_of((0, 0, 1, 2, 3, 4, 5, 6, 7)),  # type: ignore[arg-type]
        second_infarction_stage=choices.one_of((0, 0, 1, 2, 3, 4, 5, 6, 7)),  # type: ignore[arg-type]
    )
    for field in ("age_years", "height_cm", "weight_kg"):
        if choices.integer(0, 1):
            plain = float(choices.integer(0, 400))
            setattr(metadata, field, choices.one_of((*_ODD, plain, plain, plain, plain, plain, plain)))
    if choices.integer(0, 1):
        metadata.has_pacemaker = True
    return metadata


def seeds() -> Sequence[bytes]:
    """Return decisions at random: any bytes are some recording."""
    source = np.random.default_rng(0)
    return [bytes(200), b"\xff" * 200, *(source.bytes(200) for _ in range(30))]
