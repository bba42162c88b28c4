from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_client import InfarctionStage, PatientMetadata, Recording, Sex, UnwritableRecordingError
from ecg_client.formats import generate_recordings, open_npz
from ecg_client.formats.npz import metadata_from_row
from ecg_client.recording import STANDARD_LEADS
from ecg_client.writing import NpzFile
from ecg_client.writing.npz import row_of
from ecg_client.writing.written import lost_fields

UNKNOWN = st.none()
METADATA = st.builds(
    PatientMetadata,
    age_years=UNKNOWN | st.floats(0, 130),
    sex=UNKNOWN | st.sampled_from(Sex),
    height_cm=UNKNOWN | st.floats(0.1, 250),
    weight_kg=UNKNOWN | st.floats(0.1, 300),
    first_infarction_stage=UNKNOWN | st.sampled_from(InfarctionStage),
    second_infarction_stage=UNKNOWN | st.sampled_from(InfarctionStage),
    has_pacemaker=UNKNOWN | st.booleans(),
)
LABELS = {"NORM": 1, "MI": 0, "STTC": 0, "CD": 1, "HYP": 0}


@given(METADATA)
def test_metadata_is_read_again_or_told_to_be_lost(metadata: PatientMetadata) -> None:
    """Nothing that is unknown becomes known, and what is lost becomes unknown, no other value."""
    read = metadata_from_row(row_of(metadata))
    lost = lost_fields(metadata, read)
    for field in PatientMetadata.__dataclass_fields__:
        assert getattr(read, field) == (None if field in lost else getattr(metadata, field))
    stages = {"first_infarction_stage", "second_infarction_stage"}
    assert set(lost) <= stages | {"age_years" if metadata.age_years == 0 else "", "height_cm"}
    assert "height_cm" not in lost or (metadata.height_cm or 0) < 50


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Leads in the usual order, whatever order they came in; the millivolts that the network is given, bit for bit."""
    recordings = list(generate_recordings(3))
    order = np.random.default_rng(0).permutation(12)
    shuffled = Recording(
        signal=recordings[2].signal[:, order],
        sample_rate_hz=100,
        lead_names=tuple(STANDARD_LEADS[place] for place in order),
        microvolts_per_unit=1.0,
    )
    file = NpzFile(tmp_path / "a.npz")
    assert [file.add(one).name for one in (*recordings[:2], shuffled)] == ["0", "1", "2"]
    file.finish()
    read = open_npz(tmp_path / "a.npz")
    for index, recording in enumerate(recordings):
        expected = (recording.signal.astype(float) / 1000).astype(np.float32)
        assert (read.read_recording(index).signal == expected).all()
    assert read.targets is None
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_targets_are_written_where_all_have_them(tmp_path: Path) -> None:
    """An unlabelled recording among them would look like one that shows nothing."""
    (recording,) = generate_recordings(1)
    labelled = Recording(signal=recording.signal, sample_rate_hz=100, microvolts_per_unit=1.0, labels=LABELS)
    file = NpzFile(tmp_path / "a.npz")
    file.add(labelled)
    file.finish()
    assert open_npz(tmp_path / "a.npz").read_recording(0).labels == LABELS
    file.add(recording)
    file.finish()
    assert open_npz(tmp_path / "a.npz").targets is None


@pytest.mark.parametrize(
    ("recording", "problem"),
    [
        (Recording(signal=np.zeros((1000, 12)), sample_rate_hz=500), "1000 samples at 500 Hz, .*WFDB"),
        (Recording(signal=np.zeros((999, 12)), sample_rate_hz=100), "999 samples at 100 Hz, .*WFDB"),
        (Recording(signal=np.zeros((1000, 2)), sample_rate_hz=100, lead_names=("I", "V1")), "lacks II, III, .*WFDB"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_remedy(tmp_path: Path, recording: Recording, problem: str) -> None:
    """A file of nothing is not written."""
    file = NpzFile(tmp_path / "a.npz")
    with pytest.raises(UnwritableRecordingError, match=problem):
        file.add(recording)
    file.finish()
    assert not (tmp_path / "a.npz").exists()
