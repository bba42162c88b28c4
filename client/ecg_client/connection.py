"""What both clients agree on: where the service is, how a channel to it is set up, how long a call may take."""

import re

from ecg_client.errors import InvalidAddressError

DEFAULT_ADDRESS = "127.0.0.1:50051"
DEFAULT_TIMEOUT_S = 30.0

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""The server accepts messages up to 64 MiB unless it was told otherwise; grpc alone would stop at 4."""

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
)

_MAX_PORT = 65535
_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})")
# What grpc itself calls a target, for those who know what they do.
_TARGET = re.compile(r"(?:unix|unix-abstract|dns|ipv4|ipv6|xds):\S+")


def checked_address(address: str) -> str:
    """Returns the address as it is if a channel can be made to it.

    grpc would take a missing port for 443 in silence, and a URL for the name of a host.

    Raises:
        InvalidAddressError: It is neither HOST:PORT nor a target of grpc, such as `unix:PATH` or `dns:///HOST:PORT`.
    """
    if _TARGET.fullmatch(address):
        return address
    match = _HOST_AND_PORT.fullmatch(address)
    if match is None or not 0 < int(match["port"]) <= _MAX_PORT:
        raise InvalidAddressError(address, f"give HOST:PORT, such as {DEFAULT_ADDRESS}, without http://")
    return address
