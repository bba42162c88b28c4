"""What docs/grpcurl.md tells people to type works, and prints what it says; with the real grpcurl and real servers."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from ecg_testing.certificates import chain, put, server_files
from ecg_testing.documented import Step, assert_is_as_told, run, steps_of
from ecg_testing.processes import ServerProcess
from ecg_testing.tools import tool

pytest.register_assert_rewrite("ecg_testing.documented")

ROOT = Path(__file__).parents[1]
SECTIONS = steps_of(ROOT / "docs/grpcurl.md")
# Probabilities are those of the model that ships, on whatever machine.
TOLERANCE = 1e-3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the page takes from the repository, and the certificates that docs/security.md makes."""
    for name in ("examples", "protos"):
        (tmp_path / name).symlink_to(ROOT / name)
    authority = trustme.CA()
    server_files(tmp_path, authority)
    client = authority.issue_cert("ward-7.hospital.example")
    put(tmp_path / "ward-7.pem", chain(client))
    put(tmp_path / "ward-7.key", client.private_key_pem.bytes())
    return tmp_path


@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_says(section: str, folder: Path, default_server: ServerProcess) -> None:
    """Every command of a section runs, one after the other, and prints what stands below it."""
    tool("grpcurl")
    with ExitStack() as servers:
        server = default_server
        for step in SECTIONS[section]:
            if step.server_flags is None:
                assert_is_as_told(run(step, folder, server.address), step.printed, TOLERANCE)
            else:
                server = servers.enter_context(ServerProcess(*_in_folder(step.server_flags, folder)))


def _in_folder(flags: list[str], folder: Path) -> list[str]:
    """Return the flags of a server that is started elsewhere: what is a file of the folder is named in full."""
    return [str(folder / flag) if (folder / flag).is_file() else flag for flag in flags]
