"""Tables and arrays: CSV and TSV as text, Parquet by PyArrow, MATLAB by SciPy, `.npy` by NumPy."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.io

from ecg_testing.ecg_files import NAMES, RATE_HZ, EcgFile, Microvolts


def write_csv(path: Path, microvolts: Microvolts) -> None:
    """Write times in seconds and the leads in millivolts, with names."""
    heading = ",".join(["time (s)", *(f"{name} (mV)" for name in NAMES)])
    lines = [
        f"{index / RATE_HZ:.4f}," + ",".join(f"{one / 1000:.3f}" for one in row)
        for index, row in enumerate(microvolts.tolist())
    ]
    path.write_text("\n".join([heading, *lines, ""]))


def write_tsv(path: Path, microvolts: Microvolts) -> None:
    """Write the leads in microvolts, without names, below what holds for all of them."""
    lines = ["\t".join(map(str, row)) for row in microvolts.tolist()]
    path.write_text("\n".join([f"# sample_rate_hz: {RATE_HZ}", "# unit: uV", *lines, ""]))


def write_parquet(path: Path, microvolts: Microvolts) -> None:
    """Write the leads in microvolts, the rate in the metadata."""
    table = pa.table({f"{name} [uV]": column for name, column in zip(NAMES, microvolts.T, strict=True)})
    pq.write_table(table.replace_schema_metadata({"sample_rate_hz": str(RATE_HZ)}), path)


def write_npy(path: Path, microvolts: Microvolts) -> None:
    """Write the samples, of which nothing is said."""
    np.save(path, microvolts)


def write_matlab(path: Path, microvolts: Microvolts) -> None:
    """Write the samples as the challenges do, packed, without a header beside them."""
    scipy.io.savemat(path, {"val": microvolts.T}, do_compression=True)


FILES = (
    EcgFile("a.csv", write_csv),
    EcgFile("a.tsv", write_tsv),
    EcgFile("a.parquet", write_parquet, "parquet", "pyarrow"),
    EcgFile("a.npy", write_npy),
    EcgFile("a-bare.mat", write_matlab, "matlab", "scipy"),
)
