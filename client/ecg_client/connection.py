"""What both clients agree on: where the service is, how a channel to it is set up, how long a call may take."""

import dataclasses
import ipaddress
import json
import re

import grpc
import grpc.aio

from ecg.v1 import ecg_service_pb2
from ecg_client.errors import InvalidAddressError, InvalidCredentialsError
from ecg_client.tls import Tls

DEFAULT_ADDRESS = "127.0.0.1:50051"
DEFAULT_TIMEOUT_S = 30.0

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""The server accepts messages up to 64 MiB unless it was told otherwise; grpc alone would stop at 4."""

SERVICE_NAME = ecg_service_pb2.DESCRIPTOR.services_by_name["EcgService"].full_name
"""What health is asked of: the process alone may be alive while its service takes no calls."""

# Streams are resumed by `ecg_client.resumption`, and nobody wants a health check to be repeated until it is well.
_RETRIED_METHODS = ("Predict", "Explain", "ModelSummary")
_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{"service": SERVICE_NAME, "method": method} for method in _RETRIED_METHODS],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.1s",
                "maxBackoff": "2s",
                "backoffMultiplier": 3,
                "retryableStatusCodes": [grpc.StatusCode.UNAVAILABLE.name],
            },
        }
    ]
}
# A name or a list that stands for several servers: calls go to one after the other, past those that say of themselves
# that they take none.
_BALANCED_SERVICE_CONFIG = {
    **_SERVICE_CONFIG,
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": SERVICE_NAME},
}
_CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.enable_retries", 1),
    # A call whose message is larger is not retried, and by itself grpc stops at 256 KiB.
    ("grpc.per_rpc_retry_buffer_size", MAX_MESSAGE_BYTES),
    # A server that comes back is found within seconds, not minutes.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    # A peer that vanished without a word is noticed, if anything is asked of it.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 20_000),
)

_MAX_PORT = 65535
_HOST_AND_PORT = re.compile(r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)(?:%\w+)?\]|(?P<host>[^\s:/\[\]]+)):(?P<port>[0-9]{1,5})")
# What grpc itself calls a target, for those who know what they do.
_TARGET = re.compile(r"(?:unix|unix-abstract|dns|ipv4|ipv6|xds):\S+")
_TARGETS_OF_SEVERAL = ("dns:", "ipv4:", "ipv6:")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclasses.dataclass(frozen=True, slots=True)
class Connection:
    """Where the service is, and how it and its caller show each other who they are.

    Attributes:
        address: HOST:PORT or a target of grpc, such as `unix:PATH` or `dns:///HOST:PORT`. The calls to a target that
            stands for several servers (`dns:///HOST:PORT`, `ipv4:HOST:PORT,HOST:PORT`) are shared out among them.
        tls: Certificates; None is plain text.
        token: The bearer token that every call brings; None is none. It travels in plain text only to this machine.

    Raises:
        InvalidAddressError: The address names no host and port.
        InvalidCredentialsError: The token is none, or it would leave this machine in plain text.
    """

    address: str
    tls: Tls | None = None
    token: str | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        checked_address(self.address)
        if self.token is None:
            return
        if not _TOKEN.fullmatch(self.token):
            raise InvalidCredentialsError(
                "the token is empty or has characters that no token has; give it without blanks and line ends"
            )
        if self.tls is None and not is_of_this_machine(self.address):
            raise InvalidCredentialsError(
                f"the token would travel to {self.address} in plain text; give tls=Tls(...), or --tls, with it"
            )

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What every call brings."""
        return () if self.token is None else (("authorization", f"Bearer {self.token}"),)

    def open(self) -> grpc.Channel:
        """Returns a blocking channel; it connects when something is asked."""
        if self.tls is None:
            return grpc.insecure_channel(self.address, options=self._options)
        return grpc.secure_channel(self.address, self.tls.credentials(), options=self._options)

    def open_async(self) -> grpc.aio.Channel:
        """Returns an asynchronous channel; it connects when something is asked."""
        if self.tls is None:
            return grpc.aio.insecure_channel(self.address, options=self._options)
        return grpc.aio.secure_channel(self.address, self.tls.credentials(), options=self._options)

    @property
    def _options(self) -> tuple[tuple[str, str | int], ...]:
        # What stays on this machine needs no proxy, and no proxy is to read it.
        direct = (("grpc.enable_http_proxy", 0),) if is_of_this_machine(self.address) else ()
        is_of_several = self.address.startswith(_TARGETS_OF_SEVERAL)
        config = json.dumps(_BALANCED_SERVICE_CONFIG if is_of_several else _SERVICE_CONFIG)
        tls_options = () if self.tls is None else self.tls.options
        return (*_CHANNEL_OPTIONS, ("grpc.service_config", config), *direct, *tls_options)


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


def is_of_this_machine(address: str) -> bool:
    """Says whether what is sent to an address surely stays on this machine."""
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    match = _HOST_AND_PORT.fullmatch(address)
    return match is not None and _is_loopback(match["ipv6"] or match["host"])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
