"""What carts and recorders write, beyond what holds for every format."""

import base64
import struct
from pathlib import Path

import numpy as np
import pytest

from ecg_client import LeadName, Recording, UnreadableFileError
from ecg_client.formats import open_recordings
from ecg_testing.ecg_files import NAMES, RATE_HZ, made_up_microvolts
from ecg_testing.ecg_files.aecg import aecg_of, write_aecg
from ecg_testing.ecg_files.dicom import write_dicom
from ecg_testing.ecg_files.edf import write_edf
from ecg_testing.ecg_files.ishne import write_ishne
from ecg_testing.ecg_files.muse import write_muse
from ecg_testing.ecg_files.scp import file_of, leads, rhythm, write_scp
from ecg_testing.ecg_files.sierra import sierra_of

MICROVOLTS = made_up_microvolts(3.0)
BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def _outcome(path: Path) -> Recording | UnreadableFileError:
    (outcome,) = open_recordings([path])
    return outcome


def _recording(path: Path) -> Recording:
    outcome = _outcome(path)
    assert isinstance(outcome, Recording), outcome
    return outcome


def _problem(path: Path) -> str:
    outcome = _outcome(path)
    assert isinstance(outcome, UnreadableFileError)
    return outcome.problem


@pytest.mark.parametrize("root", ["<AnnotatedECG>&i;</AnnotatedECG>", "<RestingECG>&i;</RestingECG>"])
def test_entities_are_refused(root: str, tmp_path: Path) -> None:
    """They could be made to grow without end, or to stand for a file of this machine."""
    path = tmp_path / "a.xml"
    path.write_text(f"{BILLION_LAUGHS}{root}")
    assert "damaged" in _problem(path)


def test_entities_are_refused_in_a_whole_file(tmp_path: Path) -> None:
    """A patient's name that is the content of a file, say: nothing of it is read."""
    path = tmp_path / "a.xml"
    declaration = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
    path.write_text(aecg_of(MICROVOLTS, before=declaration).replace("Jane Doe", "&i;"))
    assert "damaged" in _problem(path)


@pytest.mark.parametrize("before", [BILLION_LAUGHS, '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'])
def test_entities_are_refused_in_a_sierra_file(before: str, tmp_path: Path) -> None:
    """The library reads these with another parser."""
    path = tmp_path / "a.xml"
    document = sierra_of(MICROVOLTS.T.astype("<i2").tobytes(), len(MICROVOLTS), "")
    head, _, rest = document.partition("?>")
    path.write_text(f"{head}?>{before}{rest}".replace("Jane", "&i;"))
    assert "damaged" in _problem(path)


def test_packed_waveforms_do_not_unpack_to_any_size(tmp_path: Path) -> None:
    """Ten bits of LZW can stand for a thousand bytes."""
    # Codes that each stand for one byte more than the one before, and then the longest of them again and again.
    codes = [0, *range(256, 1022), *[1021] * 20_000]
    bits = "".join(f"{code:010b}" for code in codes)
    bits += "1" * (-len(bits) % 8)
    chunk = int(bits, 2).to_bytes(len(bits) // 8, "big")
    content = struct.pack("<iHh", len(chunk), 0, 0) + chunk
    path = tmp_path / "a.xml"
    path.write_text(sierra_of(content, 5000, 'compressmethod="XLI"'))
    assert "unpack to more than" in _problem(path)


def test_an_scp_file_is_not_believed(tmp_path: Path) -> None:
    """Neither in the length of a lead, nor in that of a beat."""
    path = tmp_path / "a.scp"
    path.write_bytes(file_of({2: struct.pack("<H", 19999), 3: leads(4_000_000_000), 6: rhythm(MICROVOLTS)}))
    assert "declares more samples" in _problem(path)
    beats = {4: struct.pack("<HHH", 65535, 1, 0), 5: struct.pack("<HHBB24x", 1000, 1, 0, 0)}
    sections = {2: struct.pack("<H", 19999), 3: leads(len(MICROVOLTS)), **beats, 6: rhythm(MICROVOLTS)}
    path.write_bytes(file_of(sections))
    assert "representative beat declares more" in _problem(path)


def test_a_wrong_checksum_is_a_remark(tmp_path: Path) -> None:
    """Many files have one, and are read all the same."""
    path = tmp_path / "a.scp"
    write_scp(path, MICROVOLTS)
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    assert _recording(path).remarks == ("its checksum is wrong: it may be damaged",)


def test_a_fault_of_a_holter_is_no_voltage(tmp_path: Path) -> None:
    """What it writes where a lead was off is not a number, and no lead's samples."""
    path = tmp_path / "a.ecg"
    write_ishne(path, MICROVOLTS)
    content = bytearray(path.read_bytes())
    content[522 + 2 * (12 * 7 + 3) : 522 + 2 * (12 * 7 + 4)] = struct.pack("<h", -32768)
    path.write_bytes(content)
    recording = _recording(path)
    assert np.argwhere(np.isnan(recording.signal)).tolist() == [[7, 3]]
    np.testing.assert_allclose(recording.signal[8:] * 1000, MICROVOLTS[8:])


def test_a_rate_that_is_no_whole_number_is_kept(tmp_path: Path) -> None:
    """1/360.5 s between samples is 360.5 Hz."""
    path = tmp_path / "a.xml"
    path.write_text(aecg_of(MICROVOLTS).replace(f'value="{1 / RATE_HZ}"', f'value="{1 / 360.5}"'))
    assert _recording(path).sample_rate_hz == pytest.approx(360.5)


def test_only_leads_that_are_stored_are_read(tmp_path: Path) -> None:
    """MUSE often stores eight; the others are the service's to derive."""
    path = tmp_path / "a.xml"
    write_muse(path, MICROVOLTS[:, :2])
    assert _recording(path).lead_names == (LeadName.I, LeadName.II)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("MDC_ECG_LEAD_AVR", "MDC_ECG_LEAD_AVRneg", "upside down"),
        ("MDC_ECG_LEAD_AVR", "MDC_ECG_LEAD_V1", "two of its channels are called V1"),
        ('unit="uV"', 'unit="mmHg"', "does not say in what unit"),
        ('unit="s"', 'unit="parsec"', "damaged"),
    ],
)
def test_leads_and_units_that_nobody_can_tell_are_refused(
    before: str, after: str, problem: str, tmp_path: Path
) -> None:
    """The error says why."""
    path = tmp_path / "a.xml"
    write_aecg(path, MICROVOLTS)
    path.write_text(path.read_text().replace(before, after))
    assert problem in _problem(path)


