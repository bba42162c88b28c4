"""Services that run in different ways and are to answer alike."""

from dataclasses import dataclass

# The models that each of them has.
MODELS = ("--model", "reference", "--also", "canary=ensemble")

SERVER, RAY_SERVE = "ecg-server", "ecg-cluster"


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs.

    Attributes:
        kind: SERVER or RAY_SERVE.
        address: where it listens.
        pid: its process; others may be below it.
    """

    kind: str
    address: str
    pid: int
