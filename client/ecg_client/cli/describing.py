"""`ecg summary` and `ecg health`: what is served, and whether it is."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator

import typer
from rich.table import Table

from ecg_client.cli.options import AsJson, ModelVersion, Timeout
from ecg_client.cli.rendering import print_table, terminal
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.model_summary import (
    LayerSummary,
    Limits,
    ModelSummary,
    OperatingPoint,
    QualityFigure,
    ServingStatus,
)


@calls_a_service
def summary(
    service: Service, timeout: Timeout = DEFAULT_TIMEOUT_S, model_version: ModelVersion = "", *, as_json: AsJson = False
) -> None:
    """Print the model that is being served.

    Its layers, what it takes, what the service accepts, its thresholds and its quality.
    """
    with service.client(timeout) as client:
        model_summary = client.model_summary(model_version=model_version)
    if as_json:
        typer.echo(json.dumps(_as_json(model_summary), indent=2, ensure_ascii=False))
    else:
        _print(model_summary)


@calls_a_service
def health(service: Service, timeout: Timeout = DEFAULT_TIMEOUT_S) -> None:
    """Print whether the service takes calls.

    Exits with 0 when it is SERVING, with 1 when it is not.
    """
    with service.client(timeout) as client:
        status = client.health()
    typer.echo(status.name)
    sys.exit(0 if status is ServingStatus.SERVING else 1)


def _print(model_summary: ModelSummary) -> None:
    console = terminal()
    filled = [section for section in _sections(model_summary) if section.row_count]
    for index, section in enumerate(filled):
        if index:
            console.print()
        print_table(console, section)


def _sections(model_summary: ModelSummary) -> Iterator[Table]:
    """What there is to say, as tables that fit the terminal."""
    yield _layers(model_summary.layers)
    yield _facts(("", line.strip()) for line in model_summary.summary_text.splitlines() if " params: " in line)
    yield _facts(_model_facts(model_summary))
    codes = model_summary.class_codes
    if model_summary.operating_points:
        yield _thresholds(model_summary.operating_points, codes)
        yield _facts((point.name, point.description) for point in model_summary.operating_points)
    by_data: dict[str, list[QualityFigure]] = {}
    for figure in model_summary.quality_figures:
        by_data.setdefault(figure.measured_on, []).append(figure)
    for data, figures in by_data.items():
        yield _quality(figures, codes)
        yield _facts([("measured on", data)])


def _layers(layers: Iterable[LayerSummary]) -> Table:
    """The columns of Keras, in its words."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Layer (type)", overflow="fold")
    table.add_column("Output Shape", overflow="fold")
    table.add_column("Param #", justify="right", no_wrap=True)
    table.add_column("Connected to", overflow="fold")
    for layer in layers:
        name = f"{layer.name} ({layer.type})"
        table.add_row(name, layer.output_shape, f"{layer.parameter_count:,}", ", ".join(layer.connected_to) or "-")
    return table


def _thresholds(points: Iterable[OperatingPoint], class_codes: Iterable[str]) -> Table:
    table = _figures_table("Operating point", class_codes)
    for point in points:
        name = f"{point.name}{' (active)' if point.is_active else ''}"
        table.add_row(name, *(f"{point.thresholds[code]:.3f}" for code in class_codes))
    return table


def _quality(figures: Iterable[QualityFigure], class_codes: Iterable[str]) -> Table:
    table = _figures_table("Quality", ["all", *class_codes])
    rows: dict[str, dict[str, float]] = {}
    for figure in figures:
        rows.setdefault(figure.name, {})[figure.class_code] = figure.value
    for name, values in rows.items():
        table.add_row(name, *(f"{values[code]:.3f}" if code in values else "-" for code in ("", *class_codes)))
    return table


def _figures_table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(title, overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _facts(facts: Iterable[tuple[str, str]]) -> Table:
    """Each with its name before it; where it is too long for the line, it goes on below itself."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, fact in facts:
        table.add_row(name, fact)
    return table


def _model_facts(model_summary: ModelSummary) -> Iterator[tuple[str, str]]:
    model = model_summary.model
    yield "Model", f"{model.name} {model.version}".rstrip()
    yield "SHA-256", model.sha256
    for served in model_summary.served_models:
        name = f"{served.model.name} {served.model.version}".rstrip()
        yield "Served as", f"{', '.join(served.labels) or 'no label'}: {name}"
    yield "Classes", ", ".join(model_summary.class_codes)
    network_input = model_summary.input
    leads = f"{network_input.sample_count} samples of {len(network_input.lead_names)} leads"
    yield "Input", f"{leads} at {network_input.sample_rate_hz:g} Hz"
    yield "Metadata used", ", ".join(network_input.metadata_fields) or "none"
    yield from _recording_facts(model_summary)
    yield from _limit_facts(model_summary.limits)
    if model_summary.greatest_uncertainty is not None:
        yield "Abstains", f"above an uncertainty of {model_summary.greatest_uncertainty:.3f}"


def _recording_facts(model_summary: ModelSummary) -> Iterator[tuple[str, str]]:
    """What may be sent; nothing where the service is too old to say it."""
    limits = model_summary.limits
    if limits.max_sample_rate_hz is None or limits.max_duration_seconds is None:
        return
    rates = f"{limits.min_sample_rate_hz or 0:g} to {limits.max_sample_rate_hz:g} Hz"
    seconds = f"{limits.min_duration_seconds or 0:g} to {limits.max_duration_seconds:g} s"
    leads = ", ".join(lead.name for lead in model_summary.input.required_lead_names)
    yield "Recordings", f"{rates}, {seconds}, with at least the leads {leads}"


def _limit_facts(limits: Limits) -> Iterator[tuple[str, str]]:
    """What a caller may ask of the service at once; one for each limit that it has."""
    if limits.max_stream_recordings_in_flight is not None:
        yield "Streams", f"at most {limits.max_stream_recordings_in_flight} recordings on their way"
    if limits.default_deadline_seconds is not None:
        yield "Calls", f"at most {limits.default_deadline_seconds:g} s without a deadline"
    if limits.max_explanation_windows is not None:
        at_once = f", {limits.max_explanations} at once" if limits.max_explanations else ""
        yield "Explanations", f"at most {limits.max_explanation_windows} windows each{at_once}"
    if limits.max_connection_age_seconds is not None:
        grace = f", and {limits.connection_grace_seconds or 0:g} s for calls to end; streams are resumed"
        yield "Connections", f"at most {limits.max_connection_age_seconds:g} s{grace}"
    if limits.max_caller_recordings_per_second is not None:
        yield "Each caller", f"at most {limits.max_caller_recordings_per_second:g} recordings a second"
    if limits.max_caller_calls is not None:
        yield "Each caller", f"at most {limits.max_caller_calls} calls at once"


def _as_json(model_summary: ModelSummary) -> dict[str, object]:
    as_dict = dataclasses.asdict(model_summary)
    for field in ("lead_names", "required_lead_names"):
        as_dict["input"][field] = [lead.name for lead in getattr(model_summary.input, field)]
    return as_dict
