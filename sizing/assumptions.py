"""What was not measured, each with a range and why it is thought so. They are data: change them and run it again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure that somebody has to believe.

    Attributes:
        low, usual, high: the figure: what favours small bills, what is reckoned with, what favours large ones.
        unit: of the figure.
        why: where it comes from.
    """

    low: float
    usual: float
    high: float
    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All of them. Money is in US dollars of November 2026."""

    peak_factor: Assumption = Assumption(
        2, 4, 8, "× the mean", "the busiest minute of a day over its mean: a hospital records from seven to five"
    )
    utilisation: Assumption = Assumption(
        0.7, 0.6, 0.5, "of the cores at the peak", "below where waiting begins: see the simulation"
    )
    core_ratio: Assumption = Assumption(
        0.7, 1.0, 1.5, "× the measured core time", "other processors than that of the virtual machine measured on"
    )
    proxy_core_ms: Assumption = Assumption(
        0.3,
        0.4,
        0.9,
        "core-ms a call",
        "Envoy, as measured without TLS: in a stream, with 32 callers, with one ([deploy.md](deploy.md))",
    )
    core_hour: Assumption = Assumption(
        0.02,
        0.048,
        0.06,
        "$ a core-hour",
        "4 cores for $0.192 an hour on demand, by a [guide of January 2026]"
        "(https://cloudcalcep.com/guides/cloud-pricing-explained.html); reserved for years it is less than half",
    )
    egress_gb: Assumption = Assumption(
        0.0, 0.085, 0.09, "$ a GB that leaves", "the same guide: $0.08 to $0.09; what comes in is free"
    )
    storage_gb_month: Assumption = Assumption(
        0.004, 0.023, 0.023, "$ a GB and month", "object storage, from seldom to often read; usual list prices"
    )
    kept_years: Assumption = Assumption(
        1,
        10,
        30,
        "years",
        "how long recordings and the audit log must be kept; the bill is that of the last of these years",
    )
    answer_bytes: Assumption = Assumption(400, 700, 1500, "bytes", "an answer, with the warnings it has")
    series: Assumption = Assumption(
        200, 400, 1000, "series a server", "classes × kinds + histograms; nothing that grows with callers or patients"
    )
    sample_bytes: Assumption = Assumption(1, 1.5, 2, "bytes a sample", "Prometheus, compressed; one sample in 15 s")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Who asks, and how what answers is spread.

    Attributes:
        name: of it.
        recordings_per_day: on a working day.
        regions: places that answer for themselves, each with its share.
        zones: of each region, two or more; what is left when one is lost still answers the peak.
        machine_cores: cores of a machine, as is usual at that size.
        machine_gbit: its network, in Gbit/s.
    """

    name: str
    recordings_per_day: float
    regions: int
    zones: int
    machine_cores: int
    machine_gbit: float


HOSPITAL = Scenario("A hospital", 1e4, regions=1, zones=2, machine_cores=2, machine_gbit=1)
COUNTRY = Scenario("A country", 1e7, regions=1, zones=3, machine_cores=16, machine_gbit=10)
WORLD = Scenario("The world", 1e9, regions=10, zones=3, machine_cores=64, machine_gbit=25)
SCENARIOS = (HOSPITAL, COUNTRY, WORLD)

LOW, USUAL, HIGH = "low", "usual", "high"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One figure of each assumption."""

    peak_factor: float
    utilisation: float
    core_ratio: float
    proxy_core_ms: float
    core_hour: float
    egress_gb: float
    storage_gb_month: float
    kept_years: float
    answer_bytes: float
    series: float
    sample_bytes: float


def choose(assumptions: Assumptions, which: str = USUAL) -> Chosen:
    """Return the low, the usual or the high figure of all."""
    return Chosen(**{name: getattr(getattr(assumptions, name), which) for name in Chosen.__slots__})
