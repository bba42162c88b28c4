from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg_client import INDEPENDENT_LEADS, LeadName, UnreadableFileError
from ecg_client.formats import read_wfdb_record

NAMES = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]


def _write(folder: Path, samples: np.ndarray, **changes: object) -> Path:
    count = samples.shape[1]
    settings = {
        "fs": 250,
        "units": ["mV"] * count,
        "sig_name": NAMES[:count],
        "fmt": ["16"] * count,
        "adc_gain": [200.0] * count,
        "baseline": [0] * count,
    }
    wfdb.wrsamp("r1", d_signal=samples, write_dir=str(folder), **(settings | changes))
    return folder / "r1"


@pytest.fixture
def samples() -> np.ndarray:
    """Twelve leads of integers."""
    return np.random.default_rng(0).integers(-2000, 2000, (300, 12))


@pytest.mark.parametrize("suffix", ["", ".hea", ".dat"])
def test_integers_with_one_gain_are_taken_as_digitised(tmp_path: Path, samples: np.ndarray, suffix: str) -> None:
    """200 units to the millivolt are 5 microvolts a unit, with or without suffix."""
    recording = read_wfdb_record(f"{_write(tmp_path, samples)}{suffix}")
    assert recording.signal.dtype == np.int16
    np.testing.assert_array_equal(recording.signal, samples)
    assert recording.microvolts_per_unit == 5.0
    assert recording.sample_rate_hz == 250.0
    assert recording.lead_names == tuple(LeadName)
    assert recording.recording_id == "r1"


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [("uV", 0.005), ("UV", 0.005), ("\u00b5V", 0.005), ("\u03bcV", 0.005), ("mV", 5.0), ("mv", 5.0), ("V", 5000.0)],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_units_are_normalised(tmp_path: Path, samples: np.ndarray, unit: str, microvolts: float, encoding: str) -> None:
    """A unit of the header may be mV, uV (with either letter for micro, in either encoding) or V."""
    stem = _write(tmp_path, samples, units=[unit] * 12)
    header = stem.with_suffix(".hea").read_text(encoding="utf-8")
    if "\u03bc" not in header:  # the Greek letter is not in Latin-1
        stem.with_suffix(".hea").write_text(header, encoding=encoding)
    recording = read_wfdb_record(stem)
    assert recording.microvolts_per_unit == pytest.approx(microvolts)
    np.testing.assert_array_equal(recording.signal, samples)


@pytest.mark.parametrize("name", ["-aVR", "-AVR", "\u2212aVR", "\u2013 avr", "-V1"])
def test_a_lead_that_is_upside_down_is_refused(tmp_path: Path, samples: np.ndarray, name: str) -> None:
    """It is no other lead, and to leave it out in silence would be no better; the error says what to do."""
    stem = _write(tmp_path, samples, sig_name=[*NAMES[:3], name, *NAMES[4:]])
    with pytest.raises(
        UnreadableFileError, match=r"is lead \w+ upside down; change the sign of its samples and call it"
    ):
        read_wfdb_record(stem)


def test_a_lead_that_is_there_twice_is_refused(tmp_path: Path, samples: np.ndarray) -> None:
    """Nobody can tell which of the two is meant."""
    stem = _write(tmp_path, samples, sig_name=[*NAMES[:11], "v1"])
    with pytest.raises(UnreadableFileError, match="two of its channels are called v1; keep one of them"):
        read_wfdb_record(stem)


@pytest.mark.parametrize("rate", [50, 128, 257, 360.5, 500, 1000, 2000])
@pytest.mark.parametrize("count", [1, 125, 5000])
def test_any_rate_and_length_are_passed_on(tmp_path: Path, rate: float, count: int) -> None:
    """Whether the service takes them is its to say."""
    samples = np.random.default_rng(0).integers(-2000, 2000, (count, 8))
    recording = read_wfdb_record(_write(tmp_path, samples, fs=rate, sig_name=[*NAMES[:2], *NAMES[6:]]))
    assert recording.sample_rate_hz == rate
    assert recording.lead_names == INDEPENDENT_LEADS
    np.testing.assert_array_equal(recording.signal, samples)
    assert recording.remarks == ()


def _write_frames(folder: Path, leads: list[np.ndarray], samples_per_frame: list[int], **changes: object) -> Path:
    count = len(leads)
    settings = {"fmt": ["16"] * count, "adc_gain": [200.0] * count, "baseline": [0] * count}
    wfdb.Record(
        record_name="r1",
        n_sig=count,
        fs=100,
        samps_per_frame=samples_per_frame,
        sig_len=len(leads[0]) // samples_per_frame[0],
        e_d_signal=leads,
        units=["mV"] * count,
        sig_name=NAMES[:count],
        file_name=["r1.dat"] * count,
        byte_offset=[None] * count,
        adc_res=[16] * count,
        adc_zero=[0] * count,
        init_value=[int(lead[0]) for lead in leads],
        checksum=[0] * count,
        block_size=[0] * count,
        **(settings | changes),
    ).wrsamp(write_dir=str(folder), expanded=True)
    return folder / "r1"


@pytest.mark.parametrize("baseline", [0, 7])
def test_leads_with_several_samples_to_the_frame_keep_all_of_them(
    tmp_path: Path, samples: np.ndarray, baseline: int
) -> None:
    """The rate of the header is that of frames."""
    stem = _write_frames(tmp_path, [samples[:, 0], samples[:, 1]], [4, 4], baseline=[baseline, 0])
    recording = read_wfdb_record(stem)
    assert recording.sample_rate_hz == 400.0
    millivolts = recording.signal * (recording.microvolts_per_unit / 1000)
    np.testing.assert_allclose(millivolts, (samples[:, :2] - [baseline, 0]) / 200)


