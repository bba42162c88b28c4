"""A folder of WFDB records in the form of PTB-XL, of synthetic ECGs; some of them nobody can read or classify.

The headers are written here by hand: what reads them in another language is not to be tested by one library alone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ecg_client.formats.synthetic import generate_recording

LEADS = ("I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6")
EIGHT = (0, 1, 6, 7, 8, 9, 10, 11)
NO_SAMPLE = -32768


@dataclass(frozen=True, slots=True)
class Scale:
    """How the samples of a lead are written: `round(millivolts * gain) + baseline`, where the unit is mV."""

    gain: str = "1000.0"
    baseline: int | None = 0
    unit: str | None = "mV"

    @property
    def field(self) -> str:
        """The third field of a signal line."""
        baseline = "" if self.baseline is None else f"({self.baseline})"
        return f"{self.gain}{baseline}" + ("" if self.unit is None else f"/{self.unit}")


AS_PTBXL = (Scale(),) * 12


def write_record(
    stem: Path,
    millivolts: npt.NDArray[np.float64],
    rate: str = "100",
    scales: tuple[Scale, ...] = AS_PTBXL,
    comments: tuple[str, ...] = ("# synthetic",),
) -> npt.NDArray[np.int16]:
    """Write a header and a signal file in format 16; return the samples.

    Args:
        stem: where, without suffix; the folder is made.
        millivolts: the signal, shape [sample, lead]; of eight leads, III and aVR to aVF are absent.
        rate: samples per second, as the header has it.
        scales: of each lead.
        comments: the last lines of the header.
    """
    names = LEADS if millivolts.shape[1] == len(LEADS) else [LEADS[index] for index in EIGHT]
    used = list(zip(names, scales, strict=False))
    gains = [float(scale.gain) * {"uV": 1000.0}.get(scale.unit or "", 1.0) for _, scale in used]
    baselines = [scale.baseline or 0 for _, scale in used]
    samples = (np.round(millivolts * gains) + baselines).astype("<i2")
    stem.parent.mkdir(parents=True, exist_ok=True)
    samples.tofile(stem.with_name(f"{stem.name}.dat"))
    lines = [f"{stem.name} {len(names)} {rate} {len(samples)}"]
    for (name, scale), column in zip(used, samples.T, strict=True):
        checksum = int(column.astype(np.int64).sum()) & 0xFFFF
        lines.append(f"{stem.name}.dat 16 {scale.field} 16 0 {column[0]} {checksum} 0 {name}")
    header_of(stem).write_text("\n".join([*lines, *comments, ""]), encoding="ascii")
    return samples


def header_of(stem: Path) -> Path:
    """Return where the header of a record lies."""
    return stem.with_name(f"{stem.name}.hea")


def millivolts_of(index: int, rate_hz: float = 100, seconds: float = 10) -> npt.NDArray[np.float64]:
    """Return the signal of a synthetic ECG."""
    return generate_recording(index, seed=11, sample_rate_hz=rate_hz, seconds=seconds).signal / 1000


def write_folder(folder: Path) -> Path:
    """Write 44 records into three subfolders: of the second two cannot be read and two are refused."""
    for index in range(18):
        write_record(folder / "plain" / f"{index:05d}_lr", millivolts_of(index))
    _write_other_forms(folder / "special")
    _write_bad_ones(folder / "special")
    for index in range(18, 34):
        write_record(folder / "the last" / "ones" / f"{index:05d}_lr", millivolts_of(index))
    return folder


def _write_other_forms(folder: Path) -> None:
    uneven = tuple(Scale(f"{200 + 10 * lead}", 7 * lead - 30, "mV") for lead in range(12))
    write_record(folder / "a-500-hz", millivolts_of(100, 500), "500/1000(0)")
    write_record(folder / "b-gains-and-baselines", millivolts_of(101), scales=uneven)
    write_record(folder / "c-microvolts", millivolts_of(102), scales=(Scale("1", None, "uV"),) * 12)
    write_record(folder / "g-eight-leads", millivolts_of(103)[:, EIGHT])
    write_record(
        folder / "h-by-default-200-units-to-the-millivolt", millivolts_of(104), scales=(Scale("200", 0, None),) * 12
    )
    patient = ("# Age: 61", "# Sex: Female", "# Height: 170 cm", "# Weight: 70", "# Pacemaker: no")
    write_record(folder / "j-a-patient", millivolts_of(105), comments=patient)


def _write_bad_ones(folder: Path) -> None:
    write_record(folder / "d-cut-off", millivolts_of(110))
    with (folder / "d-cut-off.dat").open("r+b") as file:
        file.truncate(20_000)
    write_record(folder / "e-too-short", millivolts_of(111, seconds=1))
    (folder / "f-no-header.hea").write_text("this is no header\n", encoding="ascii")
    samples = write_record(folder / "i-no-sample", millivolts_of(112))
    samples[500, 3] = NO_SAMPLE
    samples.tofile(folder / "i-no-sample.dat")
