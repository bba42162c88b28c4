"""Files of every format that the client reads, each made by a writer that shares nothing with the reader.

Where a library writes the format (edfio, pydicom, wfdb, SciPy, PyArrow, NumPy), it does; where none does, the writer
here follows the format's published layout. The signals are synthetic.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecg_client.formats.synthetic import RHYTHMS, generate_millivolts

NAMES = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
RATE_HZ = 500

Microvolts = npt.NDArray[np.int16]


@dataclasses.dataclass(frozen=True, slots=True)
class EcgFile:
    """A way to write a file.

    Attributes:
        name: of the file, with the suffix that such files have.
        write: writes microvolts [sample, lead] of the twelve leads at `RATE_HZ`.
        extra: that reads it; None: the base install does.
        module: without which it is not read.
        resolution_uv: by how many microvolts what is read may differ.
        has_patient: whether it says that the patient is a woman of 61, called Jane Doe.
    """

    name: str
    write: Callable[[Path, Microvolts], None]
    extra: str | None = None
    module: str = ""
    resolution_uv: float = 0.001
    has_patient: bool = False


def made_up_microvolts(seconds: float = 10.0) -> Microvolts:
    """Return a synthetic ECG of the twelve leads at `RATE_HZ`, in whole microvolts."""
    random = np.random.default_rng(7)
    millivolts = generate_millivolts(RHYTHMS[0], random, sample_rate_hz=RATE_HZ, seconds=seconds)
    return np.rint(1000 * millivolts).astype(np.int16)
