"""What a network learns from: prepared as it is served, and without what gives the answer away."""

from pathlib import Path

import numpy as np
import pytest

from ecg_client.formats.synthetic import generate_recording
from ecg_model.metadata import EncodedMetadata
from ecg_model.recording import FloatArray, LeadName, PatientMetadata, Recording, Sex
from ecg_testing.fakes import FirstSamples, fake_classifier
from ecg_testing.ptbxl_folder import write_ptbxl_folder
from ecg_training.augmentation import augment_signal, forget_metadata
from ecg_training.dataset import Dataset, read_dataset, read_rows, statements_in
from ecg_training.specification import learn_specification

RECORDS = 45


@pytest.fixture(scope="module")
def ptbxl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of synthetic records: five in each of folds 1 to 9, one of each class."""
    return write_ptbxl_folder(tmp_path_factory.mktemp("ptbxl") / "staged", count=RECORDS)


def read(folder: Path) -> Dataset:
    """Return all records of a folder, as a network of its own would be given them."""
    rows = read_rows(folder, range(1, 10))
    return read_dataset(folder, rows, learn_specification(rows))


def test_the_records_are_what_the_files_hold(ptbxl_folder: Path) -> None:
    """Signals in millivolts, an age of 300 as 90, the mean of the known for the unknown, labels by statement."""
    dataset = read(ptbxl_folder)

    assert (dataset.signal.shape, dataset.metadata.shape) == ((RECORDS, 1000, 12), (RECORDS, 7))
    assert dataset.labels.sum(axis=0).tolist() == [RECORDS / 5] * 5
    expected = generate_recording(3, seed=1).signal.astype(np.float32) / np.float32(1000)
    np.testing.assert_array_equal(dataset.signal[3], expected)
    assert dataset.labels[3].tolist() == [0, 1, 0, 0, 0]
    assert dataset.metadata[0].tolist() == pytest.approx([90, 0, 160, 60, 0, 0, 1])
    known_heights = [160.0 + index % 40 for index in range(0, RECORDS, 3)]
    assert dataset.metadata[1, 2] == pytest.approx(np.mean(known_heights), abs=0.01)
    assert dataset.metadata[1].tolist() == pytest.approx([41, 1, *dataset.imputed[2:4], 0, 0, 0])


def test_the_infarction_stages_reach_no_input(ptbxl_folder: Path, tmp_path: Path) -> None:
    """A folder whose infarctions have stages and one whose have none give the same data set, bit for bit."""
    staged = read(ptbxl_folder)
    unstaged = read(write_ptbxl_folder(tmp_path / "unstaged", count=RECORDS, with_stages=False))

    assert "Stadium II" in (ptbxl_folder / "ptbxl_database.csv").read_text(encoding="utf-8")
    np.testing.assert_array_equal(staged.metadata, unstaged.metadata)
    np.testing.assert_array_equal(staged.signal, unstaged.signal)
    assert staged.metadata[:, 4:6].any() == np.False_


def test_the_stages_are_told_to_be_unused(ptbxl_folder: Path) -> None:
    """The manifest says so, and the server ignores them with a warning."""
    specification = learn_specification(read_rows(ptbxl_folder, range(1, 9)))

    assert [feature.name for feature in specification.metadata if not feature.is_used] == [
        "first_infarction_stage",
        "second_infarction_stage",
    ]


def test_training_and_serving_prepare_recordings_with_the_same_code(
    ptbxl_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change of the preprocessing changes what a network is trained on and what it is served, alike."""
    network = FirstSamples()
    recording = Recording(
        generate_recording(3, seed=1).signal.astype(np.float32) / np.float32(1000), 100, tuple(LeadName)
    )

    def both() -> list[tuple[FloatArray, FloatArray]]:
        network.seen.clear()
        fake_classifier(network).classify([recording])
        dataset = read(ptbxl_folder)
        return [(dataset.metadata[3], dataset.signal[3]), *network.seen]

    before = both()
    np.testing.assert_array_equal(before[0][1], before[1][1])

    def fill_backwards(target: FloatArray, signal: FloatArray, _lead_names: object) -> None:
        target[...] = signal[:, ::-1] * 2

    monkeypatch.setattr("ecg_model.preprocessing.fill_leads", fill_backwards)
    monkeypatch.setattr(
        "ecg_model.preprocessing.encode_metadata",
        lambda _metadata, _features: EncodedMetadata(np.full(7, 13, dtype=np.float32), ()),
    )

    for (_, signal), (metadata, perturbed) in zip(before, both(), strict=True):
        np.testing.assert_array_equal(perturbed, signal[:, ::-1] * 2)
        assert metadata.tolist() == [13] * 7


