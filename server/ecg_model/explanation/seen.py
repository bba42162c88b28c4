"""A recording as the network sees it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ecg_model.errors import InvalidOptionsError, RefusalReason, Violation
from ecg_model.manifest import InputSpecification, Manifest
from ecg_model.preprocessing import form_of, network_inputs, prepare
from ecg_model.recording import FloatArray, LeadName, PatientMetadata, Recording
from ecg_model.usability import make_usable

SEGMENT_SECONDS = 0.5

# A sample that begins a half second is not to fall short of it by a rounding error; no two samples are so near.
_NEARLY_NOTHING = 1e-6

IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Segment:
    """A half second of a recording, or what is left of it at the end.

    Attributes:
        offset_seconds: where it begins, from the recording's first sample.
        duration_seconds: how long it is.
    """

    offset_seconds: float
    duration_seconds: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A recording as the network sees it, in one window or several.

    Attributes:
        metadata: float32 [feature].
        unknown: float32 [feature]: what the network is given where nothing is known.
        known: the features that are known, and that the network uses.
        lead_names: the leads, in the network's order.
        signals: float32 millivolts [window, sample, lead], fit to be classified; a masked lead is 0 mV all along.
        windows: which windows of the recording these are, counted from 0.
        segments: the half seconds that lie in them, in order of time.
        segment_of: which of the segments each sample belongs to [window, sample].
    """

    metadata: FloatArray
    unknown: FloatArray
    known: tuple[int, ...]
    lead_names: tuple[LeadName, ...]
    signals: FloatArray
    windows: tuple[int, ...]
    segments: tuple[Segment, ...]
    segment_of: IntArray


def seen_by_network(recording: Recording, manifest: Manifest, window: int | None) -> Seen:
    """Return what the network sees of a recording that can be classified.

    Args:
        recording: the recording.
        manifest: the network's.
        window: the one window to look at, counted from 0; None: all that are not left out.

    Raises:
        InvalidOptionsError: there is no such window, or it is left out.
    """
    wanted = manifest.input
    form = form_of(recording, wanted)
    prepared = prepare([recording], form, wanted)
    usable = make_usable(prepared, form, wanted.sample_rate_hz, manifest.signal_rule)
    metadata, signals = network_inputs(replace(prepared, signals=usable.signals), wanted)
    windows = _chosen(window, np.flatnonzero(~usable.left_out).tolist(), len(signals))
    offsets = np.array(prepared.offsets_seconds[0])[windows]
    segments, segment_of = _segments(offsets, len(recording.signal) / recording.sample_rate_hz, wanted)
    return Seen(
        metadata=metadata[0],
        unknown=np.array([feature.imputed for feature in wanted.metadata], dtype=np.float32),
        known=_known(recording.metadata, wanted),
        lead_names=wanted.lead_names,
        signals=signals[windows],
        windows=tuple(windows),
        segments=segments,
        segment_of=segment_of,
    )


def _chosen(window: int | None, usable: list[int], count: int) -> list[int]:
    if window is None:
        return usable
    if window in usable:
        return [window]
    problem = "was left out: too much of it is unusable" if 0 <= window < count else "is none of the recording's"
    description = f"the window {problem}; of {count} windows, counted from 0, {len(usable)} can be explained"
    raise InvalidOptionsError(RefusalReason.WINDOW_UNKNOWN, Violation("window", description))


def _known(metadata: PatientMetadata, wanted: InputSpecification) -> tuple[int, ...]:
    return tuple(
        place
        for place, feature in enumerate(wanted.metadata)
        if feature.is_used and getattr(metadata, feature.name) is not None
    )


def _segments(
    offsets: npt.NDArray[np.float64], seconds: float, wanted: InputSpecification
) -> tuple[tuple[Segment, ...], IntArray]:
    """Return the half seconds in some windows, and which of them each sample [window, sample] belongs to.

    Args:
        offsets: where the windows begin, in seconds.
        seconds: how long the recording is: a shorter one than a window is repeated.
        wanted: what the network takes.
    """
    into_window = np.arange(wanted.sample_count) / wanted.sample_rate_hz + _NEARLY_NOTHING
    if seconds < wanted.seconds:
        into_window %= seconds
    begin, end = float(offsets[0]), min(seconds, float(offsets[-1]) + wanted.seconds)
    moments = np.add.outer(offsets - begin, into_window)
    numbers = np.floor(moments / SEGMENT_SECONDS).astype(np.intp)
    there, segment_of = np.unique(numbers, return_inverse=True)
    starts = (begin + SEGMENT_SECONDS * there).tolist()
    segments = tuple(Segment(start, min(SEGMENT_SECONDS, end - start)) for start in starts)
    return segments, segment_of.reshape(numbers.shape)
