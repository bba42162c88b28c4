"""Runs targets one after the other, each in a process that is bounded, and tells what came of it."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fuzzing.targets import load_target

OUTPUT = Path("build/fuzzing")
GREATEST_INPUT_BYTES = 1 << 16
GREATEST_MEGABYTES = 2048
GREATEST_SECONDS = 10
# What goes wrong before the fuzzer is under way, or at its end.
GRACE_SECONDS = 300

_STATISTIC = re.compile(r"stat::(\w+):\s+(\d+)")
_ARTIFACT = re.compile(r"Test unit written to (\S+)")


@dataclass(frozen=True, slots=True)
class Report:
    """What came of fuzzing one target.

    Attributes:
        name: of the target.
        inputs: how many it was given.
        defects: paths of inputs that let out a defect: a crash, a hang, too much memory.
        slowest_seconds: what the slowest input took, in whole seconds.
        peak_megabytes: memory of the process at its greatest.
        seconds: how long it all took.
        words: what there is to say beside.
    """

    name: str
    inputs: int
    defects: tuple[Path, ...] = ()
    slowest_seconds: float = 0
    peak_megabytes: int = 0
    seconds: float = 0
    words: str = ""

    def __str__(self) -> str:
        line = (
            f"{self.name:<12} {self.inputs:>8} inputs, {len(self.defects)} defects, "
            f"slowest {self.slowest_seconds:g} s, peak {self.peak_megabytes} MB, {self.seconds:.0f} s"
        )
        return "\n".join([line, *self._details()])

    def _details(self) -> Sequence[str]:
        replays = [f"  replay: python -m fuzzing {self.name} --replay {path}" for path in self.defects]
        return [f"  {self.words}", *replays] if self.words else replays


def fuzz(name: str, runs: int, seconds: int, number: int) -> Report:
    """Give a target that many inputs, for so many seconds at most (0: as long as it takes)."""
    started = time.monotonic()
    folder = OUTPUT / name
    corpus = _fill_corpus(name, folder / "corpus")
    greatest_seconds = (seconds or runs) + GRACE_SECONDS
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
        try:
            process = subprocess.run(
                [
                    *(sys.executable, "-m", "fuzzing.guided", name, str(corpus)),
                    *(f"-runs={runs}", f"-max_total_time={seconds}", f"-seed={number + 1}", "-print_final_stats=1"),
                    *(f"-max_len={GREATEST_INPUT_BYTES}", f"-timeout={GREATEST_SECONDS}"),
                    *(f"-rss_limit_mb={GREATEST_MEGABYTES}", f"-artifact_prefix={folder}/", "-verbosity=1"),
                ],
                env={**os.environ, "TMPDIR": scratch},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=greatest_seconds,
            )
            printed, end = process.stdout, f"ended with {process.returncode}" if process.returncode else ""
        except subprocess.TimeoutExpired as error:
            # It hangs where libFuzzer's own alarm does not reach it.
            printed, end = error.stdout or b"", f"hung, and was killed after {greatest_seconds} s"
    output = printed.decode(errors="replace")
    (folder / "log.txt").write_text(output)
    return _report(name, output, end, time.monotonic() - started)


def _fill_corpus(name: str, corpus: Path) -> Path:
    corpus.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(load_target(name).seeds()):
        (corpus / f"seed-{index}").write_bytes(seed)
    return corpus


def _report(name: str, output: str, end: str, seconds: float) -> Report:
    """Read what was printed; the end is told in words where it was not the right one."""
    statistics = {key: int(value) for key, value in _STATISTIC.findall(output)}
    defects = tuple(Path(path) for path in _ARTIFACT.findall(output))
    log = OUTPUT / name / "log.txt"
    words = ""
    if end:
        lines = output.strip().splitlines()
        problem = next(
            (line for line in lines if re.match(r"[\w.]+(Error|Exception|Warning)\b|.*ERROR: lib", line)), ""
        )
        words = f"{end}: {problem[:300]}; see {log}"
    return Report(
        name,
        statistics.get("number_of_executed_units", 0),
        defects or ((log,) if end else ()),
        statistics.get("slowest_unit_time_sec", 0),
        statistics.get("peak_rss_mb", 0),
        seconds,
        words,
    )
