"""A recording in a few hundred bytes."""

import numpy as np
import numpy.typing as npt

from ecg_client.recording import MICROVOLTS_PER_MILLIVOLT, LeadName, Recording

WIDTH = 400
HEIGHT = 96
SECONDS = 10.0
UNITS_PER_MILLIVOLT = 32.0
BASELINE = 64.0
"""A thumbnail reaches from -1 mV to 2 mV, whatever the recording; what leaves it is not seen."""
_BINS = 100


def thumbnail_path(recording: Recording) -> str:
    """Returns lead II (or, where it is missing, the first lead) of the first ten seconds as the path of an SVG.

    Of each tenth of a second there is the least and the greatest value, so that no beat is lost. The median is the
    baseline. Where samples are no numbers there is a gap.
    """
    column = recording.lead_names.index(LeadName.II) if LeadName.II in recording.lead_names else 0
    count = round(SECONDS * recording.sample_rate_hz)
    scale = recording.microvolts_per_unit / MICROVOLTS_PER_MILLIVOLT
    millivolts = recording.signal[:count, column].astype(np.float64) * scale
    millivolts[~np.isfinite(millivolts)] = np.nan
    times = np.arange(millivolts.size) / recording.sample_rate_hz
    if not np.isfinite(millivolts).any():
        return ""
    x, levels = _extremes(times, millivolts - np.nanmedian(millivolts))
    y = np.clip(BASELINE - levels * UNITS_PER_MILLIVOLT, -HEIGHT, 2 * HEIGHT)
    return _path(np.round(x * WIDTH / SECONDS), np.round(y))


def _extremes(
    times: npt.NDArray[np.float64], millivolts: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of each bin the sample that is least and the one that is greatest, in the order in which they were taken."""
    bins = np.minimum((times * (_BINS / SECONDS)).astype(int), _BINS - 1)
    starts = np.flatnonzero(np.diff(bins, prepend=-1))
    chosen = [
        start + _extreme_pair(piece) for start, piece in zip(starts, np.split(millivolts, starts[1:]), strict=True)
    ]
    indices = np.concatenate(chosen)
    return times[indices], millivolts[indices]


def _extreme_pair(millivolts: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    if not np.isfinite(millivolts).any():
        return np.zeros(2, dtype=np.intp)
    return np.sort([np.nanargmin(millivolts), np.nanargmax(millivolts)])


def _path(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> str:
    """A move to the first point of each unbroken piece, and lines from there, each told from where the last ended."""
    parts: list[str] = []
    before: tuple[int, int] | None = None
    for one_x, one_y in zip(x, y, strict=True):
        if np.isnan(one_y):
            before = None
            continue
        point = int(one_x), int(one_y)
        parts.append(
            f"M{point[0]} {point[1]}l" if before is None else f"{point[0] - before[0]} {point[1] - before[1]} "
        )
        before = point
    return "".join(parts).strip()
