"""Every target of the fuzzer, for seconds: the same inputs each time, without guidance."""

import pytest
from fuzzing.choices import Choices
from fuzzing.targets import SHARES, load_target

from fuzzing import plain

# About a second of each.
COUNTS = {
    "messages": 800,
    "keras_file": 2500,
    "npz": 1200,
    "ptbxl": 700,
    "bundle": 2000,
    "recordings": 120,
    "wfdb_record": 120,
    "ecg_files": 250,
}
GREATEST_SECONDS = 10


@pytest.mark.parametrize("name", SHARES)
def test_rubbish_is_refused_and_nothing_else_comes_of_it(name: str) -> None:
    """Only errors that say what is wrong come out, and no input takes long."""
    target = load_target(name)
    slowest = plain.run(target.test_one_input, target.seeds(), COUNTS[name])

    assert slowest < GREATEST_SECONDS


def test_a_defect_comes_out() -> None:
    """What a target lets out ends the run: the fuzzer can fail."""

    def fragile(data: bytes) -> None:
        if len(data) > 4:
            raise IndexError

    with pytest.raises(IndexError):
        plain.run(fragile, [b"seed"], 1000)


def test_inputs_are_the_same_each_time() -> None:
    """The seeds come first, then what is bred from them; another number breeds others."""
    seeds = [b"one seed", b"another"]
    bred = list(plain.inputs(seeds, 100))

    assert bred == list(plain.inputs(seeds, 100))
    assert bred[:2] == seeds
    assert len(set(bred)) > 50
    assert bred != list(plain.inputs(seeds, 100, number=1))


def test_decisions_come_from_the_bytes_and_never_end() -> None:
    """Both ends of a range can be had, and 0 when nothing is left."""
    choices = Choices(b"\x05\0\0\0\x01\0\0\0\0\0\0\xf0\x3f")

    assert choices.integer(2, 6) == 2
    assert choices.one_of("ab") == "b"
    assert choices.number() == 1.0
    assert choices.rest() == b""
    assert choices.integer(2, 6) == 2
