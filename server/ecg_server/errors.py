"""What ends a call besides a bad recording.

    EcgServerError
    ├── UnauthenticatedError         the caller did not show who it is
    ├── NotAllowedError              the caller showed who it is, and may not call
    ├── TryLaterError                calling again after a while may help
    │   ├── QueueFullError           too many recordings wait already
    │   ├── ExplanationsFullError    too many explanations wait already
    │   └── CallerLimitError         this caller has had its share
    ├── DeadlinePassedError          the deadline passed before the recording's turn came
    ├── ClassificationFailedError    the classifier failed for a reason nobody foresaw
    ├── ModelNotReadyError           the model is still being loaded
    ├── UnhealthyError               a check of the server's own health fails
    ├── ShuttingDownError            the server is shutting down
    ├── UnknownModelVersionError     the server has no model of that version or label
    ├── MessageUnreadableError       what came is not the message that it should be
    └── ContradictoryOptionsError    a stream changed its options on the way

`ecg_server.status` has the one table from these, and from the model's errors, to gRPC status codes.
"""


class EcgServerError(Exception):
    """Anything foreseen that ends a call. Its text goes to the caller, so it holds nothing of a patient."""


class UnauthenticatedError(EcgServerError):
    """The caller did not show who it is. Which part of what it showed was wrong is not for it to know."""

    def __init__(self) -> None:
        super().__init__("the credentials are missing or not valid; ask the server's operator for some")


class NotAllowedError(EcgServerError):
    """The caller showed who it is, and may not call."""

    def __init__(self) -> None:
        super().__init__("the caller is not allowed here; ask the server's operator to be let in")


class TryLaterError(EcgServerError):
    """Calling again after a while may help.

    Attributes:
        retry_after_seconds: how long a while is.
    """

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class QueueFullError(TryLaterError):
    """Too many recordings wait already."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(
            "the server has as many recordings waiting as it takes; call again after a while", retry_after_seconds
        )


class ExplanationsFullError(TryLaterError):
    """Too many explanations wait already."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(
            "the server has as many explanations waiting as it takes; call again after a while", retry_after_seconds
        )


class CallerLimitError(TryLaterError):
    """This caller has had its share of calls or recordings."""

    def __init__(self, limit: str, retry_after_seconds: float) -> None:
        super().__init__(f"this caller may have {limit}; call again after a while", retry_after_seconds)


class DeadlinePassedError(EcgServerError):
    """The deadline, the caller's or the server's own, passed before the recording's turn came."""

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


class UnhealthyError(EcgServerError):
    """A check of the server's own health fails; its log says which, and the operator has to act."""

    def __init__(self) -> None:
        super().__init__("the server is not well and takes no calls; send them elsewhere, and tell its operator")


class ShuttingDownError(EcgServerError):
    """The server is shutting down, and this call cannot go on here."""

    def __init__(self) -> None:
        super().__init__("the server is shutting down; what it received is answered, send the rest elsewhere or later")


class UnknownModelVersionError(EcgServerError):
    """The server has no model of that version or label."""

    def __init__(self, names: str) -> None:
        super().__init__(f"the server has no model of that version or label; it has {names}")


class MessageUnreadableError(EcgServerError):
    """What came is not the message that it should be. What the parser says of it stays here."""

    def __init__(self) -> None:
        super().__init__("the message cannot be parsed; send the one that the contract in protos/ecg/v1 has")


class ContradictoryOptionsError(EcgServerError):
    """A stream changed its options on the way."""

    def __init__(self) -> None:
        super().__init__("options differ from those of the stream's first message; leave them out or open a new stream")
