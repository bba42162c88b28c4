"""The settings of connections, as gRPC wants to be told of them."""

from typing import Any

from ecg_server.settings import ServerSettings

# How long a client may take to say that it is still there.
KEEPALIVE_TIMEOUT_SECONDS = 20


def connection_options(settings: ServerSettings) -> list[tuple[str, Any]]:
    """Return the options of a gRPC server."""
    connections = settings.connections
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", settings.max_message_bytes),
        # Unless they are meant to share, a second server on the port would silently take half of the calls.
        ("grpc.so_reuseport", int(settings.workers > 1)),
        # Of calls that wait for their beginning gRPC ends some at random, whoever made them, when there are many (past
        # 1,000 by itself): one connection can only have a hundredth of what may wait.
        ("grpc.max_concurrent_streams", connections.max_calls_per_connection),
        ("grpc.server.max_pending_requests", 100 * connections.max_calls_per_connection),
        ("grpc.server.max_pending_requests_hard_limit", 200 * connections.max_calls_per_connection),
        ("grpc.keepalive_time_ms", _milliseconds(connections.keepalive_seconds)),
        ("grpc.keepalive_timeout_ms", _milliseconds(KEEPALIVE_TIMEOUT_SECONDS)),
        ("grpc.http2.min_ping_interval_without_data_ms", _milliseconds(connections.least_ping_interval_seconds)),
        # A client may ask whether the server is there while it has nothing else to ask.
        ("grpc.keepalive_permit_without_calls", 1),
    ]
    if connections.max_age_seconds:
        options += [
            ("grpc.max_connection_age_ms", _milliseconds(connections.max_age_seconds)),
            ("grpc.max_connection_age_grace_ms", _milliseconds(connections.grace_seconds)),
        ]
    return options


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
