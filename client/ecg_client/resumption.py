"""How a stream that was cut goes on: what may be resumed, how soon, and when that is given up."""

import dataclasses
import logging
import random
import re
import time
from collections.abc import Iterator, Mapping

import grpc

from ecg.v1 import ecg_service_pb2
from ecg_client.convert import result_from_proto
from ecg_client.errors import ServiceError
from ecg_client.prediction import RecordingResult
from ecg_client.status import is_unreached

logger = logging.getLogger("ecg_client")

_ANY = re.compile("")
# What grpc.aio says when it could not send, and it may say so in place of the status that told why.
_UNTOLD = "Internal error from Core"
_CUT = re.compile(f"Stream removed|RST_STREAM|{_UNTOLD}")

RESUMABLE: Mapping[grpc.StatusCode, re.Pattern[str]] = {
    # Reset, killed, refused, drained, too old, told GOAWAY: whoever is there next can go on.
    grpc.StatusCode.UNAVAILABLE: _ANY,
    # By the server, or by something on the way; what this side cancelled itself is no cut.
    grpc.StatusCode.CANCELLED: re.compile("^(?!.*(Channel closed|Locally cancelled))"),
    # As the transport says them. Said by the service they are about a defect, which would only come again.
    grpc.StatusCode.INTERNAL: _CUT,
    grpc.StatusCode.UNKNOWN: _CUT,
    grpc.StatusCode.RESOURCE_EXHAUSTED: _CUT,
}
"""The statuses after which a stream is opened anew, each with what its text must match.

So is it after RESOURCE_EXHAUSTED where the service says when to come again, and after a stream that ended well too
early. Every other status ends it at once.
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """How a stream that was cut goes on by itself.

    A new stream is opened after a while, which grows from one attempt to the next and is a little different each time,
    and what was not answered is sent again. An answer makes everything begin anew.

    Attributes:
        give_up_after_s: How long there may be no answer, in seconds from the first cut after the last answer.
        give_up_after_cuts: How often in a row a service that was reached may be cut off before it answers the same
            recording. One that brings down whatever computes it is not to do so for ever.
        first_wait_s: How long to wait after the first cut, in seconds, at most.
        longest_wait_s: How long to wait after any cut, in seconds, at most.
    """

    give_up_after_s: float = 60.0
    give_up_after_cuts: int = 5
    first_wait_s: float = 0.1
    longest_wait_s: float = 5.0


DEFAULT_RESUME = Resume()

# Where nobody ever was there is nothing to resume: it is tried as often as a single call.
_FIRST_ATTEMPTS = 4


def is_resumable(cut: ServiceError) -> bool:
    """Says whether a stream that ended so may be opened anew."""
    if cut.code is grpc.StatusCode.RESOURCE_EXHAUSTED and cut.retry_after_s is not None:
        return True
    pattern = RESUMABLE.get(cut.code)
    return pattern is not None and pattern.search(cut.message) is not None


class Resumption:
    """The course of one stream of results through all cuts.

    Args:
        resume: How it goes on; None: not at all.
        timeout_s: How long all of it may take, in seconds; None is for ever.
    """

    def __init__(self, resume: Resume | None, timeout_s: float | None) -> None:
        self._resume = resume
        self._ends_at = None if timeout_s is None else time.monotonic() + timeout_s
        self._answered = 0
        self._answered_before = 0
        self._was_reached = False
        self._missed_since: float | None = None
        self._attempts = 0
        self._cuts = 0

    @property
    def remaining_s(self) -> float | None:
        """How long the stream may still take, in seconds; None is for ever."""
        return None if self._ends_at is None else max(0.0, self._ends_at - time.monotonic())

    def results(self, response: ecg_service_pb2.PredictStreamResponse) -> Iterator[RecordingResult]:
        """Yields the next results, numbered on from those before the last cut.

        Raises:
            ServiceError: One of them is not the next.
        """
        if not response.results:
            return
        self._was_reached = True
        self._missed_since = None
        self._attempts = self._cuts = 0
        expected, first = self._answered, self._answered_before
        self._answered += len(response.results)
        for number, message in enumerate(response.results, expected):
            result = result_from_proto(message, first)
            if result.sequence_number != number:
                wrong = f"the service answered recording {result.sequence_number} where {number} was next"
                raise ServiceError(grpc.StatusCode.INTERNAL, wrong)
            yield result

    def wait_s(self, cut: ServiceError, *, is_idle: bool) -> float:
        """Returns how long to wait before the stream is opened anew, in seconds.

        Args:
            cut: How it ended.
            is_idle: Whether there was nothing to answer: nobody has waited in vain then.

        Raises:
            ServiceError: It ends here.
        """
        if self._resume is None or not is_resumable(cut):
            raise cut
        self._note(cut, is_idle=is_idle)
        self._check_patience(self._resume, cut)
        self._answered_before = self._answered
        return self._next_wait_s(self._resume, cut.retry_after_s or 0.0)

    def _note(self, cut: ServiceError, *, is_idle: bool) -> None:
        is_reached = not is_unreached(cut)
        self._was_reached |= is_reached
        if self._attempts == 0 and self._was_reached:
            logger.warning("the stream was cut after %d answers and is resumed: %s", self._answered, cut.message)
        self._attempts += 1
        if is_idle:
            self._missed_since, self._cuts = None, 0
            return
        self._missed_since = self._missed_since or time.monotonic()
        # A service that says why it ended the stream was not brought down by what is in it; and a cut that does not
        # tell whether anybody was reached may be of a service that is not there: only time decides about those.
        is_told = bool(cut.reason) or cut.retry_after_s is not None
        self._cuts += not (is_told or _UNTOLD in cut.message) and is_reached

    def _check_patience(self, resume: Resume, cut: ServiceError) -> None:
        if not self._was_reached and self._attempts >= _FIRST_ATTEMPTS:
            raise cut
        if self._missed_since is not None and time.monotonic() - self._missed_since >= resume.give_up_after_s:
            raise self._given_up(cut, f"no answer for {resume.give_up_after_s:g} s")
        if self._cuts >= resume.give_up_after_cuts:
            raise self._given_up(cut, f"{self._cuts} cuts in a row at the same recording")

    def _given_up(self, cut: ServiceError, why: str) -> ServiceError:
        message = f"{cut.message} (gave up after {why}; answered before: {self._answered})"
        return type(cut)(cut.code, message, cut.reason, cut.field_violations, cut.retry_after_s)

    def _next_wait_s(self, resume: Resume, asked_s: float) -> float:
        longest_s = min(resume.longest_wait_s, resume.first_wait_s * 2.0 ** (self._attempts - 1))
        remaining_s = self.remaining_s
        # Not all clients of a server that went down come back at once.
        wait_s = asked_s + longest_s * random.uniform(0.5, 1.0)  # noqa: S311 - nobody gains by foreseeing it
        return wait_s if remaining_s is None else min(wait_s, remaining_s)