def test_a_dicom_file_of_beats_alone_is_refused(tmp_path: Path) -> None:
    """A median beat is no rhythm."""
    path = tmp_path / "a.dcm"
    write_dicom(path, MICROVOLTS, with_rhythm=False)
    assert "representative beats only" in _problem(path)


def test_dicom_values_are_scaled_as_the_standard_says(tmp_path: Path) -> None:
    """Sample times sensitivity times correction, plus baseline."""
    path = tmp_path / "a.dcm"
    write_dicom(path, MICROVOLTS, ChannelSensitivityCorrectionFactor="3", ChannelBaseline="20")
    recording = _recording(path)
    np.testing.assert_allclose(recording.signal * recording.microvolts_per_unit, 3.0 * MICROVOLTS + 20, atol=1e-6)


def test_a_dicom_file_without_waveforms_is_refused(tmp_path: Path) -> None:
    """An image, say."""
    path = tmp_path / "a.dcm"
    write_dicom(path, MICROVOLTS)
    path.write_bytes(path.read_bytes().replace(struct.pack("<HH", 0x5400, 0x0100), struct.pack("<HH", 0x5401, 0x0101)))
    assert "holds no waveform" in _problem(path)


def test_edf_units_and_offsets_are_read(tmp_path: Path) -> None:
    """A range that does not lie around 0 has an offset."""
    path = tmp_path / "a.edf"
    write_edf(path, MICROVOLTS, physical_dimension="mV", physical_range=(-2000.0, 6000.0))
    signal = _recording(path).signal
    np.testing.assert_allclose(signal, MICROVOLTS, atol=0.1)


def test_other_channels_are_left_out_with_a_remark(tmp_path: Path) -> None:
    """Breathing, say."""
    path = tmp_path / "a.xml"
    document = aecg_of(MICROVOLTS)
    path.write_text(document.replace("MDC_ECG_LEAD_V6", "MDC_ECG_LEAD_V9"))
    recording = _recording(path)
    assert len(recording.lead_names) == len(NAMES) - 1
    assert recording.remarks == ("channels left out, for they are none of the twelve leads: V9",)


def test_base64_that_is_none_is_refused(tmp_path: Path) -> None:
    """As a file that is damaged."""
    path = tmp_path / "a.xml"
    write_muse(path, MICROVOLTS)
    encoded = base64.b64encode(b"odd").decode()
    path.write_text(path.read_text(encoding="latin-1").replace("<WaveFormData>", f"<WaveFormData>!{encoded}"))
    assert "damaged" in _problem(path)


def test_a_library_that_warns_tells_nothing_of_the_patient(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """Values that are against the standard are warned of by pydicom, and shown."""
    path = tmp_path / "a.dcm"
    write_dicom(path, MICROVOLTS)
    path.write_bytes(path.read_bytes().replace(b"061Y", b"Jane"))
    assert _recording(path).metadata.age_years is None
    assert len(recwarn) == 0
