from pathlib import Path

import numpy as np
import pytest

from ecg_client import STANDARD_LEADS, InfarctionStage, PatientMetadata, Sex, UnreadableFileError
from ecg_client.formats.npz import metadata_from_row, open_npz

NAN = float("nan")


def _save(path: Path, **changes: np.ndarray | None) -> Path:
    arrays = {
        "X_test": np.array([[56.0, 1, 170, 63, 0, 0, 0], [300, 0, 0, 0, 2, 3, 1]]),
        "Y_test": np.arange(2 * 1000 * 12, dtype=np.float64).reshape(2, 1000, 12) / 1000,
        "Z_test": np.array([[1, 0, 0, 1, 0], [0, 1, 0, 0, 0]]),
    }
    np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})
    return path


def test_a_recording_has_signal_metadata_and_labels(tmp_path: Path) -> None:
    """Millivolts at 100 Hz, named by index."""
    file = open_npz(_save(tmp_path / "data.npz"))
    assert len(file) == 2
    recording = file.read_recording(1)
    np.testing.assert_array_equal(recording.signal, np.arange(12000, 24000).reshape(1000, 12) / 1000)
    assert (recording.sample_rate_hz, recording.lead_names, recording.recording_id) == (100.0, STANDARD_LEADS, "1")
    assert recording.labels == {"NORM": 0, "MI": 1, "STTC": 0, "CD": 0, "HYP": 0}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([0, 0, 0, 0, 0, 0, 0], PatientMetadata(sex=Sex.MALE, has_pacemaker=False)),
        ([NAN] * 7, PatientMetadata()),
        (
            [300, 1, 49.9, 80, 1, 1, 1],
            PatientMetadata(
                age_years=90.0,
                sex=Sex.FEMALE,
                weight_kg=80.0,
                first_infarction_stage=InfarctionStage.I,
                second_infarction_stage=InfarctionStage.I,
                has_pacemaker=True,
            ),
        ),
        (
            [40, 0, 50, 80, 5, 3, 0],
            PatientMetadata(
                age_years=40.0,
                sex=Sex.MALE,
                height_cm=50.0,
                weight_kg=80.0,
                first_infarction_stage=InfarctionStage.III,
                second_infarction_stage=InfarctionStage.III,
                has_pacemaker=False,
            ),
        ),
    ],
)
def test_metadata_is_decoded_and_what_is_missing_is_unknown(row: list[float], expected: PatientMetadata) -> None:
    """A 0 that stands for a missing value is never sent as a value."""
    assert metadata_from_row(row) == expected


@pytest.mark.parametrize(
    ("code", "stage"),
    [(1, "I"), (2, "I_II"), (3, "II"), (4, "II_III"), (5, "III")],
)
def test_first_stages_have_their_own_codes(code: int, stage: str) -> None:
    """The second stage counts otherwise: 1 is I, 2 is II, 3 is III."""
    metadata = metadata_from_row([40, 0, 170, 80, code, 2, 0])
    assert metadata.first_infarction_stage is InfarctionStage[stage]
    assert metadata.second_infarction_stage is InfarctionStage.II


@pytest.mark.parametrize("row", [[40, 2, 0, 0, 0, 0, 0], [40, 0, 0, 0, 6, 0, 0], [40, 0, 0, 0, 0, 0, 0.5]])
def test_a_code_that_means_nothing_is_named(tmp_path: Path, row: list[float]) -> None:
    """The error says in which row, and which codes there are."""
    file = open_npz(_save(tmp_path / "data.npz", X_test=np.array([[0.0] * 7, row])))
    with pytest.raises(UnreadableFileError, match=r"X_test\[1\].*must be a whole number from 0"):
        file.read_recording(1)


def test_targets_may_be_missing(tmp_path: Path) -> None:
    """Such recordings have no labels."""
    assert open_npz(_save(tmp_path / "data.npz", Z_test=None)).read_recording(0).labels is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Y_test": None}, "there is no array Y_test"),
        (
            {"Y_test": np.zeros((2, 12, 1000))},
            r"Y_test is float64 of shape \(2, 12, 1000\), but must be \(n, any, 12\)",
        ),
        ({"X_test": np.zeros((2, 6))}, "X_test is"),
        ({"X_test": np.zeros((2, 7), dtype="U1")}, "X_test is <U1"),
        ({"X_test": np.zeros((3, 7))}, "different numbers of recordings"),
    ],
)
def test_a_file_with_other_arrays_is_refused(
    tmp_path: Path, changes: dict[str, np.ndarray | None], problem: str
) -> None:
    """The error says what was found and what must be there."""
    with pytest.raises(UnreadableFileError, match=problem):
        open_npz(_save(tmp_path / "data.npz", **changes))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    """A pickle could run anything."""
    path = _save(tmp_path / "data.npz", X_test=np.array([[object()] * 7] * 2))
    with pytest.raises(UnreadableFileError, match=r"not an \.npz file of plain arrays") as caught:
        open_npz(path)
    assert "allow_pickle" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"text"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, torn or something else altogether."""
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"not an \.npz file"):
        open_npz(path)


def test_a_single_array_is_not_an_npz(tmp_path: Path) -> None:
    """What `np.save` writes is another format."""
    path = tmp_path / "data.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(UnreadableFileError, match=r"not an \.npz file"):
        open_npz(path)


def test_a_sample_out_of_range_is_named(tmp_path: Path) -> None:
    """The error says how many there are."""
    with pytest.raises(UnreadableFileError, match="no sample 2; give one from 0 to 1"):
        open_npz(_save(tmp_path / "data.npz")).read_recording(2)


def test_whole_millivolts_are_millivolts(tmp_path: Path) -> None:
    """An array of integers is a signal too."""
    whole = np.ones((2, 1000, 12), dtype=np.int64)
    recording = open_npz(_save(tmp_path / "data.npz", Y_test=whole)).read_recording(0)
    assert recording.signal.dtype == np.float32
    assert (recording.signal == 1).all()


@pytest.mark.parametrize("target", [0.9, 2, NAN])
def test_a_target_is_0_or_1(target: float, tmp_path: Path) -> None:
    """Anything else is no label."""
    with pytest.raises(UnreadableFileError, match="Z_test"):
        open_npz(_save(tmp_path / "data.npz", Z_test=np.full((2, 5), target)))
