"""The arithmetic of docs/scaling.md: by hand, and what must hold whatever the figures are."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sizing.assumptions import HIGH, HOSPITAL, LOW, SCENARIOS, USUAL, Assumptions, Chosen, Scenario, choose
from sizing.limits import ARCHIVE, AUDIT, CONNECTIONS, CORES, NETWORK, shares, tightest
from sizing.measured import Measured
from sizing.plan import dollars_a_year, machines_for, plan

MEASURED = Measured(
    call_core_ms=10,
    call_spread=1.5,
    stream_core_ms=5,
    server_mb=200,
    start_s=1,
    int16_bytes=25_000,
    float32_bytes=50_000,
    audit_bytes=500,
    model_bytes=4_000_000,
)
CHOSEN = Chosen(
    peak_factor=4,
    utilisation=0.5,
    core_ratio=1,
    proxy_core_ms=1,
    core_hour=0.1,
    egress_gb=0.1,
    storage_gb_month=0.01,
    kept_years=10,
    answer_bytes=1000,
    series=400,
    sample_bytes=2,
)
# A hundred recordings a second.
BUSY = Scenario("busy", 8_640_000, regions=1, zones=3, machine_cores=4, machine_gbit=1)

positive = st.floats(1e-3, 1e3)
scenarios = st.builds(
    Scenario,
    name=st.just("any"),
    recordings_per_day=st.floats(1, 1e10),
    regions=st.integers(1, 20),
    zones=st.integers(2, 5),
    machine_cores=st.integers(1, 128),
    machine_gbit=st.floats(0.1, 100),
)


def test_a_day_by_hand() -> None:
    """100/s and 400/s at the peak; 400 times 10 ms are 4 cores, and times 25 kB are 80 Mbit/s."""
    needed = plan(BUSY, MEASURED, CHOSEN)
    assert needed.mean_per_s == 100
    assert needed.peak_per_s == 400
    assert needed.busy_cores == pytest.approx(4)
    assert needed.proxy_cores == pytest.approx(0.4)
    assert needed.gbit_in == pytest.approx(0.08)
    assert needed.gbit_out == pytest.approx(0.0032)
    assert needed.signals_tb_a_year == pytest.approx(8.64e6 * 365.25 * 25e3 / 1e12)
    assert needed.audit_tb_a_year == pytest.approx(needed.signals_tb_a_year / 50)


def test_machines_by_hand() -> None:
    """4.4 cores at one half are 8.8, 3 machines of 4; two zones of three must hold them: 2 in each, 6."""
    needed = plan(BUSY, MEASURED, CHOSEN)
    assert needed.machines == 6
    # Two servers on each machine, each with 400 series and 4 MB of model; four samples a minute of 2 bytes.
    assert needed.series == 12 * 400
    assert needed.swap_gb == pytest.approx(0.048)
    assert needed.metrics_gb_a_day == pytest.approx(4800 * 2 * 5760 / 1e9)


def test_money_by_hand() -> None:
    """24 cores in 6 machines at 0.1 $ an hour; each TB that is kept costs 10 $ a month, for each of ten years."""
    needed = plan(BUSY, MEASURED, CHOSEN)
    bill = dollars_a_year(BUSY, needed, CHOSEN)
    assert bill["machines"] == pytest.approx(2.4 * 24 * 365.25)
    assert bill["answers sent out"] == pytest.approx(8.64e6 * 365.25 * 1e3 / 1e9 * 0.1)
    assert bill["audit log kept"] == pytest.approx(needed.audit_tb_a_year * 10 * 10 * 12)
    assert list(bill)[-1] == "signals kept"
    assert bill["signals kept"] == pytest.approx(needed.signals_tb_a_year * 1200)


def test_limits_by_hand() -> None:
    """Of a machine of 4 cores, 2 may be busy; 400/s for 0.1 s each are 40 of 100 calls."""
    taken = shares(BUSY, plan(BUSY, MEASURED, CHOSEN), CHOSEN)
    assert taken[CORES] == pytest.approx(2)
    assert taken[NETWORK] == pytest.approx(0.16)
    assert taken[CONNECTIONS] == pytest.approx(0.4)
    assert taken[ARCHIVE] == pytest.approx(taken[AUDIT] * 50)
    assert tightest(taken) is ARCHIVE


@given(scenario=scenarios, busy=st.floats(0, 1e6), per_s=st.floats(0, 1e12))
def test_the_zones_that_are_left_hold_the_peak(scenario: Scenario, busy: float, per_s: float) -> None:
    """At no more than the utilisation that is wanted, in each region, by cores and by network."""
    machines = machines_for(busy, per_s, scenario, CHOSEN)
    assert machines % (scenario.zones * scenario.regions) == 0
    left = machines / scenario.zones * (scenario.zones - 1)
    assert busy <= left * scenario.machine_cores * CHOSEN.utilisation * (1 + 1e-9)
    assert per_s * 8 / 1e9 <= left * scenario.machine_gbit * CHOSEN.utilisation * (1 + 1e-9)


@given(scenario=scenarios, factor=st.floats(1, 100))
def test_more_recordings_never_need_less(scenario: Scenario, factor: float) -> None:
    """Of anything, nor cost less."""
    more = dataclasses.replace(scenario, recordings_per_day=scenario.recordings_per_day * factor)
    here, there = plan(scenario, MEASURED, CHOSEN), plan(more, MEASURED, CHOSEN)
    for field in dataclasses.fields(here):
        assert getattr(there, field.name) >= getattr(here, field.name), field.name
    costs, more_costs = dollars_a_year(scenario, here, CHOSEN), dollars_a_year(more, there, CHOSEN)
    assert all(more_costs[name] >= costs[name] for name in costs)


@given(scenario=scenarios, slower=st.floats(1, 10), busier=st.floats(0.5, 0.99))
def test_slower_cores_and_more_headroom_never_need_fewer_machines(
    scenario: Scenario, slower: float, busier: float
) -> None:
    """And a zone more never leaves a zone with more to do."""
    usual = plan(scenario, MEASURED, CHOSEN).machines
    assert plan(scenario, MEASURED, dataclasses.replace(CHOSEN, core_ratio=slower)).machines >= usual
    assert plan(scenario, MEASURED, dataclasses.replace(CHOSEN, utilisation=busier)).machines <= usual
    another = dataclasses.replace(scenario, zones=scenario.zones + 1)
    in_zone = usual / scenario.zones
    assert plan(another, MEASURED, CHOSEN).machines / another.zones <= in_zone


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_ranges_are_ranges(scenario: Scenario) -> None:
    """What is called low makes a smaller bill than what is usual, and that a smaller one than what is called high."""
    bills = [
        sum(dollars_a_year(scenario, plan(scenario, MEASURED, chosen), chosen).values())
        for chosen in (choose(Assumptions(), which) for which in (LOW, USUAL, HIGH))
    ]
    assert bills == sorted(bills)


def test_a_hospital_needs_two_machines_for_the_sake_of_one() -> None:
    """Not for what they do."""
    assert plan(HOSPITAL, MEASURED, choose(Assumptions(), HIGH)).machines == 2
