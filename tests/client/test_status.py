import grpc
import pytest

from ecg.v1 import ecg_service_pb2, ecg_service_pb2_grpc
from ecg_client import DeadlineExceededError, ServiceError
from ecg_client.status import typed_errors
from ecg_testing.fake_service import FakeService


@pytest.mark.parametrize(
    ("timeout_s", "error"), [(0, DeadlineExceededError), (60, ServiceError)], ids=["time is over", "there is time left"]
)
def test_a_call_that_the_server_ends_because_its_time_is_over_is_one_without_an_answer_in_time(
    address: str, service: FakeService, timeout_s: float, error: type[ServiceError]
) -> None:
    """Where the server notices first, gRPC says CANCELLED; a call that ends so with time left was cancelled."""
    service.failures.append(grpc.StatusCode.CANCELLED)
    with (
        grpc.insecure_channel(address) as channel,
        pytest.raises(ServiceError) as raised,
        typed_errors(address, timeout_s),
    ):
        ecg_service_pb2_grpc.EcgServiceStub(channel).Predict(ecg_service_pb2.PredictRequest())
    assert type(raised.value) is error
