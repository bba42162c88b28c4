import dataclasses
from collections.abc import Callable

import grpc
import numpy as np
import pytest

from ecg_client import AsyncEcgClient, EcgClient, LimitExceededError, Recording, ServiceError, ServiceUnavailableError
from ecg_testing.fake_service import FakeService

MakeRecording = Callable[..., Recording]
UNAVAILABLE = grpc.StatusCode.UNAVAILABLE


def test_a_call_is_made_again_while_the_service_is_unavailable(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """The caller sees one answer."""
    service.failures.extend([UNAVAILABLE] * 2)
    assert client.predict(make_recording("mine")).recording_id == "mine"
    assert service.calls == 3
    service.failures.append(UNAVAILABLE)
    assert client.model_summary().parameter_count == 42


async def test_the_asynchronous_client_does_so_too(
    address: str, service: FakeService, make_recording: MakeRecording
) -> None:
    """With the same service config."""
    service.failures.extend([UNAVAILABLE] * 2)
    async with AsyncEcgClient(address) as client:
        assert (await client.predict(make_recording("mine"))).recording_id == "mine"
    assert service.calls == 3


def test_a_long_recording_is_sent_again_too(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """By itself grpc would keep no more than 256 KiB of a call."""
    recording = dataclasses.replace(make_recording(), signal=np.zeros((60_000, 12), dtype=np.float32))
    service.failures.append(UNAVAILABLE)
    client.predict(recording)
    assert service.calls == 2


def test_it_is_given_up_after_a_few_attempts(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """The error is the last one."""
    service.failures.extend([UNAVAILABLE] * 10)
    with pytest.raises(ServiceUnavailableError, match="as the test wants it"):
        client.predict(make_recording())
    assert service.calls == 4


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.UNAUTHENTICATED,
    ],
)
def test_no_other_failure_is_repeated(
    client: EcgClient, service: FakeService, make_recording: MakeRecording, code: grpc.StatusCode
) -> None:
    """It would come again, or make things worse."""
    service.failures.append(code)
    with pytest.raises(ServiceError) as caught:
        client.predict(make_recording())
    assert (caught.value.code, caught.value.retry_after_s, service.calls) == (code, None, 1)


def test_a_limit_says_when_to_come_again(
    client: EcgClient, service: FakeService, make_recording: MakeRecording
) -> None:
    """In seconds, for the caller to obey."""
    service.failures.append(grpc.StatusCode.RESOURCE_EXHAUSTED)
    service.retry_after_s = 1.5
    with pytest.raises(LimitExceededError) as caught:
        client.predict(make_recording())
    assert caught.value.retry_after_s == 1.5
