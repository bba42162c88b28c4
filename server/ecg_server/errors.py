"""What ends a call besides a bad recording.

    EcgServerError
    ├── QueueFullError               too many recordings wait already
    ├── DeadlinePassedError          the caller's deadline passed before the recording's turn came
    ├── ClassificationFailedError    the classifier failed for a reason nobody foresaw
    ├── ModelNotReadyError           the model is still being loaded
    ├── ShuttingDownError            the server is shutting down
    └── ContradictoryOptionsError    a stream changed its options on the way

`ecg_server.status` has the one table from these, and from the model's errors, to gRPC status codes.
"""


class EcgServerError(Exception):
    """Anything foreseen that ends a call. Its text goes to the caller, so it holds nothing of a patient."""


class QueueFullError(EcgServerError):
    """Too many recordings wait already; calling again after a while may help."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("the server has as many recordings waiting as it takes; call again after a while")
        self.retry_after_seconds = retry_after_seconds


class DeadlinePassedError(EcgServerError):
    """The caller's deadline passed before the recording's turn came."""

    def __init__(self) -> None:
        super().__init__("the deadline passed before the recording was classified; allow more time")


class ClassificationFailedError(EcgServerError):
    """The classifier failed for a reason nobody foresaw, which is in the log."""

    def __init__(self) -> None:
        super().__init__("internal error")


class ModelNotReadyError(EcgServerError):
    """The model is still being loaded."""

    def __init__(self) -> None:
        super().__init__("the model is still being loaded; call again when the health service says SERVING")


class ShuttingDownError(EcgServerError):
    """The server is shutting down, and this call cannot go on here."""

    def __init__(self) -> None:
        super().__init__("the server is shutting down; what it received is answered, send the rest elsewhere or later")


class ContradictoryOptionsError(EcgServerError):
    """A stream changed its options on the way."""

    def __init__(self) -> None:
        super().__init__("options differ from those of the stream's first message; leave them out or open a new stream")
