import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_client import InfarctionStage, PatientMetadata, Recording, Sex, UnwritableRecordingError
from ecg_client.formats import open_recordings, read_wfdb_record
from ecg_client.recording import INDEPENDENT_LEADS
from ecg_client.writing import WfdbFolder, record_name
from ecg_client.writing.written import Written


def _recording(recording_id: str = "a", size_mv: float = 1.0, rate_hz: float = 500.0) -> Recording:
    signal = size_mv * np.random.default_rng(3).standard_normal((600, 8))
    return Recording(signal=signal, sample_rate_hz=rate_hz, lead_names=INDEPENDENT_LEADS, recording_id=recording_id)


@pytest.mark.parametrize("size_mv", [0.0, 1e-4, 1.0, 3000.0])
@pytest.mark.parametrize("rate_hz", [100.0, 128.2051])
def test_what_is_written_is_read_again(tmp_path: Path, size_mv: float, rate_hz: float) -> None:
    """Leads and rate as they were, samples within half a step, missing ones missing."""
    recording = _recording(size_mv=size_mv, rate_hz=rate_hz)
    recording.signal[5, 2] = np.nan
    recording.signal[:, 3] += 300
    WfdbFolder(tmp_path / "new" / "folder").add(recording)
    (read,) = open_recordings([tmp_path])
    assert isinstance(read, Recording)
    assert (read.recording_id, read.sample_rate_hz, read.lead_names) == ("a", rate_hz, INDEPENDENT_LEADS)
    millivolts = read.signal * read.microvolts_per_unit / 1000
    # 65,000 steps over the range, or 10 nV.
    step = np.maximum(np.nanmax(recording.signal, axis=0) - np.nanmin(recording.signal, axis=0), 0.65) / 64000
    np.testing.assert_array_less(np.abs(millivolts - recording.signal)[~np.isnan(recording.signal)].max(), step.max())
    assert (np.abs(np.nan_to_num(millivolts - recording.signal)) <= step / 2 + 1e-9).all()
    assert np.isnan(millivolts).sum() == 1


@pytest.mark.parametrize("microvolts_per_unit", [1.0, 4.88, 0.001])
def test_integers_are_read_bit_for_bit(tmp_path: Path, microvolts_per_unit: float) -> None:
    """And with the step they had."""
    signal = np.random.default_rng(1).integers(-32767, 32768, (50, 12)).astype(np.int16)
    WfdbFolder(tmp_path).add(Recording(signal=signal, sample_rate_hz=100, microvolts_per_unit=microvolts_per_unit))
    read = read_wfdb_record(tmp_path / "recording")
    assert read.signal.dtype == np.int16
    assert (read.signal == signal).all()
    assert read.microvolts_per_unit == pytest.approx(microvolts_per_unit, rel=1e-12)


def test_records_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Also where a file system tells no capitals; none is written over another."""
    folder = WfdbFolder(tmp_path)
    names = [folder.add(_recording(name)).name for name in ("a", "A", "a", "a-2", "b c")]
    assert names == ["a", "A-2", "a-3", "a-2-2", "b_c"]
    assert sorted(path.stem for path in tmp_path.glob("*.hea")) == sorted(names)
    assert folder.count == 5


def test_a_record_that_is_there_is_replaced_only_when_asked_for(tmp_path: Path) -> None:
    """And nothing else is left in the folder."""
    WfdbFolder(tmp_path).add(_recording())
    before = (tmp_path / "a.dat").read_bytes()
    with pytest.raises(UnwritableRecordingError, match=r"a\.hea is there already; --force"):
        WfdbFolder(tmp_path).add(_recording(size_mv=2))
    assert (tmp_path / "a.dat").read_bytes() == before
    WfdbFolder(tmp_path, replaces=True).add(_recording(rate_hz=250))
    assert read_wfdb_record(tmp_path / "a").sample_rate_hz == 250
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dat", "a.hea"]


def test_a_header_never_stands_beside_the_samples_of_another(tmp_path: Path) -> None:
    """Where a record cannot be replaced whole, its old header goes before new samples come."""
    (tmp_path / "a.hea").write_text("a 1 100 9\n")
    (tmp_path / "a.dat" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match=r"a\.dat"):
        WfdbFolder(tmp_path, replaces=True).add(_recording())
    assert not (tmp_path / "a.hea").exists()


def test_what_is_spared_is_not_replaced(tmp_path: Path) -> None:
    """Neither its header nor its samples, whatever else is replaced."""
    for spared in ("a.hea", "a.dat"):
        folder = WfdbFolder(tmp_path, replaces=True, spared={tmp_path / spared})
        with pytest.raises(UnwritableRecordingError, match="still to be read; give another folder"):
            folder.add(_recording())
        assert list(tmp_path.iterdir()) == []


def test_what_is_known_of_the_patient_is_read_again(tmp_path: Path) -> None:
    """From comments; infarction stages have no place, and are told to be lost."""
    metadata = PatientMetadata(age_years=61, sex=Sex.FEMALE, weight_kg=70.25, has_pacemaker=False)
    staged = dataclasses.replace(metadata, first_infarction_stage=InfarctionStage.II)
    recording = Recording(signal=np.ones((9, 12)), sample_rate_hz=100, metadata=staged, recording_id="a")
    assert WfdbFolder(tmp_path).add(recording) == Written("a", ("first_infarction_stage",))
    assert read_wfdb_record(tmp_path / "a").metadata == metadata
    WfdbFolder(tmp_path, name="b").add(dataclasses.replace(recording, metadata=PatientMetadata()))
    assert "#" not in (tmp_path / "b.hea").read_text()
    assert read_wfdb_record(tmp_path / "b").metadata == PatientMetadata()


@given(st.text(max_size=30))
def test_any_recording_id_makes_a_name_that_stays_in_its_folder(recording_id: str) -> None:
    """Letters, digits, - and _; one that is a name already stays what it is."""
    name = record_name(recording_id)
    assert name
    assert name.replace("-", "").replace("_", "").isalnum() or set(name) <= {"-", "_"}
    assert name.isascii()
    assert record_name(name) == name
