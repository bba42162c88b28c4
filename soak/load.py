"""What all callers share: where they call, what they send, and until when."""

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecg_client import (
    DeadlineExceededError,
    LimitExceededError,
    Prediction,
    RecordingRefusedError,
    ServiceError,
    ServiceUnavailableError,
)
from soak.account import Account, Outcome
from soak.bundles import Model
from soak.ledger import Ledger
from soak.samples import Sample, endlessly

LONG_TIMEOUT_S = 60.0
SHORT_TIMEOUTS_S = (0.005, 0.02, 0.1, 0.5)

# What a restart explains: nothing listens, or what does is on its way in or out. Being UNHEALTHY nothing here explains.
_REASONS_OF_A_RESTART = ("", "SHUTTING_DOWN", "MODEL_NOT_READY")
_CANARY_SHARE = 0.2
_LEAVING_SHARE = 0.2
_LONGEST_STREAM = 1500
# Most callers have other things to do, and leave the servers some time to start in.
_PACES_S = (0.0, 0.01, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What a caller is about to do with a stream.

    Attributes:
        ledger: its recordings, and what became of them.
        model_version: which model is to answer.
        max_in_flight: recordings that may be on their way.
        pace_s: how long its caller takes to have the next recording, in seconds.
        leaves_after: results after which its caller leaves; None: it stays to the end.
    """

    ledger: Ledger
    model_version: str
    max_in_flight: int
    pace_s: float
    leaves_after: int | None

    @property
    def is_to_leave(self) -> bool:
        """Whether it is time to leave."""
        return self.leaves_after is not None and self.ledger.results >= self.leaves_after

    def end(self, error: ServiceError | None) -> None:
        """Count what is left, once the stream has ended."""
        if error is not None and _is_of_a_restart(error) and not self.ledger.results:
            self.ledger.end(Outcome.UNREACHED)
        elif error is not None:
            self.ledger.end(Outcome.LOST, f"{error.code.name} {error.reason} {error}")
        else:
            self.ledger.end(Outcome.LEFT if self.is_to_leave else Outcome.LOST, "the stream ended without them")


class Load:
    """A caller's share of the load.

    Args:
        address: where it calls.
        samples: what there is to send.
        account: where the outcomes are counted.
        is_over: set when no more is to be sent.
        chance: what it does when follows from that.
    """

    def __init__(
        self,
        address: str,
        samples: Sequence[Sample],
        account: Account,
        is_over: threading.Event,
        chance: random.Random,
    ) -> None:
        self.address = address
        self.samples = samples
        self.account = account
        self.is_over = is_over
        self.chance = chance
        self._next_samples = endlessly(samples, chance)
        # A stream takes its recordings in a thread of its own, and what follows from the seed is not for two threads.
        self._stream_samples = endlessly(samples, random.Random(chance.random()))  # noqa: S311 - not secret

    def plan_stream(self) -> StreamPlan:
        """Return the next stream."""
        count = self.chance.randint(1, _LONGEST_STREAM)
        model_version = self._model_version()
        return StreamPlan(
            Ledger(self._until_over(), count, model_version, self.account),
            model_version,
            self.chance.choice((4, 64, 256)),
            self.chance.choice(_PACES_S),
            self.chance.randrange(count) + 1 if self.chance.random() < _LEAVING_SHARE else None,
        )

    def plan_call(self) -> tuple[Sample, str]:
        """Return the next single call: what to send, and which model is to answer."""
        self.account.send()
        return next(self._next_samples), self._model_version()

    def note_answer(self, sample: Sample, prediction: Prediction, model_version: str) -> None:
        """Count what a single call was answered."""
        objection = sample.objection(prediction, model_version)
        self.account.note(
            Outcome.WRONG if objection else Outcome.ANSWERED, detail=f"a single call to {self.address}: {objection}"
        )

    def note_refusal(self, sample: Sample, error: ServiceError, timeout_s: float) -> None:
        """Count what a single call ended with."""
        outcome, detail = _outcome(sample, error, is_in_a_hurry=timeout_s < LONG_TIMEOUT_S)
        self.account.note(outcome, detail=f"a single call to {self.address}, with {timeout_s:g} s of time: {detail}")

    def _model_version(self) -> str:
        return Model.CANARY.value if self.chance.random() < _CANARY_SHARE else ""

    def _until_over(self) -> Iterator[Sample]:
        while not self.is_over.is_set():
            yield next(self._stream_samples)


def _outcome(sample: Sample, error: ServiceError, *, is_in_a_hurry: bool) -> tuple[Outcome, str]:
    told = f"{error.code.name} {error.reason} {error}"
    match error:
        case RecordingRefusedError():
            objection = sample.objection_to_error(error)
            return (Outcome.WRONG if objection else Outcome.REFUSED), objection
        case ServiceUnavailableError() if _is_of_a_restart(error):
            return Outcome.UNREACHED, told
        case LimitExceededError(reason="QUEUE_FULL"):
            return Outcome.BUSY, told
        case DeadlineExceededError():
            return (Outcome.LATE if is_in_a_hurry else Outcome.LOST), told
        case _:
            return Outcome.WRONG, told


def _is_of_a_restart(error: ServiceError) -> bool:
    return isinstance(error, ServiceUnavailableError) and error.reason in _REASONS_OF_A_RESTART
