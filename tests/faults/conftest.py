"""How many faults, and when."""

import random
import time
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def faults(request: pytest.FixtureRequest) -> int:
    """How many faults of a kind a test makes."""
    count: int = request.config.getoption("--faults")
    return count


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """What random timing follows from; its seed is printed with a failure."""
    seed = request.config.getoption("--faults-seed")
    seed = random.randrange(2**32) if seed is None else seed  # noqa: S311 - it is to be random, not secret
    print(f"to repeat the timing: --faults-seed {seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)  # noqa: S311 - likewise


@pytest.fixture
def moments(faults: int, chance: random.Random) -> Callable[[], Iterator[int]]:
    """Gives as many numbers as there are to be faults, each after a while of random length."""

    def wait() -> Iterator[int]:
        for number in range(faults):
            time.sleep(chance.uniform(0.01, 0.3))
            yield number

    return wait


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def is_async(request: pytest.FixtureRequest) -> bool:
    """Whether the client is the asynchronous one."""
    return bool(request.param)
