"""What can be taken away of a recording, and what is left then."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ecg_model.explanation.seen import Seen
from ecg_model.recording import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what the network sees: a lead, a half second of all leads, a half second of one, or a metadata value.

    Attributes:
        lead: its place in the network's order; None: all leads, or none where it is a metadata value.
        segment: which half second; None: all along.
        feature: which metadata value; None: it is of the signal.
    """

    lead: int | None = None
    segment: int | None = None
    feature: int | None = None


def parts_of(seen: Seen, *, include_lead_times: bool) -> list[Part]:
    """Return the leads, the half seconds, the metadata values that are known, and the half seconds of each lead."""
    leads, segments = range(seen.signals.shape[-1]), range(len(seen.segments))
    return [
        *(Part(lead=lead) for lead in leads),
        *(Part(segment=segment) for segment in segments),
        *(Part(feature=feature) for feature in seen.known),
        *(Part(lead, segment) for lead in leads for segment in segments if include_lead_times),
    ]


def windows_with(part: Part, seen: Seen) -> Iterator[int]:
    """Return the windows in which a part is seen, as places in `seen.signals`."""
    for window, segment_of in enumerate(seen.segment_of):
        if part.segment is None or (segment_of == part.segment).any():
            yield window


def without(part: Part, seen: Seen, window: int) -> tuple[FloatArray, FloatArray]:
    """Return the metadata [feature] and the signal [sample, lead] of a window without a part of it."""
    if part.feature is not None:
        metadata = seen.metadata.copy()
        metadata[part.feature] = seen.unknown[part.feature]
        return metadata, seen.signals[window]
    signal = seen.signals[window].copy()
    if part.segment is None:
        signal[:, part.lead] = 0  # what the network learned of a lost lead
    else:
        _bridge(signal, seen.segment_of[window] == part.segment, part.lead)
    return seen.metadata, signal


def _bridge(signal: FloatArray, gone: BoolArray, lead: int | None) -> None:
    """Replace samples, in place, by a straight line from the one before them to the one after.

    Where there is none before or none after, the line is level.
    """
    there, missing = np.flatnonzero(~gone), np.flatnonzero(gone)
    if not there.size:  # a network whose window is a half second
        signal[:, lead] = 0
        return
    for column in range(signal.shape[1]) if lead is None else (lead,):
        signal[missing, column] = np.interp(missing, there, signal[there, column])
