import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Ecg = Callable[..., tuple[int, str, str]]
Complete = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def complete(ecg: Ecg, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """Asks for the words that may come next, as bash does."""

    def ask(*words: object) -> tuple[int, list[str]]:
        monkeypatch.setenv("_ECG_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(["ecg", *map(str, words)]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        code, out, err = ecg()
        assert err == ""
        return code, out.split()

    return ask


def test_commands_options_and_choices_are_completed(complete: Complete) -> None:
    """By their beginnings."""
    assert complete("s") == (0, ["stream", "summary"])
    assert complete("health", "--to") == (0, ["--token-file"])
    assert complete("plot", "--layout", "") == (0, ["3x4", "6x2", "12x1"])


@pytest.mark.parametrize("words", [["predict", "on"], ["stream", "--report", "on"], ["health", "--ca", "on"]])
def test_files_are_left_to_the_shell(complete: Complete, words: list[str]) -> None:
    """It completes files where it is offered nothing."""
    assert complete(*words) == (0, [])


def test_profiles_are_those_of_the_config_file(complete: Complete, tmp_path: Path) -> None:
    """None of a file that is broken or not there, and no complaint amid what somebody types."""
    file = tmp_path / "config.toml"
    assert complete("health", "--config", file, "--profile", "") == (0, [])
    file.write_text("[profile.ward-7]\n[profile.ward-8]\n[profile.home]\n")
    assert complete("health", "--config", file, "--profile", "w") == (0, ["ward-7", "ward-8"])
    file.write_text("[")
    assert complete("health", "--config", file, "--profile", "") == (0, [])


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on PATH")
def test_the_script_works_in_bash(tmp_path: Path) -> None:
    """It is shown for the shell that asks, and registers what bash calls."""
    script = (
        f'ecg() {{ "{sys.executable}" -m ecg_client.cli "$@"; }}\neval "$(ecg --show-completion)"\ncomplete -p ecg\n'
    )
    finished = subprocess.run(  # noqa: S603 - our own
        ["bash", "--norc", "-c", script],  # noqa: S607 - the one that users have
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (finished.stdout, finished.stderr) == ("complete -o default -F _ecg_completion ecg\n", "")
