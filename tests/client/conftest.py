"""A real server with a small service whose answers can be computed by hand."""

from collections.abc import Callable, Iterator
from concurrent import futures

import grpc
import numpy as np
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2_grpc
from ecg_client import EcgClient, Recording
from ecg_client.connection import SERVICE_NAME
from ecg_testing.fake_service import FakeService


@pytest.fixture
def service() -> FakeService:
    """The service behind `address`."""
    return FakeService()


@pytest.fixture
def health_servicer() -> health.HealthServicer:
    """The health service beside it; SERVING unless a test says otherwise."""
    servicer = health.HealthServicer()
    servicer.set(SERVICE_NAME, health_pb2.HealthCheckResponse.SERVING)
    return servicer


@pytest.fixture
def address(service: FakeService, health_servicer: health.HealthServicer) -> Iterator[str]:
    """Where the fake service listens."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    service.may_answer.set()
    server.stop(grace=None).wait()


@pytest.fixture
def client(address: str) -> Iterator[EcgClient]:
    """A client of the fake service."""
    with EcgClient(address, timeout_s=10.0) as client:
        yield client


@pytest.fixture
def make_recording() -> Callable[..., Recording]:
    """Makes recordings whose first samples are 0.1, 0.9, 0.2, 0.3 and 0.8 mV: with findings MI and HYP.

    One that is odd the fake service abstains from.
    """
    return _make_recording


def _make_recording(recording_id: str = "0", sample_rate_hz: float = 100.0, *, is_odd: bool = False) -> Recording:
    signal = np.zeros((1000, 12), dtype=np.float32)
    signal[0, :6] = (0.1, 0.9, 0.2, 0.3, 0.8, float(is_odd))
    return Recording(signal=signal, sample_rate_hz=sample_rate_hz, recording_id=recording_id)
