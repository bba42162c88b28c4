"""Ports of this machine."""

import random
import socket

_FIRST_EPHEMERAL_PORT = 32_768


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def lasting_port() -> int:
    """Return a port that nobody listens on, and that no connection is given for its own end while nobody does."""
    for port in random.sample(range(20_000, _FIRST_EPHEMERAL_PORT), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no port is free")
