"""What an operator decides. Read once, by `__main__`; nothing else looks at flags or the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ecg_model.bundle import DEFAULT_BUNDLE
from ecg_model.loading import Runtime

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchingSettings:
    """How recordings are gathered into batches.

    Attributes:
        largest_batch: windows in one run of the network, at most; most recordings have one. The fewer, the sooner a
            single call gets its turn beside streams; the more, the less a recording of a stream costs.
        runs: runs of the network side by side, so that one is prepared while another computes.
        queue_windows: windows of recordings that may wait, from all callers together.
        queue_bytes: bytes of signal that may wait, likewise.
    """

    largest_batch: int = 16
    runs: int = 2
    queue_windows: int = 1024
    queue_bytes: int = 256 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationSettings:
    """What may be spent on explanations.

    Attributes:
        at_once: explanations that are computed at once; further ones wait.
        most_windows: windows that the network may be run on for one explanation, beyond those of its prediction.
    """

    at_once: int = 1
    most_windows: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """With what the server shows who it is, and what it wants to see of its callers. All files are PEM.

    Attributes:
        certificate: the server's certificate, and those between it and its authority.
        private_key: the certificate's key, not encrypted.
        client_authority: certificates of the authorities whose clients may call; None: clients need no certificate.
        client_names: the names of the clients that may call, as their certificates have them (a subject alternative
            name, or the common name); empty: all that the authorities vouch for.
    """

    certificate: Path
    private_key: Path
    client_authority: Path | None = None
    client_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Who may call, and how much.

    Attributes:
        tls: certificates; None: plain text.
        tokens: a file of bearer tokens, hashed, of which a caller must have one; None: callers need no token.
        is_insecure: whether plain text may leave this machine, that is, whether the server may listen on an address
            other than the loopback ones without TLS.
        caller_recordings_per_second: what one caller may send, on average; 0: as many as it likes.
        caller_calls: calls and streams that one caller may have open at once; 0: as many as it likes.
    """

    tls: TlsSettings | None = None
    tokens: Path | None = None
    is_insecure: bool = False
    caller_recordings_per_second: float = 0.0
    caller_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """How long connections and calls may last.

    Attributes:
        max_age_seconds: how long a connection may last; 0: as long as it likes.
        grace_seconds: how long calls may go on after that.
        default_deadline_seconds: how long a single call may take whose caller set no deadline; 0: as long as it takes.
        keepalive_seconds: how long nothing may be heard of a client before it is asked whether it is still there; one
            that does not say so within 20 s is disconnected.
        least_ping_interval_seconds: a client that pings more often, and has no reason to, is told to go.
        max_calls_per_connection: calls and streams on one connection at once; more wait in the client. So whoever
            floods the server over a few connections fills its own memory, and keeps nobody else out; 100 is the least
            that RFC 9113 recommends.
    """

    max_age_seconds: float = 0.0
    grace_seconds: float = 30.0
    default_deadline_seconds: float = 60.0
    keepalive_seconds: float = 60.0
    least_ping_interval_seconds: float = 10.0
    max_calls_per_connection: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSettings:
    """What the server writes down, and where.

    Attributes:
        log: a file for the log; None: standard error.
        audit: a file for one line a recording, with the digest of what was sent and what was answered; None: none.
    """

    log: Path | None = None
    audit: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """How the server looks after itself.

    Attributes:
        check_seconds: how often it classifies its golden recordings and looks at its threads and logs.
        stuck_seconds: how long one run of the network may take before it counts as stuck.
        watch_seconds: how often it looks whether its bundles' files have changed; 0: only on SIGHUP.
    """

    check_seconds: float = 30.0
    stuck_seconds: float = 30.0
    watch_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """What the server tells of itself, and how.

    Attributes:
        metrics_port: a further port that tells metrics to anyone who comes, in plain text; 0 picks a free one; None:
            there is none.
        sends_metrics: whether metrics are sent over OTLP.
        sends_traces: whether calls are traced, and the traces sent over OTLP.
        every_seconds: how often metrics are sent.
    """

    metrics_port: int | None = None
    sends_metrics: bool = False
    sends_traces: bool = False
    every_seconds: float = 60.0

    @property
    def has_metrics(self) -> bool:
        """Whether anything needs to be counted."""
        return self.metrics_port is not None or self.sends_metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How the server runs.

    Attributes:
        model: a shipped bundle's name, or the path of a bundle or of a .keras file. It has the label "stable".
        others: further models by their labels, such as "canary".
        operating_point: the name of the models' operating point to run at; None: of each its first.
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        health_port: a further port that answers health checks and nothing else, in plain text and to anyone, for probes
            that have no certificates; None: there is none.
        runtime: what runs the network; None: ONNX Runtime where the model has an ONNX form, else TensorFlow.
        workers: processes that share the port and the cores.
        threads: threads that one run of the network may use.
        max_message_bytes: largest message received, and sent.
        stream_recordings: recordings of one stream that may be on their way; past that its caller has to wait.
        drain_seconds: how long calls may go on after SIGTERM.
        has_reflection: whether tools such as grpcurl may ask the server what its services are.
        has_channelz: whether they may ask it about its connections and calls.
        batching: how recordings are gathered into batches.
        explanations: what may be spent on explanations.
        access: who may call, and how much.
        connections: how long connections and calls may last.
        records: what is written down, and where.
        health: how the server looks after itself.
        telemetry: what it tells of itself.
    """

    model: str = DEFAULT_BUNDLE
    others: Mapping[str, str] = field(default_factory=dict)
    operating_point: str | None = None
    host: str = "127.0.0.1"
    port: int = 50051
    health_port: int | None = None
    runtime: Runtime | None = None
    workers: int = 1
    threads: int = 1
    max_message_bytes: int = 64 * MEBIBYTE
    stream_recordings: int = 256
    drain_seconds: float = 15.0
    has_reflection: bool = True
    has_channelz: bool = False
    batching: BatchingSettings = field(default_factory=BatchingSettings)
    explanations: ExplanationSettings = field(default_factory=ExplanationSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    connections: ConnectionSettings = field(default_factory=ConnectionSettings)
    records: RecordSettings = field(default_factory=RecordSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
