"""Asks for the server's health again and again, over a connection of its own. Run in a process of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import grpc
from grpc_health.v1 import health_pb2

from benchmarks.machine import use_only

SERVICE = "ecg.v1.EcgService"
EVERY_SECONDS = 0.1
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Probes:
    """What a probe was told.

    Attributes:
        statuses: what it was told, such as SERVING, or the name of the status that the asking failed with.
        milliseconds: how long each answer took.
    """

    statuses: tuple[str, ...]
    milliseconds: tuple[float, ...]


def probe(address: str, begins: float, ends: float, cores: tuple[int, ...]) -> Probes:
    """Ask from one moment to another, on the clock of `time.monotonic`."""
    use_only(cores)
    statuses, milliseconds = [], []
    with grpc.insecure_channel(address) as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            health_pb2.HealthCheckRequest.SerializeToString,
            health_pb2.HealthCheckResponse.FromString,
        )
        grpc.channel_ready_future(channel).result(TIMEOUT_SECONDS)
        time.sleep(max(0.0, begins - time.monotonic()))
        while (now := time.monotonic()) < ends:
            statuses.append(_ask(check))
            milliseconds.append(1000 * (time.monotonic() - now))
            time.sleep(max(0.0, EVERY_SECONDS - (time.monotonic() - now)))
    return Probes(tuple(statuses), tuple(milliseconds))


def _ask(check: Callable[..., health_pb2.HealthCheckResponse]) -> str:
    try:
        answer = check(health_pb2.HealthCheckRequest(service=SERVICE), timeout=TIMEOUT_SECONDS)
    except grpc.RpcError as error:
        return error.code().name
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
