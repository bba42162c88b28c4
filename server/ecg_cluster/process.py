"""Runs the application: on a Ray of its own until it is told to stop, or deployed to a cluster that runs already."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from ray import serve
from ray.serve.handle import DeploymentHandle

from ecg_cluster.application import application
from ecg_cluster.local_ray import running_ray, start_proxies
from ecg_cluster.settings import APPLICATION, ClusterSettings
from ecg_model.loading import load_classifier
from ecg_server.access.exposure import check_exposure
from ecg_server.addresses import address_text, check_address_is_free
from ecg_server.server import SERVICE_NAME
from ecg_server.settings import ServerSettings

# How long the first answer may take once Serve says that all runs.
FIRST_ANSWER_SECONDS = 300.0


def run_cluster(settings: ClusterSettings, on_ready: Callable[[int], None]) -> None:
    """Serve on a Ray of its own until SIGTERM or SIGINT; `on_ready` is told the port once the application is SERVING.

    Raises:
        AccessError: plain text would leave the machine, or the tokens or certificates cannot be used.
        AddressError: the proxies cannot listen where they are to.
        BundleError: a model cannot be served.
    """
    server = _checked(settings.server)
    check_address_is_free(server.host, server.port)
    port = server.port or _free_port(server.host)
    # In this order: Ray has a way of its own to end at a signal.
    with running_ray(settings), _stop_signal() as stopping:
        start_proxies(port)
        handle = serve.run(application(settings), name=APPLICATION, route_prefix=f"/{APPLICATION}")
        if server.access.tls is None:
            _wait_until_serving(address_text(server.host, port))
        on_ready(port)
        stopping.wait()
        _drain(handle, server.drain_seconds)
        serve.shutdown()


def deploy(settings: ClusterSettings) -> None:
    """Deploy the application to a cluster that runs already, in place of what is deployed there; no call is lost.

    Raises:
        AccessError: plain text would leave the machine, or the tokens or certificates cannot be used.
        BundleError: a model cannot be served.
    """
    server = _checked(settings.server)
    with running_ray(settings):
        start_proxies(server.port)
        serve.run(application(settings), name=APPLICATION, route_prefix=f"/{APPLICATION}")


def _checked(settings: ServerSettings) -> ServerSettings:
    """Return settings with which replicas can serve: what is wrong with a model is told here, in one line."""
    check_exposure(settings.host, settings.access)
    for model in (settings.model, *settings.others.values()):
        load_classifier(model, settings.runtime, settings.threads, settings.operating_point)
    return settings


def _free_port(host: str) -> int:
    """Return a port that is free now. Serve's proxies have to be told one."""
    family = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_until_serving(address: str) -> None:
    """Wait until the proxy has heard of the application."""
    request = health_pb2.HealthCheckRequest(service=SERVICE_NAME)
    with grpc.insecure_channel(address) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        for response in health.Watch(request, timeout=FIRST_ANSWER_SECONDS):
            if response.status == health_pb2.HealthCheckResponse.SERVING:
                return


def _drain(handle: DeploymentHandle, seconds: float) -> None:
    """Have every replica answer what it has received, and take no more."""
    try:
        handle.broadcast("drain").results(timeout_s=seconds)
    except TimeoutError:
        return


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """Yield what is set when this process is to stop."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopping
    finally:
        for number, action in before.items():
            signal.signal(number, action)
