"""The tables of docs/scaling.md."""

from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np
from benchmarks.document import markdown_table
from benchmarks.tables import Table

from sizing.assumptions import HIGH, LOW, SCENARIOS, USUAL, Assumptions, Scenario, choose
from sizing.limits import LIMITS, shares, tightest
from sizing.measured import Measured
from sizing.plan import DAYS_A_YEAR, Plan, dollars_a_year, plan
from sizing.queueing import simulate

UTILISATIONS = (0.5, 0.6, 0.7, 0.8, 0.9)
CORES = (2, 16, 64)
SIGNIFICANT = 2
TEN, THOUSAND, TEN_THOUSAND = 10, 1e3, 1e4


def page(measured: Measured, assumptions: Assumptions) -> str:
    """Return all tables."""
    made = (
        measured_table(measured),
        assumptions_table(assumptions),
        needs_table(measured, assumptions),
        limits_table(measured, assumptions),
        money_table(measured, assumptions),
        waits_table(measured),
    )
    return "\n".join(map(markdown_table, made))


def measured_table(measured: Measured) -> Table:
    """Return what was measured."""
    rows = (
        ("a single call, core time of the server", f"{measured.call_core_ms:.2f} ms"),
        ("a recording of a stream, likewise", f"{measured.stream_core_ms:.2f} ms"),
        ("single calls of 32 callers, p99 over p50", f"{measured.call_spread:.2f}"),
        ("a recording on the wire, int16", f"{measured.int16_bytes:,} bytes"),
        ("the same, float32", f"{measured.float32_bytes:,} bytes"),
        ("a line of the audit log", f"{measured.audit_bytes:,} bytes"),
        ("a server's memory", f"{measured.server_mb:.0f} MB"),
        ("a server's start", f"{measured.start_s:.1f} s"),
        ("what a change of model reads", f"{measured.model_bytes / 1e6:.1f} MB"),
    )
    return Table("What was measured", ("", "one recording of 10 s, default model"), rows)


def assumptions_table(assumptions: Assumptions) -> Table:
    """Return what was not, and why it is thought so."""
    rows = tuple(
        (field.name.replace("_", " "), f"{one.low:g}", f"{one.usual:g}", f"{one.high:g}", one.unit, one.why)
        for field in fields(assumptions)
        for one in (getattr(assumptions, field.name),)
    )
    return Table("What is assumed", ("", "low bill", "usual", "high bill", "unit", "why"), rows)


def needs_table(measured: Measured, assumptions: Assumptions) -> Table:
    """Return what each scenario needs."""
    kinds: Sequence[tuple[str, Callable[[Plan], float]]] = (
        ("recordings/s, mean", lambda one: one.mean_per_s),
        ("recordings/s, busiest minute", lambda one: one.peak_per_s),
        ("cores kept busy by servers then", lambda one: one.busy_cores),
        ("cores kept busy by proxies then", lambda one: one.proxy_cores),
        ("machines, with headroom, a zone more than needed", lambda one: one.machines),
        ("network in, Gbit/s, int16", lambda one: one.gbit_in),
        ("network out, Gbit/s", lambda one: one.gbit_out),
        ("signals, TB a year", lambda one: one.signals_tb_a_year),
        ("audit log, TB a year", lambda one: one.audit_tb_a_year),
        ("series of metrics", lambda one: one.series),
        ("metrics, GB a day", lambda one: one.metrics_gb_a_day),
        ("a change of model, GB read", lambda one: one.swap_gb),
    )
    plans = [plan(scenario, measured, choose(assumptions)) for scenario in SCENARIOS]
    rows = tuple((name, *(figure(of(one)) for one in plans)) for name, of in kinds)
    return Table("What it takes", ("", *map(_head, SCENARIOS)), rows)


def limits_table(measured: Measured, assumptions: Assumptions) -> Table:
    """Return how much of one unit of each thing is taken; the tightest in bold."""
    chosen = choose(assumptions)
    taken = [shares(scenario, plan(scenario, measured, chosen), chosen) for scenario in SCENARIOS]
    rows = tuple(
        (
            f"{limit.name}: {limit.unit}",
            *(f"**{figure(one[limit])}**" if tightest(one) is limit else figure(one[limit]) for one in taken),
            limit.moved_by,
        )
        for limit in LIMITS
    )
    return Table("Where it gets tight", ("of one region", *map(_head, SCENARIOS), "what moves it"), rows)


def money_table(measured: Measured, assumptions: Assumptions) -> Table:
    """Return what each scenario costs in a year: usual, and from the low to the high figures of all assumptions."""
    bills = [
        [
            dollars_a_year(scenario, plan(scenario, measured, chosen), chosen)
            for chosen in (choose(assumptions, which) for which in (LOW, USUAL, HIGH))
        ]
        for scenario in SCENARIOS
    ]
    names = [*bills[0][0]]
    rows = [(name, *(_range([bill[name] for bill in three]) for three in bills)) for name in names]
    every = [[sum(bill.values()) for bill in three] for three in bills]
    service = [[sum(bill[name] for name in names[:-1]) for bill in three] for three in bills]
    yearly = [scenario.recordings_per_day * DAYS_A_YEAR / THOUSAND for scenario in SCENARIOS]
    return Table(
        "What it costs, $ a year",
        ("", *map(_head, SCENARIOS)),
        (
            *rows,
            ("all but the signals", *map(_range, service)),
            (
                "for a thousand recordings",
                *(_range([one / n for one in three]) for three, n in zip(service, yearly, strict=True)),
            ),
            ("all of it", *map(_range, every)),
        ),
    )


def waits_table(measured: Measured) -> Table:
    """Return how long the slowest hundredth waits for a core."""
    # What a call takes lies about its mean as the measured calls do: p99 over p50 of a normal spread.
    variation = max(0.1, (measured.call_spread - 1) / 2.33)
    rows = tuple(
        (
            f"{utilisation:.0%} busy",
            *(f"{simulate(cores, utilisation, variation).p99 * measured.call_core_ms:.1f}" for cores in CORES),
            f"{simulate(CORES[0], utilisation, 1.0).p99 * measured.call_core_ms:.1f}",
        )
        for utilisation in UTILISATIONS
    )
    heads = ("", *(f"{cores} cores" for cores in CORES), f"{CORES[0]} cores, service time exponential")
    return Table("How long the slowest hundredth of calls waits for a core, ms", heads, rows)


def figure(value: float) -> str:
    """Return a figure with two significant digits, or as the whole number that it is."""
    if float(value).is_integer() and abs(value) < TEN_THOUSAND:
        return f"{value:,.0f}"
    rounded = float(f"{value:.{SIGNIFICANT}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= TEN else np.format_float_positional(rounded, trim="-")


def _range(values: Sequence[float]) -> str:
    low, usual, high = values
    return f"{figure(usual)} ({figure(low)}–{figure(high)})"


def _head(scenario: Scenario) -> str:
    exponent = len(f"{scenario.recordings_per_day:.0f}") - 1
    return f"{scenario.name}, 10{str(exponent).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))} a day"
