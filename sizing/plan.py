"""What a scenario needs: pure arithmetic."""

from dataclasses import dataclass
from math import ceil

from sizing.assumptions import Chosen, Scenario
from sizing.measured import Measured

SECONDS_A_DAY = 86_400
DAYS_A_YEAR = 365.25
HOURS_A_YEAR = 24 * DAYS_A_YEAR
SCRAPE_SECONDS = 15
CORES_A_SERVER = 2
BITS = 8
GIGA, KILO = 1e9, 1e3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a scenario needs, all regions together.

    Attributes:
        mean_per_s: recordings a second, over a day.
        peak_per_s: in its busiest minute.
        busy_cores: cores that the servers keep busy at the peak.
        proxy_cores: cores that proxies keep busy at the peak.
        machines: for both, with headroom, and with one zone lost still enough.
        gbit_in: network towards the servers at the peak, int16; twice that as float32.
        gbit_out: network back.
        signals_tb_a_year: what archives of the signals grow by.
        audit_tb_a_year: what audit logs grow by.
        series: of all servers, in all stores of metrics.
        metrics_gb_a_day: what those grow by.
        swap_gb: what servers read when all of them change their model.
    """

    mean_per_s: float
    peak_per_s: float
    busy_cores: float
    proxy_cores: float
    machines: int
    gbit_in: float
    gbit_out: float
    signals_tb_a_year: float
    audit_tb_a_year: float
    series: float
    metrics_gb_a_day: float
    swap_gb: float


def plan(scenario: Scenario, measured: Measured, chosen: Chosen) -> Plan:
    """Return what a scenario needs: every recording a call of its own, which costs more than a stream."""
    mean = scenario.recordings_per_day / SECONDS_A_DAY
    peak = mean * chosen.peak_factor
    busy = peak * measured.call_core_ms * chosen.core_ratio / KILO
    proxy = peak * chosen.proxy_core_ms * chosen.core_ratio / KILO
    machines = machines_for(busy + proxy, peak * measured.int16_bytes, scenario, chosen)
    # A server process uses two cores well; several of them share a machine.
    servers = machines * scenario.machine_cores / CORES_A_SERVER
    series = servers * chosen.series
    yearly = scenario.recordings_per_day * DAYS_A_YEAR / KILO**4
    return Plan(
        mean_per_s=mean,
        peak_per_s=peak,
        busy_cores=busy,
        proxy_cores=proxy,
        machines=machines,
        gbit_in=peak * measured.int16_bytes * BITS / GIGA,
        gbit_out=peak * chosen.answer_bytes * BITS / GIGA,
        signals_tb_a_year=yearly * measured.int16_bytes,
        audit_tb_a_year=yearly * measured.audit_bytes,
        series=series,
        metrics_gb_a_day=series * chosen.sample_bytes * SECONDS_A_DAY / SCRAPE_SECONDS / GIGA,
        swap_gb=servers * measured.model_bytes / GIGA,
    )


def machines_for(busy_cores: float, bytes_per_s: float, scenario: Scenario, chosen: Chosen) -> int:
    """Return how many machines are needed so that, with one zone of each region lost, the rest has headroom.

    Args:
        busy_cores: cores kept busy at the peak, in all regions.
        bytes_per_s: bytes a second that come in at the peak, likewise.
        scenario: how they are spread.
        chosen: how busy a machine may be.
    """
    by_cores = busy_cores / chosen.utilisation / scenario.machine_cores
    by_network = bytes_per_s * BITS / GIGA / chosen.utilisation / scenario.machine_gbit
    in_region = max(1, ceil(max(by_cores, by_network) / scenario.regions))
    in_zone = ceil(in_region / (scenario.zones - 1))
    return in_zone * scenario.zones * scenario.regions


def dollars_a_year(scenario: Scenario, needed: Plan, chosen: Chosen) -> dict[str, float]:
    """Return what it costs in a year, once as much is kept as has to be; the signals come last."""
    machine = scenario.machine_cores * chosen.core_hour * HOURS_A_YEAR
    gb_month = chosen.storage_gb_month * 12 * KILO * chosen.kept_years
    # Answers leave over the day, not only at its peak.
    answers_gb = needed.gbit_out / chosen.peak_factor / BITS * SECONDS_A_DAY * DAYS_A_YEAR
    return {
        "machines": needed.machines * machine,
        "answers sent out": answers_gb * chosen.egress_gb,
        "audit log kept": needed.audit_tb_a_year * gb_month,
        "signals kept": needed.signals_tb_a_year * gb_month,
    }
