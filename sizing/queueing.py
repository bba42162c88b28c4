"""How long calls wait at some utilisation: a simulation, so that the headroom is no guess."""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wait:
    """How long calls waited before they were begun, in units of the mean service time.

    Attributes:
        mean: of all.
        p99: of the slowest hundredth, the least.
    """

    mean: float
    p99: float


def waits(arrivals: Floats, services: Floats, cores: int) -> Floats:
    """Return how long each call waits that is begun in the order of arrival by whichever core is free first.

    Args:
        arrivals: when each comes, rising.
        services: how long each takes.
        cores: how many there are.
    """
    free = [0.0] * cores
    waited = np.empty(len(arrivals))
    for index, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begun = max(arrival, free[0])
        heapq.heapreplace(free, begun + service)
        waited[index] = begun - arrival
    return waited


def simulate(cores: int, utilisation: float, variation: float, calls: int = 60_000, seed: int = 1) -> Wait:
    """Return how long calls wait that come at random, independent of each other, as from many hospitals.

    Args:
        cores: that work on them.
        utilisation: how busy these are, 0 to 1.
        variation: standard deviation of the service time over its mean; 1 is that of an exponential one.
        calls: how many are simulated; the first tenth does not count.
        seed: what the random numbers follow from.
    """
    random = np.random.default_rng(seed)
    arrivals = np.cumsum(random.exponential(1 / (cores * utilisation), calls))
    shape = 1 / variation**2
    waited = waits(arrivals, random.gamma(shape, 1 / shape, calls), cores)[calls // 10 :]
    return Wait(float(waited.mean()), float(np.quantile(waited, 0.99)))
