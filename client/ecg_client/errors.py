"""Everything that can go wrong, as exceptions.

::

    EcgError                         anything below
    ├── InvalidAddressError          an address that names no host and port (also a ValueError)
    ├── InvalidCredentialsError      a token or certificate that cannot be used (also a ValueError)
    ├── InvalidRecordingError        a Recording that cannot be put on the wire (also a ValueError)
    ├── UnreadableFileError          a file that holds no recording that we can read
    ├── UnwritableRecordingError     a Recording that a file of the wanted format cannot hold
    ├── UnwritableFileError          a file that cannot be written
    ├── InvalidFrameError            a DataFrame that recordings cannot be taken from (also a ValueError)
    ├── MissingExtraError            an optional dependency that is not installed (also an ImportError)
    └── ServiceError                 a call ended with a status other than OK
        ├── RecordingRefusedError    INVALID_ARGUMENT: the recording cannot be classified, or not explained as asked
        ├── NotExplainableError      FAILED_PRECONDITION: the method of explaining cannot be had there
        ├── ServiceUnavailableError  UNAVAILABLE: nothing answers there, or it is shutting down
        ├── UnauthenticatedError     UNAUTHENTICATED: the service wants to know who calls
        ├── PermissionDeniedError    PERMISSION_DENIED: it knows who calls, who may not
        ├── UnknownModelError        NOT_FOUND: no model of that version or label
        ├── LimitExceededError       RESOURCE_EXHAUSTED: too much at once, or a message that is too large
        └── DeadlineExceededError    DEADLINE_EXCEEDED: no answer in time
"""

import dataclasses
from pathlib import Path

import grpc


@dataclasses.dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a recording that is wrong.

    Attributes:
        field: Path of the field, such as "recording.metadata.age_years".
        description: What is wrong with it, and what to send in its place.
    """

    field: str
    description: str


class EcgError(Exception):
    """Anything that goes wrong in this package on purpose."""


class InvalidAddressError(EcgError, ValueError):
    """An address to which no channel can be made.

    Attributes:
        address: The address.
    """

    def __init__(self, address: str, remedy: str) -> None:
        super().__init__(f"the address is {address!r}; {remedy}")
        self.address = address


class InvalidCredentialsError(EcgError, ValueError):
    """Credentials that cannot be used as they were given. Its text never holds a token."""


class InvalidRecordingError(EcgError, ValueError):
    """A recording that cannot be put on the wire, whatever the service would say to it."""


class UnreadableFileError(EcgError):
    """A file that holds no recording that we can read.

    Attributes:
        path: The file or folder.
        problem: What is wrong with it, and the remedy.
    """

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = Path(path)
        self.problem = problem


class UnwritableRecordingError(EcgError):
    """A recording that a file of the wanted format cannot hold, or may not."""


class UnwritableFileError(EcgError):
    """A file that cannot be written.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(f"{path} cannot be written: {problem}")
        self.path = Path(path)


class InvalidFrameError(EcgError, ValueError):
    """A DataFrame whose columns do not say what the recordings are."""


class MissingExtraError(EcgError, ImportError):
    """An optional dependency that is not installed.

    Attributes:
        extra: The extra of the distribution that brings it.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f'{purpose} needs: pip install "ecg-classifier[{extra}]"')
        self.extra = extra


class ServiceError(EcgError):
    """A call that ended with a status other than OK.

    Attributes:
        code: The gRPC status code.
        message: What the service said, or the transport.
        reason: The reason as a constant in UPPER_SNAKE, such as "SAMPLE_NOT_FINITE"; empty when none was given.
        field_violations: The fields that are wrong; empty unless the recording was refused.
        retry_after_s: How long to wait before the call is made again, in seconds; None where the service did not say.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        reason: str = "",
        field_violations: tuple[FieldViolation, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.field_violations = field_violations
        self.retry_after_s = retry_after_s


class RecordingRefusedError(ServiceError):
    """The recording cannot be classified, or not explained as asked; `field_violations` says what to change."""


class NotExplainableError(ServiceError):
    """The method of explaining cannot be had: the service's runtime tells no gradients, or they do not add up.

    `reason` says which: "GRADIENTS_UNAVAILABLE" or "EXPLANATION_INCOMPLETE". Occlusion can be had everywhere.
    """


class ServiceUnavailableError(ServiceError):
    """Nothing answers at the address, or what is there shuts down. The call can be made again."""


class UnauthenticatedError(ServiceError):
    """The service wants to know who calls: give a token, or a client certificate, that it accepts."""


class PermissionDeniedError(ServiceError):
    """The service knows who calls, and whoever it is may not."""


class UnknownModelError(ServiceError):
    """The service has no model of that version or label; `ModelSummary.served_models` lists those it has."""


class LimitExceededError(ServiceError):
    """The service has too much to do, or the message is larger than it accepts.

    Where `retry_after_s` is given, make the call again after that.
    """


class DeadlineExceededError(ServiceError):
    """No answer came within `timeout_s`."""
