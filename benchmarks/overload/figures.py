"""From what became of calls to figures. Pure functions."""

from collections.abc import Sequence

from benchmarks.measurement import Metrics
from benchmarks.overload.probe import Probes
from benchmarks.overload.tally import OK, REFUSED, Ended, Tally
from benchmarks.spread import percentile

SERVING = "SERVING"


def call_figures(all_calls: Tally, begins: float, ends: float, capacity_per_s: float) -> Metrics:
    """Return the figures of a flood's calls.

    Rates and times are of what ended between two moments; nothing escapes the counts of what should not be, from the
    flood's first call to its last.
    """
    measured, seconds = all_calls.between(begins, ends), ends - begins
    due = [call for call in all_calls.calls if begins <= call.due < ends]
    answered, refused = measured.of(OK), measured.of(REFUSED)
    return {
        "offered_per_s": len(due) / seconds,
        "behind_p99_ms": percentile([1000 * (call.sent - call.due) for call in due], 99),
        "answered_per_s": len(answered) / seconds,
        "answered_share": len(answered) / seconds / capacity_per_s,
        "refused_per_s": len(refused) / seconds,
        **_times("answered", answered, seconds),
        **_times("refused", refused, seconds),
        "calls": len(all_calls.calls),
        "otherwise_ended": sum(call.status not in {OK, REFUSED} for call in all_calls.calls),
        "without_retry_info": sum(not call.has_retry_info for call in all_calls.of(REFUSED)),
    }


def probe_figures(probes: Probes) -> Metrics:
    """Return how long the server's health took to be told, and how often it was told otherwise than SERVING."""
    return {
        "health_p99_ms": percentile(probes.milliseconds, 99),
        "not_serving": sum(status != SERVING for status in probes.statuses),
    }


def _times(what: str, calls: Sequence[Ended], seconds: float) -> Metrics:
    # Where there were none, it took longer than anybody looked.
    times = [call.milliseconds for call in calls] or [1000 * seconds]
    return {f"{what}_p{percent}_ms": percentile(times, percent) for percent in (50, 99)}
