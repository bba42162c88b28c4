"""What Ray reads from the environment when it is imported."""

import os
import secrets

LOOPBACKS = ("127.0.0.1", "localhost", "[::1]")


def prepare(address: str) -> None:
    """Set what Ray is to read; it must not be imported yet.

    Args:
        address: of the cluster that is there, as HOST:PORT; empty: one will be started.
    """
    # Nothing is told to its makers, and what it has to say to people is said here in one line.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    if not address or address.rpartition(":")[0] in LOOPBACKS:
        # Stay on the loopback interface, as Ray does by itself on Windows and macOS.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    if not address:
        # Other users of this machine may not use the cluster; without this, Ray would leave a token in the home folder.
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
