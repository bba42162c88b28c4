"""EDF+ and BDF+ files, written by edfio."""

import datetime as dt
from pathlib import Path

import edfio

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_RANGE_UV = (-32768, 32767)


def write_edf(path: Path, microvolts: Microvolts, **changes: object) -> None:
    """Write one step to the microvolt; `changes` go to each signal."""
    settings = {"physical_dimension": "uV", "physical_range": _RANGE_UV, "digital_range": _RANGE_UV, **changes}
    signals = [
        edfio.EdfSignal(column.astype(float), RATE_HZ, label=f"ECG {name}", **settings)  # type: ignore[arg-type]
        for name, column in zip(NAMES, microvolts.T, strict=False)
    ]
    edfio.Edf(signals, patient=_patient(), recording=_recording(), annotations=[_annotation()]).write(path)


def write_bdf(path: Path, microvolts: Microvolts) -> None:
    """Write 24-bit samples, a hundred steps to the microvolt, in millivolts."""
    signals = [
        edfio.BdfSignal(
            column / 1000,
            RATE_HZ,
            label=f"ECG {name}",
            physical_dimension="mV",
            physical_range=(-80.0, 80.0),
            digital_range=(-8_000_000, 8_000_000),
        )
        for name, column in zip(NAMES, microvolts.T, strict=True)
    ]
    edfio.Bdf(signals, patient=_patient(), recording=_recording(), annotations=[_annotation()]).write(path)


def _patient() -> edfio.Patient:
    return edfio.Patient(code="MRN7", sex="F", birthdate=dt.date(1960, 5, 1), name="Jane_Doe")


def _recording() -> edfio.Recording:
    return edfio.Recording(startdate=dt.date(2021, 6, 1))


def _annotation() -> edfio.EdfAnnotation:
    return edfio.EdfAnnotation(1.0, None, "Jane Doe coughs")


FILES = (
    EcgFile("a.edf", write_edf, "edf", "edfio", has_patient=True),
    EcgFile("a.bdf", write_bdf, "edf", "edfio", resolution_uv=0.02, has_patient=True),
)
