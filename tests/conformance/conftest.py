"""The services that are to answer alike."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from grpc import aio

from ecg.v1.ecg_service_pb2_grpc import EcgServiceStub
from ecg_model.classifier import Classifier
from ecg_model.loading import load_classifier
from ecg_testing.conforming import MODELS, RAY_SERVE, SERVER, Service
from ecg_testing.processes import ServerProcess
from ecg_testing.ray_processes import cluster_process
from ecg_testing.tools import module


@pytest.fixture(scope="module", params=[SERVER, RAY_SERVE])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """Each of the services, started by its one command; SIGTERM ends it with status 0."""
    if request.param == RAY_SERVE:
        module("ray")
    with ServerProcess(*MODELS) if request.param == SERVER else cluster_process(*MODELS) as process:
        yield Service(request.param, process.address, process.process.pid)
        assert process.stop() == 0


@pytest_asyncio.fixture
async def channel(service: Service) -> AsyncIterator[aio.Channel]:
    """A channel to the service, which takes answers of any size."""
    async with aio.insecure_channel(service.address, options=[("grpc.max_receive_message_length", -1)]) as opened:
        yield opened


@pytest.fixture
def stub(channel: aio.Channel) -> EcgServiceStub:
    """The service."""
    return EcgServiceStub(channel)


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """What computes the answers, without a service around it."""
    return load_classifier("reference")
