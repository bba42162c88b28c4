"""Where it gets tight first: how much of one usual unit of each thing a scenario takes."""

from dataclasses import dataclass

from sizing.assumptions import Chosen, Scenario
from sizing.plan import Plan


@dataclass(frozen=True, slots=True)
class Limit:
    """What there is one of, before there must be several.

    Attributes:
        name: of it.
        unit: what one of it is.
        capacity: of one.
        moved_by: what is done when one is not enough.
    """

    name: str
    unit: str
    capacity: float
    moved_by: str


CORES = Limit("cores", "the cores of one machine", 1, "more machines; a smaller network; streams in place of calls")
NETWORK = Limit("network", "the network of one machine", 1, "more machines; int16, which is half of float32")
PROXY = Limit("proxy", "one machine of proxies", 1, "several proxies, or none: clients that balance by themselves")
CONNECTIONS = Limit(
    "calls at once", "the 100 calls of one connection", 100, "a connection for each caller; proxies open several"
)
METRICS = Limit("metrics", "10⁷ series in one Prometheus", 1e7, "one Prometheus a region; fewer buckets")
AUDIT = Limit("audit log", "a disk of 20 TB in a year", 20, "object storage, a file a day and server")
ARCHIVE = Limit("archive", "a disk of 20 TB in a year", 20, "object storage; keeping them where they are kept already")
SWAP = Limit("model change", "10 Gbit/s for a minute", 75, "the bundle in the image, or a cache in each zone")

LIMITS = (CORES, NETWORK, PROXY, CONNECTIONS, METRICS, AUDIT, ARCHIVE, SWAP)
# A call that waits its share and is computed, at the peak.
SECONDS_IN_SERVER = 0.1


def shares(scenario: Scenario, needed: Plan, chosen: Chosen) -> dict[Limit, float]:
    """Return how many units of each are taken, headroom included; of what is spread over regions, in one of them."""
    regions = scenario.regions
    machine = scenario.machine_cores * chosen.utilisation
    return {
        CORES: needed.busy_cores / regions / machine,
        NETWORK: needed.gbit_in / regions / (scenario.machine_gbit * chosen.utilisation),
        PROXY: needed.proxy_cores / regions / machine,
        CONNECTIONS: needed.peak_per_s / regions * SECONDS_IN_SERVER / CONNECTIONS.capacity,
        METRICS: needed.series / regions / METRICS.capacity,
        AUDIT: needed.audit_tb_a_year / regions / AUDIT.capacity,
        ARCHIVE: needed.signals_tb_a_year / regions / ARCHIVE.capacity,
        SWAP: needed.swap_gb / regions / SWAP.capacity,
    }


def tightest(taken: dict[Limit, float]) -> Limit:
    """Return what there must be several of first."""
    return max(taken, key=lambda limit: taken[limit])
