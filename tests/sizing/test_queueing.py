"""The simulated wait: against what is known in closed form."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sizing.queueing import simulate, waits


def test_waits_by_hand() -> None:
    """Two cores, four calls at once of 3, 1, 1 and 1: the third waits for the second, the fourth for the third."""
    assert waits(np.zeros(4), np.array([3.0, 1, 1, 1]), cores=2).tolist() == [0, 0, 1, 2]
    assert waits(np.array([0.0, 2, 2.5]), np.array([1.0, 1, 1]), cores=1).tolist() == [0, 0, 0.5]


@given(
    gaps=st.lists(st.floats(0, 10), min_size=1, max_size=40),
    services=st.lists(st.floats(0, 10), min_size=40, max_size=40),
    cores=st.integers(1, 5),
)
def test_another_core_never_makes_the_waits_longer(gaps: list[float], services: list[float], cores: int) -> None:
    """In all, and nobody waits less than not at all."""
    arrivals, taken = np.cumsum(gaps), np.array(services[: len(gaps)])
    few, more = waits(arrivals, taken, cores), waits(arrivals, taken, cores + 1)
    assert few.min() >= 0
    assert more.sum() <= few.sum() + 1e-9


def test_one_core_waits_as_pollaczek_and_khinchine_say() -> None:
    """Their formula for one core and any spread of service times."""
    for variation in (0.2, 1.0):
        expected = 0.6 * (1 + variation**2) / 2 / 0.4
        assert simulate(1, 0.6, variation, calls=200_000).mean == pytest.approx(expected, rel=0.06)


@pytest.mark.parametrize(("cores", "utilisation"), [(2, 0.6), (16, 0.8)])
def test_several_cores_wait_as_erlang_says(cores: int, utilisation: float) -> None:
    """Exponential service: how many wait, and how long the slowest hundredth does."""
    load = cores * utilisation
    last = load**cores / math.factorial(cores) / (1 - utilisation)
    waiting = last / (sum(load**n / math.factorial(n) for n in range(cores)) + last)
    found = simulate(cores, utilisation, 1.0, calls=200_000)
    assert found.mean == pytest.approx(waiting / (cores - load), rel=0.08)
    assert found.p99 == pytest.approx(math.log(waiting / 0.01) / (cores - load), rel=0.08)
