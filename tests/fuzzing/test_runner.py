"""What the fuzzer makes of how its process ends."""

import sys
from pathlib import Path

import pytest

from fuzzing import runner


@pytest.mark.parametrize(
    ("script", "end"),
    [
        ("echo some words; exec sleep 60", "hung, and was killed after 2 s"),
        ("exec sleep 60", "hung, and was killed after 2 s"),
        ("echo some words; exit 7", "ended with 7"),
    ],
)
def test_a_process_that_does_not_end_well_is_a_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, end: str
) -> None:
    """One that hangs too; what it printed is kept."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(runner, "OUTPUT", tmp_path)
    monkeypatch.setattr(runner, "GRACE_SECONDS", 1)

    report = runner.fuzz("messages", runs=1, seconds=1, number=0)

    log = tmp_path / "messages" / "log.txt"
    assert report.defects == (log,)
    assert report.words.startswith(end)
    assert log.read_text() == ("some words\n" if "some words" in script else "")
