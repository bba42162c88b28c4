"""The machine and the software, described without naming either's owner."""

import os
import platform
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

PACKAGES = (
    "ecg-classifier",
    "flask",
    "grpcio",
    "keras",
    "numpy",
    "onnxruntime",
    "protobuf",
    "ray",
    "tensorflow",
    "tf_keras",
    "uvloop",
    "werkzeug",
)


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a benchmark ran.

    Attributes:
        processor: the processor, as it calls itself.
        usable_cores: cores that this run could use, clients and servers together.
        memory_gb: main memory, in 10^9 bytes.
        system: the operating system.
        python: the interpreter.
        versions: versions of the packages that matter.
        load_before: processes that wanted to run in the minute before, on average; 0 on a quiet machine.
    """

    processor: str
    usable_cores: int
    memory_gb: float
    system: str
    python: str
    versions: dict[str, str]
    load_before: float


def describe_machine() -> Machine:
    """Return a description of this machine."""
    return Machine(
        processor=_processor(),
        usable_cores=usable_cores(),
        memory_gb=round(psutil.virtual_memory().total / 1e9, 1),
        system=f"{platform.system()} {platform.release().partition('-')[0]} ({platform.machine()})",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        versions={name: found for name in PACKAGES if (found := _version(name))},
        load_before=round(os.getloadavg()[0], 2),
    )


def usable_cores() -> int:
    """Return how many cores this process, and what it starts, may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_cores(count: int) -> None:
    """Keep this process, and all that it starts, to so many cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def use_only(cores: Collection[int]) -> None:
    """Keep this process, and all that it starts, to these cores."""
    os.sched_setaffinity(0, cores)
