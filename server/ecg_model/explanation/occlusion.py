"""By how much the probabilities fall without each part of a recording."""

from collections.abc import Sequence

import numpy as np

from ecg_model.classifier import WINDOWS_PER_RUN, Prediction
from ecg_model.explanation.explanation import ClassExplanation
from ecg_model.explanation.parts import Part, parts_of, places_of, without
from ecg_model.explanation.runs import Array, Runs
from ecg_model.explanation.seen import Seen


def occlude(
    seen: Seen, prediction: Prediction, classes: Sequence[int], runs: Runs, *, include_lead_times: bool
) -> tuple[ClassExplanation, ...]:
    """Return what speaks for some classes of a recording; more classes cost no more.

    Raises:
        InvalidOptionsError: the network would have to be run more often than it may.
    """
    parts = parts_of(seen, include_lead_times=include_lead_times)
    whole = np.array([prediction.windows[window].probabilities for window in seen.windows], dtype=np.float64)
    changes = probability_changes(seen, parts, whole, runs)
    shape = seen.signals.shape[-1], len(seen.segments)
    leads, segments, metadata, both = np.split(changes, np.cumsum([*shape, len(seen.known)]))
    by_lead = both.reshape(*shape, -1) if include_lead_times else both[:0].reshape(0, 0, len(whole[0]))
    return tuple(
        ClassExplanation(
            place=one,
            probability=float(whole[:, one].mean()),
            leads=tuple(leads[:, one].tolist()),
            segments=tuple(segments[:, one].tolist()),
            metadata=tuple(metadata[:, one].tolist()),
            lead_segments=tuple(map(tuple, by_lead[:, :, one].tolist())),
        )
        for one in classes
    )


def probability_changes(seen: Seen, parts: Sequence[Part], whole: Array, runs: Runs) -> Array:
    """Return the probability with everything less that without a part [part, class].

    Args:
        seen: the recording; the probabilities are the means over its windows.
        parts: what is taken away of it, each by itself.
        whole: the probabilities with everything [window, class].
        runs: the network.

    Raises:
        InvalidOptionsError: the network would have to be run more often than it may.
    """
    places = places_of(parts, seen)
    runs.refuse_more_than_may_be(len(places))
    # A window that has no such part stays as it is.
    partial = np.repeat(whole[np.newaxis], len(parts), axis=0)
    for first in range(0, len(places), WINDOWS_PER_RUN):
        some = places[first : first + WINDOWS_PER_RUN]
        metadata, signals = zip(*(without(parts[part], seen, window) for part, window in some), strict=True)
        numbers, windows = zip(*some, strict=True)
        partial[list(numbers), list(windows)] = runs.probabilities(np.stack(metadata), np.stack(signals))
    changes: Array = (whole - partial).mean(axis=1)
    return changes
