"""WFDB records, written by wfdb, and the `.mat` of the PhysioNet challenges, which is a record as well."""

import struct
from pathlib import Path

import wfdb

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts

_LEADS = len(NAMES)


def write_wfdb(path: Path, microvolts: Microvolts) -> None:
    """Write a header and a signal file beside it."""
    wfdb.wrsamp(
        path.stem,
        fs=RATE_HZ,
        units=["uV"] * _LEADS,
        sig_name=list(NAMES),
        d_signal=microvolts.astype(int),
        fmt=["16"] * _LEADS,
        adc_gain=[1.0] * _LEADS,
        baseline=[0] * _LEADS,
        write_dir=str(path.parent),
    )


def write_challenge(path: Path, microvolts: Microvolts) -> None:
    """Write what wfdb2mat does: a MATLAB 4 file of one matrix `val`, and the header that points behind its 24 bytes."""
    header = struct.pack("<5i", 30, _LEADS, len(microvolts), 0, 4) + b"val\0"
    path.write_bytes(header + microvolts.astype("<i2").tobytes())
    lines = [
        f"{path.name} 16+24 1000/mV 16 0 {column[0]} 0 0 {name}"
        for name, column in zip(NAMES, microvolts.T, strict=True)
    ]
    path.with_suffix(".hea").write_text(
        "\n".join([f"{path.stem} {_LEADS} {RATE_HZ} {len(microvolts)}", *lines, "#Age: 61", "#Sex: Female", ""])
    )


FILES = (
    EcgFile("a.hea", write_wfdb, "wfdb", "wfdb"),
    EcgFile("a.mat", write_challenge, "wfdb", "wfdb"),
)
