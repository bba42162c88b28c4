"""Synthetic 12-lead ECGs, for demonstrations and tests: no patient, no data set, the same ones every time.

Each wave of a beat (P, Q, R, S, ST, T) is a bell curve in time that swells along one direction in space; a lead sees
its projection. The limb leads are made of I and II by Einthoven's and Goldberger's equations, so that those hold
exactly until the samples are rounded.
"""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ecg_client.recording import Recording

SAMPLE_RATE_HZ = 100.0
SECONDS = 10.0
MICROVOLTS_PER_UNIT = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Wave:
    """One wave of a beat.

    Attributes:
        centre_s: When it peaks, in seconds after the R peak.
        width_s: Its standard deviation in seconds.
        direction_mv: Its peak in millivolts along three axes: to the left, downwards, to the front.
    """

    centre_s: float
    width_s: float
    direction_mv: tuple[float, float, float]


@dataclasses.dataclass(frozen=True, slots=True)
class Rhythm:
    """What makes up one kind of synthetic ECG.

    Attributes:
        name: Its name.
        beats_per_minute: Heart rate.
        waves: The waves of a beat.
    """

    name: str
    beats_per_minute: float
    waves: tuple[Wave, ...]


_P = Wave(-0.16, 0.022, (0.08, 0.12, 0.03))
_Q = Wave(-0.028, 0.009, (-0.12, -0.10, 0.16))
_R = Wave(0.0, 0.012, (0.75, 0.80, 0.15))
_S = Wave(0.030, 0.011, (-0.12, -0.18, -0.60))
_T = Wave(0.27, 0.050, (0.20, 0.22, 0.12))


def _scaled(wave: Wave, *, width: float = 1.0, size: float = 1.0) -> Wave:
    left, down, front = wave.direction_mv
    return Wave(wave.centre_s * width, wave.width_s * width, (left * size, down * size, front * size))


RHYTHMS = (
    Rhythm("normal", 70.0, (_P, _Q, _R, _S, _T)),
    Rhythm("tachycardic", 130.0, (_P, _Q, _R, _S, dataclasses.replace(_T, centre_s=0.20, width_s=0.035))),
    Rhythm("wide-qrs", 66.0, (_P, _scaled(_Q, width=2.2), _scaled(_R, width=2.2), _scaled(_S, width=2.6), _T)),
    Rhythm("st-elevation", 80.0, (_P, _Q, _R, _S, Wave(0.13, 0.045, (0.05, 0.12, 0.30)), _T)),
    Rhythm("tall-r", 72.0, (_P, _Q, _scaled(_R, size=2.4), _scaled(_S, size=2.2), _scaled(_T, size=-0.7))),
)
"""The kinds of synthetic ECG, in the order in which `generate_recordings` goes round."""

# Which way each measured lead looks: to the left, downwards, to the front. Chest leads go round from right to left.
_LEAD_I = (1.0, 0.0, 0.0)
_LEAD_II = (0.5, 0.87, 0.0)
_CHEST_ANGLES_DEGREES = (115.0, 95.0, 75.0, 55.0, 25.0, -15.0)
_CHEST_GAIN = 1.4
_CHEST_DOWNWARDS = 0.15
_VIEWS = np.array(
    [_LEAD_I, _LEAD_II]
    + [
        (
            _CHEST_GAIN * math.cos(math.radians(angle)),
            _CHEST_DOWNWARDS,
            _CHEST_GAIN * math.sin(math.radians(angle)),
        )
        for angle in _CHEST_ANGLES_DEGREES
    ]
)

_PIECE_SAMPLES = 1000
# No wave of a beat reaches further than this.
_REACH_S = 3.0
_NOISE_MV = 0.008
_BREATHING_MV = 0.03
_BREATHING_HZ = 0.25
_RATE_JITTER = 0.03
_SIZE_JITTER = 0.1


