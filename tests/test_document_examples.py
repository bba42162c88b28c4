"""What the documents tell people to type does what they say, against the server that ships."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trustme

import ecg_client
from ecg_client.formats.synthetic import generate_recordings
from ecg_server.access.tokens import new_token
from ecg_testing.certificates import chain, put, server_files
from ecg_testing.documents import run_document
from ecg_testing.processes import ServerProcess

ROOT = Path(__file__).parents[1]
PLAIN = "127.0.0.1:50051"
# Of a table with twelve columns.
HEADER = "# sample_rate_hz: 100\n# unit: mV\n" + "\t".join(lead.name for lead in ecg_client.STANDARD_LEADS)
PYTHON_ALONE = ("README.md", "docs/plotting.md", "docs/security.md", "docs/how-to/connect.md", "docs/how-to/retries.md")
TYPED_WHOLE = ("docs/how-to/files.md", "docs/how-to/many-recordings.md", "docs/how-to/signals.md")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the reader is: an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that `docs/security.md` tells how to make, by the names that it gives them."""
    folder = tmp_path_factory.mktemp("credentials")
    authority = trustme.CA()
    server_files(folder, authority)
    client = authority.issue_cert("ward-7.hospital.example")
    put(folder / "ward-7.pem", chain(client))
    put(folder / "ward-7.key", client.private_key_pem.bytes())
    token, line = new_token("ward-7")
    put(folder / "ward-7.token", token.encode())
    put(folder / "tokens", line.encode())
    return folder


@pytest.fixture(scope="module")
def secured_server(credentials: Path) -> Iterator[ServerProcess]:
    """A server with TLS that asks for that token."""
    flags = {"--tls-certificate": "server.pem", "--tls-key": "server.key", "--tokens": "tokens"}
    arguments = [text for flag, name in flags.items() for text in (flag, str(credentials / name))]
    with ServerProcess("--model", "reference", *arguments) as server:
        yield server


@pytest.fixture
def address(default_server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the service is; `ecg` finds it there."""
    monkeypatch.setenv("ECG_ADDRESS", default_server.address)
    return default_server.address


@pytest.mark.usefixtures("folder")
def test_the_tutorial_does_what_it_says(address: str) -> None:
    """From an empty folder, typing nothing but what stands there."""
    run_document(ROOT / "docs" / "tutorial.md", {PLAIN: address})


@pytest.mark.parametrize("document", TYPED_WHOLE)
def test_all_that_a_guide_says_to_type_runs(document: str, folder: Path, address: str) -> None:
    """Shell and Python, in order, beside the folder `recordings` that the guides presuppose."""
    (folder / "recordings").mkdir()
    for recording in generate_recordings(2):
        millivolts = recording.signal / 1000
        path = folder / "recordings" / f"{recording.recording_id}.tsv"
        np.savetxt(path, millivolts, delimiter="\t", header=HEADER, comments="")

    run_document(ROOT / document, {PLAIN: address})


@pytest.mark.parametrize("document", PYTHON_ALONE)
def test_the_python_of_a_document_runs(
    document: str, folder: Path, credentials: Path, default_server: ServerProcess, secured_server: ServerProcess
) -> None:
    """Each block, in order, where the service is in plain text and where it asks for credentials."""
    shutil.copytree(credentials, folder, dirs_exist_ok=True)
    port = secured_server.address.rpartition(":")[2]
    secured = dict.fromkeys(("ecg.example.org:443", "localhost:50051"), f"localhost:{port}")

    run_document(ROOT / document, {PLAIN: default_server.address, **secured}, ("python",))


def test_every_public_name_is_in_the_reference() -> None:
    """All that `ecg_client` offers has an entry, once."""
    pages = (ROOT / "docs" / "reference" / "python").glob("*.md")
    entries = [
        name for page in pages for name in re.findall(r"^::: ecg_client\.(\w+)$", page.read_text(), re.MULTILINE)
    ]

    assert sorted(entries) == sorted(ecg_client.__all__)


def test_an_example_that_prints_something_else_is_noticed(tmp_path: Path) -> None:
    """The comparison can fail, and names the line of the document."""
    document = tmp_path / "page.md"
    document.write_text("# A\n\n```python\nprint(1, 2)\n```\n\n```text\n1 ... 3\n```\n")

    with pytest.raises(AssertionError, match=r"page\.md:3 prints\n1 2"):
        run_document(document, {})
