"""Where the cores' time goes while one stream runs: what separates it from the bare network. Pure functions."""

from collections.abc import Sequence

from benchmarks.case import CaseResult
from benchmarks.figures import RATE, bare_best, find
from benchmarks.parts import stream


def stream_budget(cases: Sequence[CaseResult], cores: int) -> dict[str, float]:
    """Return who has how much of the cores' time for each recording, in milliseconds, from the medians.

    The bare network's own share is its CPU time at its best; what the server takes beyond that is the server's. Empty
    when one of the two was not measured.
    """
    streamed = find(cases, stream.PART, stream.ONE_STREAM)
    best = None if streamed is None else bare_best(cases, streamed.runtime)
    if streamed is None or best is None or not streamed.metrics:
        return {}
    network, server, client = (
        best.metrics["client_cpu_ms"].median,
        streamed.metrics["server_cpu_ms"].median,
        streamed.metrics["client_cpu_ms"].median,
    )
    every = 1000 * cores / streamed.metrics[RATE].median
    return {
        "the network, as in a loop": network,
        "the server beyond it": server - network,
        "the client": client,
        "others, or nobody": every - server - client,
        "all cores": every,
    }