def test_leads_of_different_rates_are_averaged_and_a_remark_says_so(tmp_path: Path, samples: np.ndarray) -> None:
    """A signal has one rate."""
    stem = _write_frames(tmp_path, [samples[:, 0], samples[:150, 1]], [4, 2])
    recording = read_wfdb_record(stem)
    assert (recording.sample_rate_hz, recording.signal.shape) == (100.0, (75, 2))
    assert recording.remarks == ("leads of different sample rates were averaged to 100 Hz",)


def test_a_record_of_several_segments_is_refused(tmp_path: Path, samples: np.ndarray) -> None:
    """Its segments can be read by themselves."""
    _write(tmp_path, samples)
    (tmp_path / "m.hea").write_text("m/2 12 250 600\nr1 300\nr1 300\n")
    with pytest.raises(UnreadableFileError, match="several segments; give each of them as a record of its own"):
        read_wfdb_record(tmp_path / "m")


@pytest.mark.parametrize(
    "changes",
    [
        {"adc_gain": [100.0, *[200.0] * 11]},
        {"baseline": [7, *[0] * 11]},
        {"units": ["uV", *["mV"] * 11]},
    ],
)
def test_leads_that_differ_become_millivolts(tmp_path: Path, samples: np.ndarray, changes: dict[str, list]) -> None:
    """One gain and no offset is all that integers can say on the wire."""
    recording = read_wfdb_record(_write(tmp_path, samples, **changes))
    gain = changes.get("adc_gain", [200.0])[0]
    baseline = changes.get("baseline", [0])[0]
    scale = 1e-3 if "units" in changes else 1.0
    assert recording.microvolts_per_unit == 1000.0
    np.testing.assert_allclose(recording.signal[:, 0], (samples[:, 0] - baseline) / gain * scale)
    np.testing.assert_allclose(recording.signal[:, 1], samples[:, 1] / 200)


def test_a_missing_sample_is_not_a_number(tmp_path: Path, samples: np.ndarray) -> None:
    """What WFDB writes for "no sample" is not taken for a voltage."""
    samples[5, 3] = -32768
    recording = read_wfdb_record(_write(tmp_path, samples))
    assert np.argwhere(np.isnan(recording.signal)).tolist() == [[5, 3]]


def test_lead_names_are_read_in_any_case_and_order_and_other_channels_are_left_out(
    tmp_path: Path, samples: np.ndarray
) -> None:
    """PTB-XL writes AVR, others aVR; some records carry breathing or Frank leads as well, and a remark says so."""
    names = ["v6", "resp", "AVR", "i"]
    recording = read_wfdb_record(_write(tmp_path, samples[:, :4], sig_name=names))
    assert recording.lead_names == (LeadName.V6, LeadName.AVR, LeadName.I)
    np.testing.assert_array_equal(recording.signal, samples[:, [0, 2, 3]])
    assert recording.remarks == ("channels left out, for they are none of the twelve leads: resp",)


def test_a_record_without_standard_leads_is_refused(tmp_path: Path, samples: np.ndarray) -> None:
    """The error names the channels there are."""
    stem = _write(tmp_path, samples[:, :2], sig_name=["resp", "vx"])
    with pytest.raises(UnreadableFileError, match="resp, vx"):
        read_wfdb_record(stem)


def test_a_unit_that_is_no_voltage_is_refused(tmp_path: Path, samples: np.ndarray) -> None:
    """The error names it."""
    with pytest.raises(UnreadableFileError, match="'mmHg'"):
        read_wfdb_record(_write(tmp_path, samples, units=["mmHg"] * 12))


def test_missing_and_broken_files_are_named(tmp_path: Path, samples: np.ndarray) -> None:
    """No header, no signal file, a header that is none: in our words, not in those of the parser."""
    with pytest.raises(UnreadableFileError, match=r"no header r1\.hea"):
        read_wfdb_record(tmp_path / "r1.dat")
    stem = _write(tmp_path, samples)
    stem.with_suffix(".dat").unlink()
    with pytest.raises(UnreadableFileError, match=r"its \.dat is missing \(there is no r1\.dat"):
        read_wfdb_record(stem)
    for content in ("", "# only a comment\n", "nonsense\n"):
        stem.with_suffix(".hea").write_text(content)
        with pytest.raises(UnreadableFileError, match=r"the header is empty or damaged$"):
            read_wfdb_record(stem)


@pytest.mark.parametrize("size", [0, 1, 240, 500, 7199])
def test_a_signal_file_that_was_cut_is_named_as_such(tmp_path: Path, samples: np.ndarray, size: int) -> None:
    """Wherever it was cut: 300 samples of 12 leads are 7200 bytes."""
    stem = _write(tmp_path, samples)
    signal = stem.with_suffix(".dat")
    signal.write_bytes(signal.read_bytes()[:size])
    with pytest.raises(UnreadableFileError, match=r"the \.dat is shorter than the header says \(a truncated copy\?\)$"):
        read_wfdb_record(stem)


def test_channels_without_a_name_are_no_leads(tmp_path: Path) -> None:
    """A header may leave the names out."""
    (tmp_path / "r1.hea").write_text("r1 1 100 4\nr1.dat 16 1000/mV\n")
    (tmp_path / "r1.dat").write_bytes(bytes(8))
    with pytest.raises(UnreadableFileError, match="is one of the twelve standard leads"):
        read_wfdb_record(tmp_path / "r1")