def generate_recordings(count: int, seed: int = 0) -> Iterator[Recording]:
    """Makes synthetic recordings: 10 s, twelve leads, 100 Hz, int16 at 1 µV a unit.

    Args:
        count: How many.
        seed: Equal seeds give equal recordings.

    Yields:
        Recordings named "synthetic-0000-normal", "synthetic-0001-tachycardic" and so on round `RHYTHMS`, with no
        metadata and no labels.
    """
    for index in range(count):
        yield generate_recording(index, seed)


def generate_recording(
    index: int, seed: int = 0, *, sample_rate_hz: float = SAMPLE_RATE_HZ, seconds: float = SECONDS
) -> Recording:
    """Makes the recording that `generate_recordings` yields at `index`, or one like it of another rate and length."""
    rhythm = RHYTHMS[index % len(RHYTHMS)]
    millivolts = generate_millivolts(
        rhythm, np.random.default_rng((seed, index)), sample_rate_hz=sample_rate_hz, seconds=seconds
    )
    return Recording(
        signal=np.round(millivolts * 1000.0 / MICROVOLTS_PER_UNIT).astype(np.int16),
        sample_rate_hz=sample_rate_hz,
        recording_id=f"synthetic-{index:04d}-{rhythm.name}",
        microvolts_per_unit=MICROVOLTS_PER_UNIT,
    )


def generate_millivolts(
    rhythm: Rhythm, random: np.random.Generator, *, sample_rate_hz: float = SAMPLE_RATE_HZ, seconds: float = SECONDS
) -> npt.NDArray[np.float64]:
    """Makes one signal.

    Returns:
        Millivolts, shape [sample, lead]: the twelve standard leads; 10 s at 100 Hz unless told otherwise.
    """
    times = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    beats = _beat_times(rhythm.beats_per_minute, seconds, random)
    size = 1.0 + _SIZE_JITTER * random.standard_normal()
    # Every sample is asked for every beat near it: in pieces, so that a long signal costs no square.
    pieces = np.split(times, range(_PIECE_SAMPLES, len(times), _PIECE_SAMPLES))
    measured = np.concatenate([_dipole(rhythm, piece, _near(piece, beats), size) for piece in pieces]) @ _VIEWS.T
    measured += _BREATHING_MV * np.sin(2 * np.pi * (_BREATHING_HZ * times[:, np.newaxis] + random.random(len(_VIEWS))))
    measured += random.normal(0.0, _NOISE_MV, measured.shape)
    # As from an amplifier that lets no direct current through: no lead has an offset.
    return _with_derived_limb_leads(measured - measured.mean(axis=0))


def _near(times: npt.NDArray[np.float64], beats: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    near: npt.NDArray[np.float64] = beats[(beats > times[0] - _REACH_S) & (beats < times[-1] + _REACH_S)]
    return near


def _dipole(
    rhythm: Rhythm, times: npt.NDArray[np.float64], beats: npt.NDArray[np.float64], size: float
) -> npt.NDArray[np.float64]:
    """The heart's dipole in millivolts, shape [sample, axis]."""
    total = np.zeros((times.size, 3))
    for wave in rhythm.waves:
        distances = (times[:, np.newaxis] - beats - wave.centre_s) / wave.width_s
        total += np.exp(-0.5 * distances**2).sum(axis=1)[:, np.newaxis] * np.array(wave.direction_mv) * size
    return total


def _beat_times(beats_per_minute: float, seconds: float, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """When the R peaks are, in seconds; from before the first sample to after the last, so that no beat is cut."""
    mean = 60.0 / beats_per_minute
    intervals = mean * (1.0 + _RATE_JITTER * random.standard_normal(int(seconds / mean) + 4))
    return np.cumsum(intervals) - 2 * mean + mean * random.random()


def _with_derived_limb_leads(measured: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    first, second = measured[:, 0], measured[:, 1]
    limb = (first, second, second - first, -(first + second) / 2, first - second / 2, second - first / 2)
    return np.column_stack((*limb, measured[:, 2:]))
