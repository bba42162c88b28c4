"""Addresses to listen on, and why one cannot be."""

import socket


class AddressError(Exception):
    """The server cannot listen where it was told to. Its text is one line."""

    def __init__(self, host: str, port: int, problem: str, flag: str = "--port") -> None:
        super().__init__(f"cannot listen on {address_text(host, port)}: {problem}; choose another --host or {flag}")


def address_text(host: str, port: int) -> str:
    """Return an address as gRPC and people write it: an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_address_is_free(host: str, port: int) -> None:
    """Bind to an address and let go of it again: gRPC does not say why it cannot, the operating system does.

    Raises:
        AddressError: the address is in use, not permitted, or none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As gRPC does: the leftovers of a server that has just ended are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
