"""What can be taken away of a recording, and what is left then."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecg_model.explanation.seen import Seen
from ecg_model.recording import STANDARD_LEADS, BoolArray, FloatArray, LeadName

CHEST_LEADS = STANDARD_LEADS[STANDARD_LEADS.index(LeadName.V1) :]


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


def places_of(parts: Sequence[Part], seen: Seen) -> list[tuple[int, int]]:
    """Return each part with each window in which it is seen, as places in `parts` and in `seen.signals`."""
    is_in = np.zeros((len(seen.signals), len(seen.segments)), dtype=np.bool_)
    np.put_along_axis(is_in, seen.segment_of, values=True, axis=1)
    # Once for each half second, and not for each part: ten minutes have thousands of parts and a hundred windows.
    windows_of_segment = [np.flatnonzero(column).tolist() for column in is_in.T]
    all_windows = range(len(seen.signals))
    return [
        (number, window)
        for number, part in enumerate(parts)
        for window in (all_windows if part.segment is None else windows_of_segment[part.segment])
    ]


def without(part: Part, seen: Seen, window: int) -> tuple[FloatArray, FloatArray]:
    """Return the metadata [feature] and the signal [sample, lead] of a window without a part of it."""
    if part.feature is not None:
        metadata = seen.metadata.copy()
        metadata[part.feature] = seen.unknown[part.feature]
        return metadata, seen.signals[window]
    signal = seen.signals[window].copy()
    if part.segment is None and part.lead is not None:
        _replace(signal, part.lead, seen.lead_names)
    else:
        _bridge(signal, seen.segment_of[window] == part.segment, part.lead)
    return seen.metadata, signal


def _replace(signal: FloatArray, lead: int, lead_names: tuple[LeadName, ...]) -> None:
    """Replace a lead, in place, by what says nothing of its own (docs/explanations.md has the evidence).

    A chest lead of 0 mV looks like an infarction, so it becomes the mean of those beside it. A limb lead follows from
    any two others, and none would be missed so: it becomes 0 mV, as a lost one does. What is masked stays as it is.
    """
    beside = [
        place
        for place, name in enumerate(lead_names)
        if name in _beside(lead_names[lead]) and signal[:, lead].any() and signal[:, place].any()
    ]
    signal[:, lead] = signal[:, beside].mean(axis=1) if beside else 0


def _beside(lead: LeadName) -> tuple[LeadName, ...]:
    """Return the chest leads beside a chest lead; none, of a limb lead."""
    if lead not in CHEST_LEADS:
        return ()
    place = CHEST_LEADS.index(lead)
    return CHEST_LEADS[max(place - 1, 0) : place] + CHEST_LEADS[place + 1 : place + 2]


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
