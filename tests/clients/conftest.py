"""Servers for the clients of other languages to call, records for them to read, and the answers they are to give."""

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_testing.fake_service import FakeService
from ecg_testing.guarded_process import GuardedServer, guarded_process
from ecg_testing.processes import ServerProcess
from ecg_testing.python_answers import python_answers
from ecg_testing.wfdb_folder import write_folder

pytest.register_assert_rewrite("ecg_testing.every_language", "ecg_testing.classify_program")

_MEBIBYTE = 1 << 20


@pytest.fixture(scope="session")
def wfdb_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 44 records: plain ones, others, and four that are not classified."""
    return write_folder(tmp_path_factory.mktemp("wfdb"))


@pytest.fixture(scope="session")
def wfdb_answers(default_server: ServerProcess, wfdb_folder: Path) -> list[dict[str, Any]]:
    """What is to be printed for each of them."""
    return python_answers(default_server.address, wfdb_folder)


@pytest.fixture(scope="session")
def guarded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedServer]:
    """A server behind TLS that asks for a token."""
    with guarded_process(tmp_path_factory.mktemp("guarded")) as server:
        yield server


@pytest.fixture
def fake_service() -> FakeService:
    """The service behind `fake_address`."""
    return FakeService()


@pytest.fixture
def fake_address(fake_service: FakeService) -> Iterator[str]:
    """Where the fake service listens."""
    with _serving(fake_service) as address:
        yield address


@pytest.fixture
def long_winded_address() -> Iterator[str]:
    """Where a service listens whose answers are of 5 MiB."""
    with _serving(_LongWinded()) as address:
        yield address


class _LongWinded(FakeService):
    """Warns with many words."""

    def Predict(self, request: Any, context: Any) -> ecg_service_pb2.PredictResponse:  # noqa: N802 - in the contract
        response = super().Predict(request, context)
        response.prediction.warnings[0].message = "x" * 5 * _MEBIBYTE
        return response

    def PredictStream(  # noqa: N802 - in the contract
        self, request_iterator: Any, context: Any
    ) -> Iterator[ecg_service_pb2.PredictStreamResponse]:
        for number, response in enumerate(super().PredictStream(request_iterator, context)):
            if number == 0:
                response.results[0].prediction.warnings[0].message = "x" * 5 * _MEBIBYTE
            yield response


@contextmanager
def _serving(service: FakeService) -> Iterator[str]:
    options = [("grpc.max_receive_message_length", 64 * _MEBIBYTE), ("grpc.max_send_message_length", 64 * _MEBIBYTE)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=options)
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(grace=None).wait()
