"""Channels of a file, and the recording that their standard leads make."""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ecg_client.errors import UnreadableFileError
from ecg_client.formats.leads import remarks_on_others, standard_leads
from ecg_client.formats.units import millivolts_of
from ecg_client.recording import MICROVOLTS_PER_MILLIVOLT, PatientMetadata, Recording

_INT16 = np.iinfo(np.int16)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One channel of a file; a sample times `scale` plus `offset` is a value in `unit`.

    Attributes:
        name: Its name as the file has it; may be empty.
        samples: Its samples, integers as digitised or floats; NaN where there is none.
        unit: Unit of its values, such as "uV".
        scale: Units that one step of a sample stands for.
        offset: The value of a sample that is 0, in `unit`.
    """

    name: str
    samples: npt.NDArray[Any]
    unit: str
    scale: float = 1.0
    offset: float = 0.0


def recording_of(
    channels: Sequence[Channel],
    sample_rate_hz: float,
    path: Path,
    *,
    metadata: PatientMetadata | None = None,
    remarks: Sequence[str] = (),
) -> Recording:
    """Makes a recording of the standard leads among channels; its recording id is the name of the file, unsuffixed.

    Integers that share one scale and have no offset are taken as they were digitised; otherwise the signal is
    millivolts. A remark tells of channels that are left out.

    Raises:
        UnreadableFileError: There is no standard lead, one twice or one upside down; leads are of different lengths
            or have no samples; a unit is none of voltage; or the rate is no number above 0.
    """
    if not (math.isfinite(sample_rate_hz) and sample_rate_hz > 0):
        raise UnreadableFileError(path, f"its sample rate is {sample_rate_hz:g} Hz, but must be above 0")
    names = [channel.name for channel in channels]
    places = standard_leads(names, path)
    leads = [channels[index] for index in places.values()]
    _refuse_ragged(leads, path)
    signal, microvolts_per_unit = _signal(leads, path)
    return Recording(
        signal=signal,
        sample_rate_hz=float(sample_rate_hz),
        lead_names=tuple(places),
        metadata=metadata or PatientMetadata(),
        recording_id=path.stem,
        microvolts_per_unit=microvolts_per_unit,
        remarks=(*remarks, *remarks_on_others(names, places)),
    )


def _refuse_ragged(leads: Sequence[Channel], path: Path) -> None:
    lengths = {lead.samples.size for lead in leads}
    if len(lengths) > 1:
        raise UnreadableFileError(
            path, f"its leads have {min(lengths)} to {max(lengths)} samples; they must be as long as each other"
        )
    if 0 in lengths:
        raise UnreadableFileError(path, "its leads have no samples")


def _signal(leads: Sequence[Channel], path: Path) -> tuple[npt.NDArray[Any], float]:
    """The samples, shape [sample, lead], and how many microvolts a unit of them is."""
    millivolts = [millivolts_of(lead.unit, path) for lead in leads]
    steps = {lead.scale * each for lead, each in zip(leads, millivolts, strict=True)}
    is_plain = len(steps) == 1 and not any(lead.offset for lead in leads) and all(map(_fits_int16, leads))
    microvolts_per_unit = max(steps) * MICROVOLTS_PER_MILLIVOLT
    # A recording of integers takes one millivolt a unit for a unit that was forgotten.
    if is_plain and microvolts_per_unit not in (0.0, MICROVOLTS_PER_MILLIVOLT):
        return np.stack([lead.samples.astype(np.int16) for lead in leads], axis=1), microvolts_per_unit
    values = [(lead.samples * lead.scale + lead.offset) * each for lead, each in zip(leads, millivolts, strict=True)]
    return np.stack(values, axis=1).astype(np.float64, copy=False), MICROVOLTS_PER_MILLIVOLT


def _fits_int16(lead: Channel) -> bool:
    samples = lead.samples
    # The least of them stands for "no sample" in several formats, and is nothing that was digitised.
    return samples.dtype.kind in "iu" and samples.min() > _INT16.min and samples.max() <= _INT16.max
