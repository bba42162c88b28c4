"""What the documents name exists, and what they tell people to type works."""

import re
import ssl
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from ecg_client.cli.app import app
from ecg_cluster.flags import read_cluster_settings
from ecg_model.errors import RefusalReason
from ecg_server.__main__ import main
from ecg_server.status import STATUS_TABLE
from ecg_testing.documented import ROOT, run_in_shell
from ecg_testing.tools import tool

DOCUMENTS = (
    "README.md",
    "docs/batch.md",
    "docs/command-line.md",
    "docs/errors.md",
    "docs/observability.md",
    "docs/operations.md",
    "docs/security.md",
)
WITH_LINKS = (
    *DOCUMENTS,
    "docs/deploy.md",
    "docs/grpcurl.md",
    "docs/ghz.md",
    "docs/kubernetes.md",
    "docs/packages.md",
)
STATUSES = "INVALID_ARGUMENT|UNAVAILABLE|UNAUTHENTICATED|PERMISSION_DENIED|RESOURCE_EXHAUSTED|NOT_FOUND|INTERNAL"
REASONS = {*RefusalReason, *(reason for _, reason in STATUS_TABLE.values() if reason)}


def text_of(document: str) -> str:
    """Return a document."""
    return (ROOT / document).read_text(encoding="utf-8")


def shell_blocks(document: str) -> list[str]:
    """Return what a document tells people to type into a shell."""
    return re.findall(r"```sh\n(.*?)```", text_of(document), flags=re.DOTALL)


@pytest.fixture(scope="module")
def ecg_flags() -> set[str]:
    """All flags of all commands of `ecg`."""
    command = get_command(app)
    assert isinstance(command, typer.core.TyperGroup)
    options = [option for one in (command, *command.commands.values()) for option in one.params]
    return {flag for option in options for flag in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_flag_exists(document: str, ecg_flags: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is one of ecg-server's, of ecg-cluster's, or of ecg's."""
    with pytest.raises(SystemExit):
        main(["--help"])
    with pytest.raises(SystemExit):
        read_cluster_settings(["--help"], {})
    server_flags = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+(?![\w-])", text_of(document)))

    assert named <= server_flags | ecg_flags


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_reason_exists(document: str) -> None:
    """What stands behind a status is a reason that the server gives."""
    named = re.findall(rf"\b(?:{STATUSES})\b(?: \(\d+\) \|)? `([A-Z_]+)`", text_of(document))

    assert set(named) <= REASONS


def test_every_reason_is_explained() -> None:
    """Each has its row."""
    explained = set(re.findall(r"^\|[^`\n]*`([A-Z_]+)` \|", text_of("docs/errors.md"), flags=re.MULTILINE))

    assert explained == REASONS


@pytest.mark.parametrize("document", WITH_LINKS)
def test_every_link_leads_somewhere(document: str) -> None:
    """To a file that is there, and to a heading that it has."""
    for link in re.findall(r"\]\(((?!https?:)[^)]+)\)", text_of(document)):
        path, _, heading = link.partition("#")
        target = (ROOT / document).parent / (path or Path(document).name)
        assert target.exists(), link
        if heading:
            assert heading in _anchors(target), link


def test_every_module_and_test_of_the_security_table_exists() -> None:
    """A name without a folder lies in the folder of the one before it."""
    rows = re.findall(r"^\|.*\| (`ecg_[^|]*) \| (`tests/[^|]*) \|$", text_of("docs/security.md"), flags=re.MULTILINE)
    assert len(rows) > 10
    for cell in (cell for row in rows for cell in row):
        folder = Path()
        for name in re.findall(r"`([^`]+)`", cell):
            folder = Path(name).parent if "/" in name else folder
            path = folder / Path(name).name
            assert any((ROOT / root / path).exists() for root in ("server", "client", "")), name


@pytest.mark.parametrize(
    ("document", "pairs"), [("README.md", ["server"]), ("docs/security.md", ["authority", "server", "ward-7"])]
)
def test_the_certificates_for_a_trial_can_be_made_as_told(document: str, pairs: list[str], tmp_path: Path) -> None:
    """The keys fit, and the server's name is vouched for."""
    tool("openssl")
    block = next(block for block in shell_blocks(document) if "openssl req" in block)
    run_in_shell(block.partition("ecg-server")[0], tmp_path)

    for name in pairs:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
    authority = pairs[0]
    run_in_shell(f"openssl verify -CAfile {authority}.pem -verify_hostname localhost server.pem", tmp_path)


def test_a_token_can_be_made_as_told(tmp_path: Path) -> None:
    """Its line is in the file, and nobody else can read either."""
    block = next(block for block in shell_blocks("docs/security.md") if "ecg_server.access" in block)
    run_in_shell(block.partition("ecg-server")[0], tmp_path)

    assert re.fullmatch(r"ward-7 [0-9a-f]{64}\n", (tmp_path / "tokens").read_text(encoding="ascii"))
    assert (tmp_path / "ward-7.token").stat().st_mode & 0o077 == 0


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
