"""Gateways before a service whose answers can be computed by hand, and before the server that ships."""

from collections.abc import Iterator

import numpy as np
import pytest

from ecg_testing.fake_service import FakeService
from ecg_testing.gateways import gateway, serving_blocking
from ecg_testing.processes import ServerProcess


@pytest.fixture(scope="module")
def service() -> FakeService:
    """The service behind `url`."""
    return FakeService()


@pytest.fixture(scope="module")
def service_address(service: FakeService) -> Iterator[str]:
    """Where that service listens."""
    with serving_blocking(service) as address:
        yield address
        service.may_answer.set()


@pytest.fixture(scope="module")
def url(service_address: str) -> Iterator[str]:
    """A gateway before a service whose probabilities are the first samples of leads I, II, III, aVR and aVL."""
    with gateway(service_address) as base:
        yield base


@pytest.fixture(scope="module")
def default_url(default_server: ServerProcess) -> Iterator[str]:
    """A gateway before the server that ships."""
    with gateway(default_server.address) as base:
        yield base


@pytest.fixture
def original_recording() -> dict[str, list[object]]:
    """A recording as the original web service took it: the probabilities of the fake service are 0.1 to 0.5."""
    signal = np.zeros((1000, 12))
    signal[0, :5] = (0.1, 0.2, 0.3, 0.4, 0.5)
    return {"X": [65, 1, 170, 70.5, 0, 0, 0], "Y": signal.tolist()}