def test_an_epoch_shifts_and_scales_and_changes_nothing_else() -> None:
    """Each recording is turned round in time and scaled by at most a tenth, all leads together."""
    signal = np.random.default_rng(0).normal(size=(5, 100, 12)).astype(np.float32)
    augmented = augment_signal(signal, np.random.default_rng(1))

    assert augmented.dtype == np.float32
    for before, after in zip(signal, augmented, strict=True):
        ratio = after.std() / before.std()
        assert 0.9 <= ratio <= 1.1
        shifts = [
            shift for shift in range(100) if np.allclose(np.roll(before, -shift, axis=0) * ratio, after, rtol=1e-4)
        ]
        assert len(shifts) == 1


def test_forgotten_metadata_is_what_an_unknown_patient_has() -> None:
    """A value is either the patient's or the imputed one, and some patients lose all of theirs."""
    metadata = np.tile(np.arange(1, 8, dtype=np.float32), (500, 1))
    imputed = -np.arange(1, 8, dtype=np.float32)
    forgotten = forget_metadata(metadata, imputed, np.random.default_rng(2))

    assert ((forgotten == metadata) | (forgotten == imputed)).all()
    share_unknown = (forgotten < 0).mean()
    assert 0.3 < share_unknown < 0.6
    assert (forgotten < 0).all(axis=1).any()
    assert (forgotten > 0).all(axis=1).any()


def test_unlabelled_recordings_can_be_left_out(ptbxl_folder: Path) -> None:
    """As published figures do."""
    dataset = read(ptbxl_folder)
    dataset.labels[:4] = 0

    assert len(dataset.labelled()) == RECORDS - 4
    assert dataset.labelled().labels.any(axis=1).all()


def test_statements_are_told_apart(ptbxl_folder: Path) -> None:
    """Each record has its own statement and the one that all share; a data set tells those that it is asked for."""
    rows = read_rows(ptbxl_folder, range(1, 10))
    codes = statements_in(rows)
    dataset = read_dataset(ptbxl_folder, rows, learn_specification(rows), codes)

    assert codes == ("IMI", "LBBB", "LVH", "NDT", "NORM", "SR")
    assert dataset.statements[:, codes.index("SR")].all()
    np.testing.assert_array_equal(dataset.statements[:, codes.index("IMI")], dataset.labels[:, 1])
    assert read(ptbxl_folder).statements.shape == (RECORDS, 0)


def test_patients_of_whom_nothing_is_known(ptbxl_folder: Path) -> None:
    """Without metadata every recording has the imputed values, and its own signal."""
    dataset = read(ptbxl_folder)

    assert (dataset.without_metadata().metadata == dataset.imputed).all()
    np.testing.assert_array_equal(dataset.without_metadata().signal, dataset.signal)


def test_a_specification_of_patients_of_whom_nothing_is_known_is_finite(tmp_path: Path) -> None:
    """Where no value is known at all there is still a number for the network."""
    rows = read_rows(write_ptbxl_folder(tmp_path / "few", count=2), [1])
    specification = learn_specification(rows[1:])

    assert all(np.isfinite(feature.imputed) for feature in specification.metadata)
    assert PatientMetadata(sex=Sex.MALE).sex == "male"
