"""`POST /v1/files:read`: what is in files that somebody drops on the page."""

import asyncio
import base64
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette

from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import open_recordings
from ecg_client.recording import Recording
from ecg_gateway.body import Bodies
from ecg_gateway.errors import BusyError
from ecg_gateway.page.readers import Readers, Upload
from ecg_gateway.page.reading import read_files
from ecg_gateway.page.routes import routes
from ecg_gateway.settings import BodySettings
from ecg_testing.ecg_files import EcgFile, made_up_microvolts
from ecg_testing.ecg_files.every import EVERY_FILE
from ecg_testing.ecg_files.tables import write_csv, write_npy
from ecg_testing.gateways import gateway

_STATED = {"sample_rate_hz": "500", "unit": "uV"}


def _read(url: str, paths: Sequence[Path], data: dict[str, str] | None = None) -> httpx.Response:
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    return httpx.post(f"{url}/v1/files:read", files=files, data=data, timeout=30)


def _only_problem(url: str, *paths: Path) -> dict[str, Any]:
    answer = _read(url, paths).json()
    assert answer["recordings"] == []
    (problem,) = answer["problems"]
    assert isinstance(problem, dict)
    return problem


@pytest.mark.parametrize("file", EVERY_FILE, ids=lambda file: file.name)
def test_what_the_client_reads_is_read(url: str, file: EcgFile, tmp_path: Path) -> None:
    """Every format gives the recording that the Python client reads, to the bit."""
    file.write(tmp_path / file.name, made_up_microvolts())
    (expected,) = open_recordings([tmp_path / file.name], sample_rate_hz=500, unit="uV")
    answer = _read(url, sorted(tmp_path.iterdir()), _STATED).json()
    (read,) = answer["recordings"]
    assert answer["problems"] == []
    assert isinstance(expected, Recording)
    recording = read["recording"]
    packed = recording["packed_signal"]
    kind = {"SAMPLE_FORMAT_INT16_LE": "<i2", "SAMPLE_FORMAT_FLOAT32_LE": "<f4"}[packed["format"]]
    samples = np.frombuffer(base64.b64decode(packed["samples"]), kind).reshape(len(packed["lead_names"]), -1).T
    np.testing.assert_array_equal(samples, expected.signal.astype(kind))
    assert recording["sample_rate_hz"] == expected.sample_rate_hz
    assert packed["microvolts_per_unit"] == expected.microvolts_per_unit
    assert recording.get("metadata", {}).get("age_years") == expected.metadata.age_years


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.jpg", b"\xff\xd8\xff\xe0" + bytes(2000), "This file is a JPEG picture, not an ECG."),
        ("scan.dcm", b"\xff\xd8\xff\xe0" + bytes(2000), "This file is a JPEG picture, not an ECG."),
        ("report.pdf", b"%PDF-1.7", "This file is a PDF document, not an ECG."),
        ("letter.docx", b"PK\3\4" + bytes(30), "This file is an Office document, not an ECG."),
        ("all.zip", b"PK\3\4" + bytes(30), "This file is an archive. Unpack it,"),
        ("nothing.edf", b"", "This file is empty."),
        ("a.dat", bytes(24000), "This is one half of a WFDB record. Drop both of its files together"),
        ("notes.txt", b"Patient was well.\n", "This file is no ECG of a kind that can be read here."),
    ],
)
def test_what_is_no_ecg_is_called_by_its_name(url: str, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    """A file that holds no recording is told in words; if its name promises one, it is not passed over in a folder."""
    path = tmp_path / name
    path.write_bytes(content)
    problem = _only_problem(url, path)
    assert problem["message"].startswith(words)
    assert problem["file"] == name
    assert problem["is_ecg"] == name.endswith((".dcm", ".edf"))


@pytest.mark.parametrize("stated", [{}, {"unit": "uV"}, _STATED])
def test_a_table_without_leads_is_told_so(url: str, tmp_path: Path, stated: dict[str, str]) -> None:
    """Of a list of patients the page does not ask for a sample rate, with the words of a command line or without."""
    path = tmp_path / "patients.csv"
    path.write_text("name,age\nA,50\nB,60\n")
    (problem,) = _read(url, [path], stated).json()["problems"]
    assert problem["message"].startswith("There are no ECG leads in it: none of its channels (name, age) is one of")
    assert not problem["is_unstated"]


def test_an_ecg_that_is_damaged_is_an_ecg(url: str, tmp_path: Path) -> None:
    """A file that was meant to be a recording is not passed over in a folder."""
    path = tmp_path / "cut.dcm"
    path.write_bytes(bytes(128) + b"DICM" + bytes(7))
    assert _only_problem(url, path)["is_ecg"]


def test_what_a_file_does_not_say_can_be_stated(url: str, tmp_path: Path) -> None:
    """A bare array is readable once rate and unit are stated, and the answer says so until then."""
    path = tmp_path / "a.npy"
    write_npy(path, made_up_microvolts())
    assert _only_problem(url, path)["is_unstated"]
    (read,) = _read(url, [path], _STATED).json()["recordings"]
    assert read["recording"]["sample_rate_hz"] == 500


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../../../etc/passwd"])
def test_a_header_reads_no_file_of_the_gateway(url: str, tmp_path: Path, target: str) -> None:
    """A WFDB header that names a file elsewhere gets nothing of it."""
    path = tmp_path / "evil.hea"
    path.write_text(f"evil 1 500 100\n{target} 16 1000/mV 16 0 0 0 0 I\n")
    assert "root" not in str(_only_problem(url, path))


def test_several_recordings_of_one_file_are_all_there(url: str, tmp_path: Path) -> None:
    """An .npz of three recordings gives three, numbered from 0."""
    path = tmp_path / "data.npz"
    np.savez(path, X_test=np.zeros((3, 7)), Y_test=np.zeros((3, 1000, 12), np.float32))
    assert [read["number"] for read in _read(url, [path]).json()["recordings"]] == [0, 1, 2]


def test_an_answer_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings beyond what an answer holds are counted."""
    np.savez(tmp_path / "data.npz", X_test=np.zeros((3, 7)), Y_test=np.zeros((3, 1000, 12), np.float32))
    monkeypatch.setattr("ecg_gateway.page.reading.GREATEST_SIGNAL_BYTES", 2 * 1000 * 12 * 4)
    answer = read_files(tmp_path, Stated())
    assert [read["number"] for read in answer["recordings"]] == [0, 1]
    assert answer["left_out_count"] == 1


@pytest.mark.parametrize(
    ("request_of", "status", "field"),
    [
        ({"json": {}}, 415, "Content-Type"),
        ({"data": {"unit": "uV"}, "files": {"unit2": (None, "x")}}, 400, "file"),
        ({"files": [("file", ("a.csv", b"1")), ("file", ("x/a.csv", b"2"))]}, 400, "file"),
        ({"files": {"file": ("..", b"1")}}, 400, "file"),
        ({"files": {"file": ("n" * 300, b"1")}}, 400, "file"),
        ({"files": {"file": ("a.csv", b"1")}, "data": {"sample_rate_hz": "-1"}}, 400, "sample_rate_hz"),
        ({"files": {"file": ("a.csv", b"1")}, "data": {"sample_rate_hz": "nan"}}, 400, "sample_rate_hz"),
    ],
)
def test_a_request_that_is_wrong_names_the_field(url: str, request_of: dict[str, Any], status: int, field: str) -> None:
    """What is no form with files is refused, with the field."""
    response = httpx.post(f"{url}/v1/files:read", **request_of)
    assert response.status_code == status
    details = response.json()["error"]["details"]
    assert [one["field"] for detail in details for one in detail.get("field_violations", [])] == [field]


def test_a_form_that_is_cut_is_refused(url: str) -> None:
    """A multipart body that is none is the caller's fault."""
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = httpx.post(f"{url}/v1/files:read", content=b"no form at all", headers=headers)
    assert response.status_code == 400


@pytest.mark.parametrize("charset", ["undefined", "punycode", "utf-16"])
def test_a_form_is_in_utf_8(url: str, charset: str) -> None:
    """What else Python knows is not tried on what strangers send."""
    body = b'--x\r\nContent-Disposition: form-data; name="unit"\r\n\r\nuV-\\\r\n--x--\r\n'
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    assert httpx.post(f"{url}/v1/files:read", content=body, headers=headers).status_code == 415


def test_files_are_held_to_the_limit_of_bodies(service_address: str, tmp_path: Path) -> None:
    """What is larger than a body may be is refused before it is read."""
    path = tmp_path / "large.csv"
    path.write_bytes(bytes(200_000))
    with gateway(service_address, body=BodySettings(max_bytes=100_000)) as base:
        assert _read(base, [path]).status_code == 413


def test_nothing_is_written_to_disk(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of several megabytes is read though no temporary file can be made outside of memory."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    path = tmp_path / "long.csv"
    write_csv(path, made_up_microvolts(60.0))
    assert path.stat().st_size > 1 << 21
    (read,) = _read(url, [path]).json()["recordings"]
    assert read["format"] == "CSV/TSV"


def test_the_answer_is_plain_to_whoever_takes_no_gzip(url: str, csv: Path) -> None:
    """A caller that does not unpack is answered as it is."""
    files = {"file": (csv.name, csv.read_bytes())}
    response = httpx.post(f"{url}/v1/files:read", files=files, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers
    assert len(response.json()["recordings"]) == 1


@pytest.fixture
def upload(csv: Path) -> Upload:
    """A file as the gateway has it."""
    return Upload({csv.name: csv.read_bytes()}, Stated())


async def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_read(upload: Upload) -> None:
    """A file that keeps its reader busy is a problem of that file alone."""
    readers = Readers(count=1, seconds=0.001)
    try:
        assert b"keeps its reader busy" in await readers.read(upload, is_compressed=False)
        readers.seconds = 60
        both = await asyncio.gather(*(readers.read(upload, is_compressed=False) for _ in range(2)))
        assert all(b'"problems":[]' in answer for answer in both)
    finally:
        await readers.close()


class _Held(Readers):
    """Readers that do not come to an end with any file."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = asyncio.Event()

    async def read(self, upload: Upload, *, is_compressed: bool) -> bytes:  # noqa: ARG002 - as theirs
        """Do not return."""
        self.entered.set()
        return await asyncio.Future()


async def test_files_count_as_in_memory_until_they_are_read(upload: Upload) -> None:
    """Those that wait for a reader are bounded as all bodies are, however long they wait."""
    ((name, content),) = upload.files.items()
    readers, bodies = _Held(), Bodies(BodySettings(held_bytes=len(content) * 3 // 2))
    transport = httpx.ASGITransport(Starlette(routes=routes(readers, bodies)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:

        async def send() -> httpx.Response:
            return await client.post("/v1/files:read", files={"file": (name, content)})

        first = asyncio.create_task(send())
        await readers.entered.wait()
        async with asyncio.timeout(30):
            with pytest.raises(BusyError):
                await send()
        first.cancel()
        await asyncio.wait([first])


async def test_a_file_does_not_wait_for_a_reader_without_end(upload: Upload) -> None:
    """While others keep all readers busy its caller is told to come again, and is read when it does."""
    readers = Readers(count=1, wait_seconds=0.0)
    try:
        reading = asyncio.create_task(readers.read(upload, is_compressed=False))
        await asyncio.sleep(0)
        with pytest.raises(BusyError):
            await readers.read(upload, is_compressed=False)
        assert b'"problems":[]' in await reading
        assert b'"problems":[]' in await readers.read(upload, is_compressed=False)
    finally:
        await readers.close()


async def test_a_reader_that_ended_is_replaced(upload: Upload, caplog: pytest.LogCaptureFixture) -> None:
    """A file that ends its reader, as one does that takes all memory, is a problem of that file alone, and logged."""
    readers = Readers(count=1)
    await readers.warm_up()
    (reader,) = readers.idle
    reader.process.kill()
    try:
        assert b"needs all memory" in await readers.read(upload, is_compressed=False)
        assert "its reader ended" in caplog.text
        assert b'"problems":[]' in await readers.read(upload, is_compressed=False)
    finally:
        await readers.close()


async def test_readers_leave_nothing_behind(upload: Upload, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in which files lie while they are read is empty after it, and goes with its process."""
    monkeypatch.setattr("ecg_gateway.page.readers.MEMORY", tmp_path)
    readers = Readers()
    await readers.read(upload, is_compressed=True)
    (reader,) = readers.idle
    assert Path(f"/proc/{reader.process.pid}/oom_score_adj").read_text().strip() == "1000"  # noqa: ASYNC240 - likewise
    assert os.listdir(reader.folder) == []  # noqa: PTH208 - a folder of a few names blocks nobody
    await readers.close()
    assert os.listdir(tmp_path) == ["made-up.csv"]  # noqa: PTH208 - likewise
