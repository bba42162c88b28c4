"""`ecg convert`: no service is asked."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecg_client import EcgClient, LeadName, Recording
from ecg_client.formats import open_npz, open_recordings, read_wfdb_record
from ecg_client.writing import WfdbFolder
from ecg_testing.ecg_files import RATE_HZ, EcgFile, made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE
from ecg_testing.fake_service import FakeService
from ecg_testing.processes import ServerProcess
from ecg_testing.ptbxl_folder import write_ptbxl_folder
from ecg_testing.tools import module

Ecg = Callable[..., tuple[int, str, str]]

STATED = ("--sample-rate", RATE_HZ, "--unit", "uV")


def _read(path: Path) -> Recording:
    (recording,) = open_recordings([path], sample_rate_hz=RATE_HZ, unit="uV")
    assert isinstance(recording, Recording), recording
    return recording


@pytest.mark.parametrize("file", EVERY_FILE, ids=[file.name for file in EVERY_FILE])
def test_every_format_that_is_read_becomes_a_record(ecg: Ecg, tmp_path: Path, file: EcgFile) -> None:
    """With its leads, its rate, and its samples to within a tenth of a microvolt."""
    module(file.module or "numpy")
    source = tmp_path / file.name
    file.write(source, made_up_microvolts())
    code, out, _ = ecg("convert", source, *STATED, "--output", tmp_path / "out")
    assert (code, out) == (0, f"1 recording in {tmp_path / 'out'}\n")
    before, after = _read(source), _read(tmp_path / "out")
    assert (after.lead_names, after.sample_rate_hz) == (before.lead_names, before.sample_rate_hz)
    microvolts = [one.signal * one.microvolts_per_unit for one in (before, after)]
    np.testing.assert_allclose(*microvolts, atol=0.1)
    assert "Doe" not in (tmp_path / "out" / f"{source.stem}.hea").read_text()


def test_a_folder_becomes_a_folder_and_what_is_broken_is_told(
    ecg: Ecg, tmp_path: Path, npz: Path, service: FakeService
) -> None:
    """The others go on; what had the same name is told apart, and said so."""
    folder = tmp_path / "in"
    for name in ("a/x.csv", "b/x.csv"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("# fs: 100\nI (mV),II (mV)\n" + "1,2\n" * 300)
    (folder / "broken.edf").write_bytes(b"0       ")
    npz.rename(folder / "c.npz")
    code, out, err = ecg("convert", folder, "--output", tmp_path / "out")
    assert (code, out) == (1, f"42 recordings in {tmp_path / 'out'}; 1 could not be read or written\n")
    assert "ecg: x: written as x-2\n" in err
    assert f"ecg: {folder / 'broken.edf'}: " in err
    assert len(list((tmp_path / "out").glob("*.hea"))) == 42
    assert service.calls == 0


def test_a_ptbxl_folder_becomes_an_npz_with_metadata_and_targets(ecg: Ecg, tmp_path: Path) -> None:
    """The folds that were asked for; as WFDB records they keep their metadata too."""
    folder = write_ptbxl_folder(tmp_path / "ptbxl", count=20)
    code, out, err = ecg("convert", folder, "--fold", 1, "--fold", 2, "-o", tmp_path / "a.npz")
    assert (code, out, err) == (0, f"10 recordings in {tmp_path / 'a.npz'}\n", "")
    expected = list(open_recordings([folder], folds=[1, 2]))
    file = open_npz(tmp_path / "a.npz")
    for index, recording in enumerate(expected):
        assert isinstance(recording, Recording)
        read = file.read_recording(index)
        assert (read.metadata, read.labels) == (recording.metadata, recording.labels)
    assert ecg("convert", folder, "--fold", 1, "--fold", 2, "-o", tmp_path / "records")[0::2] == (0, "")
    for recording in expected:
        assert isinstance(recording, Recording)
        assert read_wfdb_record(tmp_path / "records" / recording.recording_id).metadata == recording.metadata


def test_what_does_not_fit_into_npz_names_the_remedy(ecg: Ecg, tmp_path: Path) -> None:
    """As a problem of that recording; no empty file is written."""
    (tmp_path / "x.csv").write_text("# fs: 100\nI (mV),II (mV)\n" + "1,2\n" * 300)
    code, out, err = ecg("convert", tmp_path / "x.csv", "-o", tmp_path / "a.npz")
    assert (code, out) == (1, "nothing was written; 1 could not be read or written\n")
    assert "ecg: x: it lacks III" in err
    assert "write WFDB records" in err
    assert not (tmp_path / "a.npz").exists()


def test_nothing_is_replaced_unless_asked_for(ecg: Ecg, tmp_path: Path, npz: Path) -> None:
    """Neither a record nor an .npz."""
    for output in (tmp_path / "a.npz", tmp_path / "records"):
        assert ecg("convert", npz, "-o", output)[0] == 0
        code, _, err = ecg("convert", npz, "-o", output)
        assert code
        assert "there already" in " ".join(err.replace("│", " ").split())
        assert ecg("convert", npz, "-o", output, "--force")[0] == 0


@pytest.mark.parametrize("output", ["in", "link"])
def test_no_source_is_replaced_before_it_is_read(ecg: Ecg, tmp_path: Path, output: str) -> None:
    """By what is forced into its folder, by whatever name; once it has been read, it may be."""
    for folder, value in (("A", 1), ("", 2)):
        _write_record(tmp_path / "in" / folder, "x", value)
    (tmp_path / "link").symlink_to(tmp_path / "in")
    code, out, err = ecg("convert", tmp_path / "in", "-o", tmp_path / output, "--force")
    assert (code, out) == (1, f"1 recording in {tmp_path / output}; 1 could not be read or written\n")
    assert "x.dat belongs to a recording that is still to be read; give another folder as --output" in err
    assert [_read(tmp_path / "in" / one / "x.hea").signal[0, 0] for one in ("A", "")] == [1, 2]


def test_samples_that_another_header_names_are_spared_too(ecg: Ecg, tmp_path: Path) -> None:
    """In whatever file they are."""
    _write_record(tmp_path / "in" / "A", "y", 1)
    _write_record(tmp_path / "in", "y", 2)
    header = (tmp_path / "in" / "y.hea").rename(tmp_path / "in" / "z.hea")
    header.write_text(header.read_text().replace("y 2", "z 2", 1))
    code, _, err = ecg("convert", tmp_path / "in", "-o", tmp_path / "in", "--force")
    assert (code, "y.dat belongs to a recording that is still to be read" in err) == (1, True)
    assert _read(tmp_path / "in" / "z.hea").signal[0, 0] == 2


def _write_record(folder: Path, name: str, value: int) -> None:
    signal = np.full((300, 2), value, dtype=np.int16)
    leads = (LeadName.I, LeadName.II)
    recording = Recording(
        signal=signal, sample_rate_hz=100, lead_names=leads, recording_id=name, microvolts_per_unit=1.0
    )
    WfdbFolder(folder).add(recording)


def test_one_recording_can_be_given_a_name(ecg: Ecg, tmp_path: Path) -> None:
    """Which no reader of a folder has to be asked for."""
    (tmp_path / "x.csv").write_text("# fs: 100\nI (mV),II (mV)\n" + "1,2\n" * 300)
    assert ecg("convert", tmp_path / "x.csv", "-o", tmp_path / "one.hea")[0] == 0
    assert _read(tmp_path / "one.hea").recording_id == "one"


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["-o", "one.hea"], "one.hea is one record, but there are 40; give a folder"),
        (["-o", "gone/a.npz"], "there is no folder gone; make it"),
        (["-o", "data.npz/records"], "cannot be written: Not a directory; give another --output"),
        (["-o", "a", "--fold", "1"], "--fold needs a PTB-XL folder"),
    ],
)
def test_convert_says_what_to_give_in_place_of_what_is_wrong(
    ecg: Ecg, npz: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], remedy: str
) -> None:
    """As a usage error."""
    monkeypatch.chdir(npz.parent)
    code, out, err = ecg("convert", npz, *arguments)
    assert (code, out) == (2, "")
    assert remedy in " ".join(err.replace("│", " ").split())


def test_what_was_converted_is_given_the_same_probabilities(
    ecg: Ecg, tmp_path: Path, default_server: ServerProcess
) -> None:
    """By the model that ships: of floats with an offset as WFDB, of ten seconds at 100 Hz as .npz too."""
    microvolts = made_up_microvolts()[::5]
    np.savetxt(tmp_path / "x.csv", microvolts / 1000 + 0.0003, delimiter=",", fmt="%.7f")
    stated = ("--sample-rate", 100, "--unit", "mV")
    for output in ("x.npz", "x.hea"):
        assert ecg("convert", tmp_path / "x.csv", *stated, "-o", tmp_path / output)[0] == 0
    paths = [tmp_path / "x.csv", tmp_path / "x.npz", tmp_path / "x.hea"]
    with EcgClient(default_server.address) as client:
        answers = [
            [entry.probability for entry in client.predict(recording).classes]
            for recording in open_recordings(paths, sample_rate_hz=100, unit="mV")
            if isinstance(recording, Recording)
        ]
    assert answers[1] == pytest.approx(answers[0], abs=1e-6)
    assert answers[2] == pytest.approx(answers[0], abs=1e-4)


@pytest.mark.parametrize("name", ["x.edf", "x.DCM", "x.csv"])
def test_a_format_that_is_not_written_is_no_folder(ecg: Ecg, npz: Path, tmp_path: Path, name: str) -> None:
    """Whoever asks for one is told what there is, and nothing is written."""
    code, out, err = ecg("convert", npz, "--output", tmp_path / "out" / name)
    assert (code, out) == (2, "")
    assert f"{Path(name).suffix} is not written; give a folder, NAME.hea or NAME.npz" in " ".join(err.split())
    assert not (tmp_path / "out").exists()
