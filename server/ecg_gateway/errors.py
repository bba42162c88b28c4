"""What ends a request otherwise than well.

GatewayError
├── RequestError      the request cannot be used: the caller has to change it
├── BusyError         the gateway holds as many bodies, or reads as many files, as it may: later
├── CallerGoneError   nobody is there any more to be answered
└── ServiceCallError  the service ended the call with a status, or was not there to
"""

from google.rpc.status_pb2 import Status


class GatewayError(Exception):
    """Anything that the gateway ends a request with on purpose."""


class RequestError(GatewayError):
    """A request that cannot be used.

    Attributes:
        reason: what programs branch on, in UPPER_SNAKE; `status.REFUSALS` has them all.
        field: what is wrong: the path of a field of the body, or the name of a header or parameter; empty: the body.
        description: what is wrong with it and what to send in its place, never what was sent of a patient.
    """

    def __init__(self, reason: str, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}" if field else description)
        self.reason = reason
        self.field = field
        self.description = description


class BusyError(GatewayError):
    """Other requests fill the memory that there is for bodies, or keep all readers of files at work."""

    def __init__(self) -> None:
        super().__init__("the gateway has as many large requests as it can hold; send this one again later")


class CallerGoneError(GatewayError):
    """The caller closed its connection before it was answered."""

    def __init__(self) -> None:
        super().__init__("the caller closed its connection")


class ServiceCallError(GatewayError):
    """The service ended a call with a status other than OK.

    Attributes:
        status: how it ended, details included.
    """

    def __init__(self, status: Status) -> None:
        super().__init__(status.message)
        self.status = status
