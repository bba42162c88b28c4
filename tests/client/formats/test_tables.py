"""Tables and arrays, which need not say their unit and their rate."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.io

from ecg_client import INDEPENDENT_LEADS, LeadName, Recording, UnreadableFileError
from ecg_client.formats import open_recordings

WAVE = np.round(np.sin(np.arange(1000.0)[:, np.newaxis] / np.arange(1, 13)), 3)


def _outcome(path: Path, **stated: object) -> Recording | UnreadableFileError:
    (outcome,) = open_recordings([path], **stated)
    return outcome


def _recording(path: Path, **stated: object) -> Recording:
    outcome = _outcome(path, **stated)
    assert isinstance(outcome, Recording), outcome
    return outcome


def _problem(path: Path, **stated: object) -> str:
    outcome = _outcome(path, **stated)
    assert isinstance(outcome, UnreadableFileError)
    return outcome.problem


def _text(path: Path, *heading: str, separator: str = ",", columns: int = 2, scale: float = 1.0) -> Path:
    lines = [separator.join(f"{one:.3f}" for one in row) for row in scale * WAVE[:, :columns]]
    path.write_text("\n".join([*heading, *lines]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "separator", "scale"),
    [
        ("I (mV),II (mV)", ",", 1.0),
        ("I [uV],II [uV]", ",", 1000.0),
        ("I_mV\tii_mV", "\t", 1.0),
        ('"Lead I (mV)";"lead_II/mV"', ";", 1.0),
        ("MDC_ECG_LEAD_I (\u00b5V),ECG II [\u03bcV]", ",", 1000.0),
        ("I (nV),II (nV)", ",", 1e6),
        ("I (V),II (V)", ",", 1e-3),
    ],
)
def test_the_headings_say_leads_and_units(heading: str, separator: str, scale: float, tmp_path: Path) -> None:
    """In the spellings that people use."""
    path = _text(tmp_path / "a.csv", "# fs = 250 Hz", heading, separator=separator, scale=scale)
    recording = _recording(path)
    assert recording.lead_names == (LeadName.I, LeadName.II)
    assert recording.sample_rate_hz == 250.0
    atol = 0.0005 / scale + 1e-9
    np.testing.assert_allclose(recording.signal * recording.microvolts_per_unit / 1000, WAVE[:, :2], atol=atol)


@pytest.mark.parametrize(
    "line",
    ["# sample_rate_hz: 360.5", "# Sampling rate: 360.5 Hz", "# sampling frequency (Hz) = 360.5", "# fs=360.5"],
)
def test_a_comment_says_the_rate(line: str, tmp_path: Path) -> None:
    """In the spellings that people use."""
    assert _recording(_text(tmp_path / "a.csv", line, "I (mV),II (mV)")).sample_rate_hz == 360.5


@pytest.mark.parametrize(
    ("heading", "step", "rate"),
    [("time (s)", 0.002, 500.0), ("Time [ms]", 4.0, 250.0), ("t_us", 2777.78, 360.0), ("time_s", 1 / 360.5, 360.5)],
)
def test_a_column_of_times_says_the_rate(heading: str, step: float, rate: float, tmp_path: Path) -> None:
    """Rounded as they are: a rate so near a whole number is that."""
    lines = [f"{index * step:.6f},0.1,0.2" for index in range(5000)]
    (tmp_path / "a.csv").write_text("\n".join([f"{heading},I (mV),II (mV)", *lines]))
    assert _recording(tmp_path / "a.csv").sample_rate_hz == pytest.approx(rate, rel=1e-5)
    assert _recording(tmp_path / "a.csv").remarks == ()


@pytest.mark.parametrize(
    ("times", "problem"), [("0 1 2 9", "not evenly apart"), ("5 5 5 5", "do not rise"), ("0 1 nan 3", "do not rise")]
)
def test_times_that_tell_no_rate_are_refused(times: str, problem: str, tmp_path: Path) -> None:
    """A sample that is missing would shift the rest."""
    lines = [f"{one},0.1,0.2" for one in times.split()]
    (tmp_path / "a.csv").write_text("\n".join(["time (s),I (mV),II (mV)", *lines]))
    assert problem in _problem(tmp_path / "a.csv")


def test_neither_rate_nor_unit_is_guessed(tmp_path: Path) -> None:
    """The error says what to add; a column of times without a unit says nothing."""
    assert "give --sample-rate" in _problem(_text(tmp_path / "a.csv", "I (mV),II (mV)"))
    assert "give --sample-rate" in _problem(_text(tmp_path / "a.csv", "time,I (mV),II (mV)", columns=3))
    assert "give --unit" in _problem(_text(tmp_path / "a.csv", "# fs: 100", "I,II"))
    assert "give --unit" in _problem(_text(tmp_path / "a.csv", "# fs: 100", "I (mV),II"))


def test_what_is_stated_counts_only_where_the_file_says_nothing(tmp_path: Path) -> None:
    """What the file says goes first."""
    bare = _recording(_text(tmp_path / "a.csv", "I,II"), sample_rate_hz=200.0, unit="uV")
    assert bare.sample_rate_hz == 200.0
    np.testing.assert_allclose(bare.signal, WAVE[:, :2] / 1000)
    telling = _recording(_text(tmp_path / "a.csv", "# fs: 100", "I (mV),II (mV)"), sample_rate_hz=200.0, unit="uV")
    assert telling.sample_rate_hz == 100.0
    np.testing.assert_allclose(telling.signal, WAVE[:, :2])


@pytest.mark.parametrize(("columns", "leads"), [(12, tuple(LeadName)), (8, INDEPENDENT_LEADS)])
def test_a_table_without_names_has_the_usual_leads(columns: int, leads: tuple[LeadName, ...], tmp_path: Path) -> None:
    """Twelve or eight, in the usual order; of any other number nobody knows what they are."""
    assert _recording(_text(tmp_path / "a.csv", "# fs: 100", "# unit: mV", columns=columns)).lead_names == leads
    assert "11 columns without names" in _problem(_text(tmp_path / "a.csv", "# fs: 100", "# unit: mV", columns=11))


def test_decimal_commas_are_read_between_semicolons(tmp_path: Path) -> None:
    """As spreadsheets write them in much of Europe."""
    (tmp_path / "a.csv").write_text("# fs: 100\nI (mV);II (mV)\n0,125;-1,5\n1,0;2,25\n")
    assert _recording(tmp_path / "a.csv").signal.tolist() == [[0.125, -1.5], [1.0, 2.25]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("I (mV),II (mV)\n1,2\n3\n", "line 2 of its values"),
        ("I (mV),II (mV)\n1,Jane Doe\n", "a cell that is no number"),
        ("I (mV),II (mV)\n1,\n", "write nan"),
        ("I (mV),II (mV)\n", "no samples"),
        ("I (mV),-aVR (mV)\n1,2\n", "upside down"),
        ("I (mV),i (mV)\n1,2\n", "two of its channels"),
        ("I (mV),II (mmHg)\n1,2\n", "'mmHg'"),
    ],
)
def test_a_wrong_table_is_named(content: str, problem: str, tmp_path: Path) -> None:
    """And nothing of it is told."""
    (tmp_path / "a.csv").write_text(content)
    found = _problem(tmp_path / "a.csv", sample_rate_hz=100.0)
    assert problem in found
    assert "Jane" not in found


def test_other_columns_may_hold_anything(tmp_path: Path) -> None:
    """A remark says that they are left out; what they hold is not read."""
    (tmp_path / "a.csv").write_text("# fs: 100\nI (mV),note,II (mV)\n1,Jane Doe,2\n")
    recording = _recording(tmp_path / "a.csv")
    assert recording.signal.tolist() == [[1.0, 2.0]]
    assert recording.remarks == ("channels left out, for they are none of the twelve leads: note",)


def test_prose_is_no_table(tmp_path: Path) -> None:
    """A note that lies in the folder is passed over."""
    (tmp_path / "note.txt").write_text("I, for one, think so.\n")
    _text(tmp_path / "a.csv", "# fs: 100", "I (mV),II (mV)")
    (outcome,) = open_recordings([tmp_path])
    assert isinstance(outcome, Recording)


def test_parquet_that_misses_values_has_nan_there(tmp_path: Path) -> None:
    """And no number is made up."""
    table = pa.table({"I (mV)": [0.5, None, 1.0], "II (mV)": [1, 2, 3]})
    pq.write_table(table, tmp_path / "a.parquet")
    signal = _recording(tmp_path / "a.parquet", sample_rate_hz=100.0).signal
    np.testing.assert_array_equal(signal, [[0.5, 1], [np.nan, 2], [1, 3]])


def test_parquet_is_not_believed(tmp_path: Path) -> None:
    """A hundred million zeros are a few bytes."""
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000_000, dtype=np.int8)), pa.array([0.0]))
    pq.write_table(pa.table({"I (mV)": column}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    assert "unpacks to many times its size" in _problem(tmp_path / "a.parquet", sample_rate_hz=100.0)


def test_parquet_of_texts_is_refused(tmp_path: Path) -> None:
    """A lead is numbers."""
    pq.write_table(pa.table({"I (mV)": ["a"], "II (mV)": ["b"]}), tmp_path / "a.parquet")
    assert "something else than numbers" in _problem(tmp_path / "a.parquet", sample_rate_hz=100.0)


@pytest.mark.parametrize(
    ("array", "problem"),
    [
        (np.zeros((12, 1000)), "transpose it"),
        (np.zeros((1000, 5)), "5 columns without names"),
        (np.zeros(1000), "must be numbers"),
        (np.array([[None] * 12]), "damaged"),
        (np.zeros((10, 12), dtype=complex), "must be numbers"),
    ],
)
def test_an_array_of_another_form_is_refused(array: np.ndarray, problem: str, tmp_path: Path) -> None:
    """No objects are unpickled."""
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    assert problem in _problem(tmp_path / "a.npy", sample_rate_hz=100.0, unit="mV")


def test_an_array_does_not_say_its_rate_or_unit(tmp_path: Path) -> None:
    """They must be stated."""
    np.save(tmp_path / "a.npy", np.zeros((1000, 12)))
    assert "give --unit" in _problem(tmp_path / "a.npy", sample_rate_hz=100.0)
    assert "give --sample-rate" in _problem(tmp_path / "a.npy", unit="mV")


def test_an_npy_header_is_not_believed(tmp_path: Path) -> None:
    """No memory is taken for an array that is not there."""
    np.save(tmp_path / "a.npy", np.zeros((1000, 12)))
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content.replace(b"(1000, 12), }       ", b"(1000000000000, 12)}"))
    assert "damaged" in _problem(tmp_path / "a.npy", sample_rate_hz=100.0, unit="mV")


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"signal": np.zeros((12, 1000))}, "no matrix `val`"),
        ({"val": "Jane"}, "no plain matrix"),
        ({"val": np.zeros((12, 1_000_000), dtype=np.int8)}, "unpacks to many times its size"),
    ],
)
def test_a_matlab_file_of_something_else_is_refused(variables: dict[str, object], problem: str, tmp_path: Path) -> None:
    """The error says what is wanted."""
    scipy.io.savemat(tmp_path / "a.mat", variables, do_compression=True)
    assert problem in _problem(tmp_path / "a.mat", sample_rate_hz=100.0, unit="mV")


def test_a_matlab_file_of_version_7_3_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """It is HDF5."""
    (tmp_path / "a.mat").write_bytes(b"MATLAB 7.3 MAT-file, Platform: PCWIN64" + bytes(500))
    assert "save it with -v7" in _problem(tmp_path / "a.mat", sample_rate_hz=100.0, unit="mV")
