"""What an operator decides. Read once, by `__main__`; nothing else looks at flags or the environment."""

from dataclasses import dataclass, field
from pathlib import Path

from ecg_client.connection import DEFAULT_ADDRESS, Connection

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """With what the gateway shows its callers who it is. Both files are PEM.

    Attributes:
        certificate: the gateway's certificate, and those between it and its authority.
        private_key: the certificate's key, not encrypted.
    """

    certificate: Path
    private_key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySettings:
    """How much a request may bring.

    Attributes:
        max_bytes: the largest body, as it comes and once it is inflated.
        held_bytes: bytes of bodies that may be in memory, those of all requests together.
        read_seconds: how long a body may take to arrive.
    """

    max_bytes: int = 32 * MEBIBYTE
    held_bytes: int = 256 * MEBIBYTE
    read_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """How the gateway runs.

    Attributes:
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        metrics_port: a further port, on the same address, that tells metrics to Prometheus; None: there is none.
        service: where the gRPC service is, and the certificates for it. Its tokens are the callers' own.
        tls: the gateway's own certificate; None: plain text.
        is_insecure: whether plain text may leave this machine, on the way to callers or to the service.
        allowed_origins: the origins whose pages may call, such as `https://ward.example.org`; `*` is every one.
        timeout_seconds: how long a call of the service may take; a caller may ask for less.
        drain_seconds: how long requests may go on after SIGTERM.
        body: how much a request may bring.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    metrics_port: int | None = None
    service: Connection = field(default_factory=lambda: Connection(DEFAULT_ADDRESS))
    tls: TlsSettings | None = None
    is_insecure: bool = False
    allowed_origins: tuple[str, ...] = ()
    timeout_seconds: float = 30.0
    drain_seconds: float = 15.0
    body: BodySettings = field(default_factory=BodySettings)
