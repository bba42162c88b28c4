"""What is fuzzed: a `test_one_input` and its `seeds` in each file."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# Of a thousand inputs, how many each target gets: those that take long get fewer.
SHARES = {
    "messages": 700,
    "keras_file": 150,
    "npz": 50,
    "ptbxl": 20,
    "bundle": 20,
    "recordings": 5,
    "wfdb_record": 5,
    "ecg_files": 50,
}


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed.

    Attributes:
        name: of its file.
        test_one_input: takes any bytes; lets out only what is a defect.
        seeds: makes what inputs are bred from.
    """

    name: str
    test_one_input: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]


def load_target(name: str) -> Target:
    """Return a target by the name of its file."""
    module = importlib.import_module(f"fuzzing.targets.{name}")
    return Target(name, module.test_one_input, module.seeds)
