"""A real gateway on a free port, in a thread of the test's process."""

import socket
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
import uvicorn
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ecg.v1 import ecg_service_pb2_grpc
from ecg_client.connection import SERVICE_NAME, Connection
from ecg_gateway.process import uvicorn_config
from ecg_gateway.settings import GatewaySettings


@contextmanager
def gateway(service: str | Connection, **settings: Any) -> Iterator[str]:
    """Serve HTTP for the service at an address, with these settings among others; the base URL is given."""
    connection = Connection(service) if isinstance(service, str) else service
    made = GatewaySettings(service=connection, **settings)
    server = uvicorn.Server(uvicorn_config(made))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="gateway")
        thread.start()
        try:
            yield f"{'http' if made.tls is None else 'https'}://localhost:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=60)
            assert not thread.is_alive()


@contextmanager
def serving_blocking(service: ecg_service_pb2_grpc.EcgServiceServicer, at_port: int = 0) -> Iterator[str]:
    """Serve a service of a test's own, healthy, on this port or a free one; where it listens is given."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    ecg_service_pb2_grpc.add_EcgServiceServicer_to_server(service, server)
    well = health.HealthServicer()
    well.set(SERVICE_NAME, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(well, server)
    port = server.add_insecure_port(f"127.0.0.1:{at_port}")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait()
