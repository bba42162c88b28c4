"""What holds for each format alike: what was written is read, and what is broken is told."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from ecg_client import LeadName, MissingExtraError, Recording, Sex, UnreadableFileError
from ecg_client.formats import open_recordings
from ecg_testing.ecg_files import RATE_HZ, EcgFile, made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE

# What files that do not say it are told; those that do say it must not mind.
STATED = {"sample_rate_hz": RATE_HZ, "unit": "uV"}

every_file = pytest.mark.parametrize("file", EVERY_FILE, ids=[file.name for file in EVERY_FILE])


def _read(path: Path) -> Recording:
    (recording,) = open_recordings([path], **STATED)
    assert isinstance(recording, Recording), recording
    return recording


def _write(file: EcgFile, folder: Path, seconds: float = 10.0) -> Path:
    path = folder / file.name
    file.write(path, made_up_microvolts(seconds))
    return path


@every_file
def test_what_was_written_is_read(file: EcgFile, tmp_path: Path) -> None:
    """Samples to within the format's resolution, each in its lead; the rate; the name of the file as the id."""
    recording = _read(_write(file, tmp_path))

    assert recording.sample_rate_hz == RATE_HZ
    assert recording.lead_names == tuple(LeadName)
    assert recording.recording_id == Path(file.name).stem
    assert recording.remarks == ()
    microvolts = recording.signal * recording.microvolts_per_unit
    np.testing.assert_allclose(microvolts, made_up_microvolts(), rtol=0, atol=file.resolution_uv)


@every_file
def test_only_age_and_sex_of_the_patient_are_read(file: EcgFile, tmp_path: Path) -> None:
    """Where the format has them; no name, no number, and no statement of the cart's."""
    recording = _read(_write(file, tmp_path))

    if file.has_patient:
        assert (recording.metadata.age_years, recording.metadata.sex) == (61.0, Sex.FEMALE)
    assert not any(word in repr(recording) for word in ("Jane", "Doe", "MRN7"))


@every_file
def test_the_content_tells_the_format(file: EcgFile, tmp_path: Path) -> None:
    """Whatever the suffix is; of a WFDB record the suffix is part of its name."""
    path = _write(file, tmp_path)
    if file.extra == "wfdb":
        pytest.skip("a record is two files, and their names hold them together")
    renamed = path.rename(tmp_path / "a.dat")
    assert _read(renamed).signal.shape == (10 * RATE_HZ, 12)


@every_file
def test_a_missing_extra_is_named(file: EcgFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is sent, for a file among others."""
    path = _write(file, tmp_path)
    if file.extra is None:
        pytest.skip("the base install reads it")
    monkeypatch.setitem(sys.modules, file.module, None)
    with pytest.raises(MissingExtraError, match=rf"ecg-classifier\[{file.extra}\]"):
        next(open_recordings([path], **STATED))


@every_file
def test_a_broken_file_is_named_and_nothing_of_it_is_told(file: EcgFile, tmp_path: Path) -> None:
    """Cut anywhere, or with bytes changed, it is read or it is an error of ours, without the patient's name."""
    path = _write(file, tmp_path, seconds=3.0)
    content = path.read_bytes()
    source = random.Random(1)  # noqa: S311 - repeatable, not secret
    for _ in range(25):
        broken = bytearray(content[: source.randint(0, len(content) - 1)])
        for _ in range(source.randint(0, 3)):
            if broken:
                broken[source.randrange(min(len(broken), 2000))] = source.randrange(256)
        path.write_bytes(broken)
        for outcome in open_recordings([path], **STATED):
            assert isinstance(outcome, Recording | UnreadableFileError)
            assert not any(word in str(outcome) for word in ("Jane", "Doe", "MRN7"))


@every_file
def test_a_file_that_was_cut_is_not_read(file: EcgFile, tmp_path: Path) -> None:
    """Half a recording would be taken for a whole one."""
    path = _write(file, tmp_path)
    cut = path.with_suffix(".dat") if file.name == "a.hea" else path
    content = cut.read_bytes()
    cut.write_bytes(content[: int(len(content) * 0.7)])
    (outcome,) = open_recordings([path], **STATED)
    assert isinstance(outcome, UnreadableFileError)
    assert outcome.path == path


def test_a_folder_of_every_format_is_read(tmp_path: Path) -> None:
    """Each file once, whatever lies between them; hidden files, and what was not meant to be a recording, are not."""
    for number, file in enumerate(EVERY_FILE):
        folder = tmp_path / f"deeper-{number}"
        folder.mkdir()
        _write(file, folder)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / ".hidden.edf").write_bytes(b"")
    (tmp_path / "broken.edf").write_bytes(b"nothing of the kind")

    outcomes = list(open_recordings([tmp_path], **STATED))

    assert sum(isinstance(outcome, Recording) for outcome in outcomes) == len(EVERY_FILE)
    (error,) = [outcome for outcome in outcomes if isinstance(outcome, UnreadableFileError)]
    assert error.path.name == "broken.edf"
