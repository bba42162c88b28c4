"""Where the server may listen in plain text: on this machine, and elsewhere only when told so in so many words."""

import ipaddress
import socket

from ecg_server.access.errors import ExposureError
from ecg_server.settings import AccessSettings


def check_exposure(host: str, access: AccessSettings) -> None:
    """Refuse to let plain text leave the machine, unless the settings say that it may.

    Raises:
        ExposureError: without TLS, and without `is_insecure`, the host is not a loopback address, or a name of none.
    """
    if access.tls is None and not access.is_insecure:
        _check_is_loopback(host)


def exposure_notice(host: str, access: AccessSettings) -> str | None:
    """Return what to say at the start of a server whose plain text leaves the machine, in one line; else None."""
    if access.tls is not None or _is_loopback(host):
        return None
    what = "recordings and bearer tokens" if access.tokens is not None else "recordings"
    return f"INSECURE: {what} travel to and from {host} in plain text, and anybody on the way can read and alter them"


def _is_loopback(host: str) -> bool:
    try:
        _check_is_loopback(host)
    except ExposureError:
        return False
    return True


def _check_is_loopback(host: str) -> None:
    try:
        addresses = {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is no host name"
        raise ExposureError(host, f"nobody can tell whether it is this machine's own loopback ({problem})") from error
    # A name may have several addresses, and all of them are listened on.
    for address in sorted(addresses):
        if not ipaddress.ip_address(address).is_loopback:
            raise ExposureError(host, f"{address} can be reached from other machines")
