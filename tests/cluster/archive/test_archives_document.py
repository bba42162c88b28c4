"""What docs/archives.md tells people to type works, and what it names exists."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ecg_cluster.archive.flags import read_settings
from ecg_testing.archives import PATIENCE_SECONDS, Cluster, paths_of, write_wfdb_archive
from ecg_testing.documented import ROOT

TEXT = (ROOT / "docs" / "archives.md").read_text(encoding="utf-8")


def _blocks(language: str) -> str:
    return "".join(re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL))


def test_the_commands_work(cluster: Cluster, tmp_path: Path) -> None:
    """All of them, one after the other; each line of Python too. Here they work on the tests' cluster."""
    (tmp_path / "path" / "to").mkdir(parents=True)
    write_wfdb_archive(tmp_path / "path" / "to" / "folder", 3)
    program = f'"{sys.executable}" -m ecg_cluster.archive "$@" --address {cluster.address}'
    python = f"\"{sys.executable}\" - <<'END'\n{_blocks('python')}\nEND\n"
    script = f"ecg-archive() {{ {program}; }}\n{_blocks('sh')}\n{python}"
    ended = subprocess.run(  # noqa: S603 - what the page says
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "3 recordings, 3 of them by an earlier run" in ended.stdout
    assert len(paths_of(tmp_path / "results")) == 3


def test_the_commands_for_clusters_are_understood() -> None:
    """They cannot be run here; each flag of theirs is one."""
    lines = [line.split() for line in _blocks("bash").splitlines()]
    assert [line[0] for line in lines] == ["ecg-archive"] * 2
    first, second = (read_settings(line[1:]) for line in lines)
    assert (first.archive, first.workers, first.address) == ("s3://hospital-archive/2026", 64, "10.0.0.5:6379")
    assert second.output == "/mnt/shared/2026"


def test_the_program_is_installed_under_its_name() -> None:
    """As `ecg-archive`."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts["ecg-archive"] == "ecg_cluster.archive.__main__:main"


def test_every_flag_exists_and_every_exit_code_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """As the help has them, but for what the client's commands have."""
    with pytest.raises(SystemExit):
        read_settings(["--help"])
    told = capsys.readouterr().out
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) <= {*re.findall(r"--[a-z][a-z-]+", told), "--document"}
    codes = re.findall(r"^  (\d+) ", told, flags=re.MULTILINE)
    assert re.findall(r"^\| (\d+) \|", TEXT, flags=re.MULTILINE) == codes
