"""What the documents tell people to type does what they say, against the server that ships."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ecg_client
from ecg_client.formats.synthetic import generate_recordings
from ecg_server.access.tokens import new_token
from ecg_testing.certificates import put
from ecg_testing.documented import ROOT, addresses_of, follow, lay_out_certificates, steps_of
from ecg_testing.processes import ServerProcess

# Of a table with twelve columns.
HEADER = "# sample_rate_hz: 100\n# unit: mV\n" + "\t".join(lead.name for lead in ecg_client.STANDARD_LEADS)
PYTHON_ALONE = ("README.md", "docs/plotting.md", "docs/security.md", "docs/how-to/connect.md", "docs/how-to/retries.md")
TYPED_WHOLE = ("docs/how-to/files.md", "docs/how-to/many-recordings.md", "docs/how-to/signals.md")


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that `docs/security.md` tells how to make, by the names that it gives them."""
    folder = tmp_path_factory.mktemp("credentials")
    lay_out_certificates(folder)
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
def addresses(default_server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Where the service is; `ecg` finds it there."""
    monkeypatch.setenv("ECG_ADDRESS", default_server.address)
    return addresses_of(default_server)


def test_the_tutorial_does_what_it_says(tmp_path: Path, addresses: dict[str, str]) -> None:
    """From an empty folder, typing nothing but what stands there."""
    follow(steps_of(ROOT / "docs" / "tutorial.md"), tmp_path, addresses)


@pytest.mark.parametrize("document", TYPED_WHOLE)
def test_all_that_a_guide_says_to_type_runs(document: str, tmp_path: Path, addresses: dict[str, str]) -> None:
    """Shell and Python, in order, beside the folder `recordings` that the guides presuppose."""
    (tmp_path / "recordings").mkdir()
    for recording in generate_recordings(2):
        millivolts = recording.signal / 1000
        path = tmp_path / "recordings" / f"{recording.recording_id}.tsv"
        np.savetxt(path, millivolts, delimiter="\t", header=HEADER, comments="")

    follow(steps_of(ROOT / document), tmp_path, addresses)


@pytest.mark.parametrize("document", PYTHON_ALONE)
def test_the_python_of_a_document_runs(
    document: str, tmp_path: Path, credentials: Path, default_server: ServerProcess, secured_server: ServerProcess
) -> None:
    """Each block, in order, where the service is in plain text and where it asks for credentials."""
    shutil.copytree(credentials, tmp_path, dirs_exist_ok=True)
    port = secured_server.address.rpartition(":")[2]
    secured = dict.fromkeys(("ecg.example.org:443", "localhost:50051"), f"localhost:{port}")
    python = [step for step in steps_of(ROOT / document) if step.language == "python"]

    follow(python, tmp_path, addresses_of(default_server) | secured)


def test_every_public_name_is_in_the_reference() -> None:
    """All that `ecg_client` offers has an entry, once."""
    pages = (ROOT / "docs" / "reference" / "python").glob("*.md")
    entries = [
        name for page in pages for name in re.findall(r"^::: ecg_client\.(\w+)$", page.read_text(), re.MULTILINE)
    ]

    assert sorted(entries) == sorted(ecg_client.__all__)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("python\nprint(1, 2)", "1 … 3"),
        ("python\nprint(0.941, 7.25, 'a')", "0.100 … a"),
        ("python\nprint('NOT_SERVING')", "SERVING"),
        ("sh\necho 0.941 0.5", "0.941 … 0.6"),
        ("sh\nfalse | cat", ""),
    ],
)
def test_an_example_that_does_something_else_is_noticed(tmp_path: Path, typed: str, told: str) -> None:
    """Words, decimals beside what is left out, and a failure amid a pipe."""
    page = tmp_path / "page.md"
    page.write_text(f"# A\n\n```{typed}\n```\n\n```text\n{told}\n```\n", encoding="utf-8")

    with pytest.raises(AssertionError, match=r"page\.md:3 prints|false \| cat"):
        follow(steps_of(page), tmp_path, {})
