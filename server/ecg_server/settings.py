"""What an operator decides. Read once, by `__main__`; nothing else looks at flags or the environment."""

from dataclasses import dataclass, field

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
class ServerSettings:
    """How the server runs.

    Attributes:
        model: a shipped bundle's name, or the path of a bundle or of a .keras file.
        operating_point: the name of the model's operating point to run at; None: its first.
        host: address to listen on.
        port: port to listen on; 0 picks a free one.
        runtime: what runs the network; None: ONNX Runtime where the model has an ONNX form, else TensorFlow.
        workers: processes that share the port and the cores.
        threads: threads that one run of the network may use.
        max_message_bytes: largest message received, and sent.
        stream_recordings: recordings of one stream that may be on their way; past that its caller has to wait.
        drain_seconds: how long calls may go on after SIGTERM.
        batching: how recordings are gathered into batches.
    """

    model: str = DEFAULT_BUNDLE
    operating_point: str | None = None
    host: str = "127.0.0.1"
    port: int = 50051
    runtime: Runtime | None = None
    workers: int = 1
    threads: int = 1
    max_message_bytes: int = 64 * MEBIBYTE
    stream_recordings: int = 256
    drain_seconds: float = 15.0
    batching: BatchingSettings = field(default_factory=BatchingSettings)
