"""`ecg summary` and `ecg health`: what is served, and whether it is."""

import dataclasses
import json
import sys
from collections.abc import Iterator

import typer

from ecg_client.cli.options import AsJson, ModelVersion, Timeout
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.model_summary import (
    InputSpecification,
    Limits,
    ModelSummary,
    OperatingPoint,
    ServedModel,
    ServingStatus,
)


@calls_a_service
def summary(
    service: Service, timeout: Timeout = DEFAULT_TIMEOUT_S, model_version: ModelVersion = "", *, as_json: AsJson = False
) -> None:
    """Print the model that is being served, as Keras does."""
    with service.client(timeout) as client:
        model_summary = client.model_summary(model_version=model_version)
    if as_json:
        typer.echo(json.dumps(_as_json(model_summary), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_summary_lines(model_summary)))


@calls_a_service
def health(service: Service, timeout: Timeout = DEFAULT_TIMEOUT_S) -> None:
    """Print whether the service takes calls.

    Exits with 0 when it is SERVING, with 1 when it is not.
    """
    with service.client(timeout) as client:
        status = client.health()
    typer.echo(status.name)
    sys.exit(0 if status is ServingStatus.SERVING else 1)


def _summary_lines(model_summary: ModelSummary) -> list[str]:
    model = model_summary.model
    figures = [
        f"{figure.name} {figure.class_code or 'all classes'}: {figure.value:.3f} ({figure.measured_on})"
        for figure in model_summary.quality_figures
    ]
    return [
        model_summary.summary_text.rstrip("\n"),
        "",
        f"Model: {model.name} {model.version}".rstrip() + f" (SHA-256 {model.sha256})",
        f"Classes: {', '.join(model_summary.class_codes)}",
        _input_line(model_summary.input),
        *_recording_lines(model_summary),
        *_limit_lines(model_summary.limits),
        *map(_operating_point_line, model_summary.operating_points),
        *_abstention_lines(model_summary),
        *figures,
        *map(_served_model_line, model_summary.served_models),
    ]


def _served_model_line(served: ServedModel) -> str:
    model = f"{served.model.name} {served.model.version}".rstrip()
    return f"Served as {', '.join(served.labels)}: {model}" if served.labels else f"Served too: {model}"


def _operating_point_line(point: OperatingPoint) -> str:
    thresholds = ", ".join(f"{code} {threshold:.3f}" for code, threshold in point.thresholds.items())
    return f"Operating point {point.name}{' (active)' if point.is_active else ''}: {thresholds} ({point.description})"


def _abstention_lines(model_summary: ModelSummary) -> list[str]:
    greatest = model_summary.greatest_uncertainty
    return [] if greatest is None else [f"Greatest uncertainty: {greatest:.3f} (above it the service abstains)"]


def _input_line(network_input: InputSpecification) -> str:
    signal = f"{network_input.sample_count} samples of {len(network_input.lead_names)} leads"
    metadata = ", ".join(network_input.metadata_fields) or "none"
    return f"Input: {signal} at {network_input.sample_rate_hz:g} Hz; metadata used: {metadata}"


def _recording_lines(model_summary: ModelSummary) -> Iterator[str]:
    """What may be sent; nothing where the service is too old to say it."""
    limits = model_summary.limits
    if limits.max_sample_rate_hz is None or limits.max_duration_seconds is None:
        return
    rates = f"{limits.min_sample_rate_hz or 0:g} to {limits.max_sample_rate_hz:g} Hz"
    seconds = f"{limits.min_duration_seconds or 0:g} to {limits.max_duration_seconds:g} s"
    leads = ", ".join(lead.name for lead in model_summary.input.required_lead_names)
    yield f"Recordings: {rates}, {seconds}, with at least the leads {leads}"


def _limit_lines(limits: Limits) -> Iterator[str]:
    """What a caller may ask of the service at once; a line for each limit that it has."""
    if limits.max_stream_recordings_in_flight is not None:
        yield f"Recordings of a stream on their way: at most {limits.max_stream_recordings_in_flight}"
    if limits.default_deadline_seconds is not None:
        yield f"A call without a deadline: at most {limits.default_deadline_seconds:g} s"
    if limits.max_connection_age_seconds is not None:
        grace = f", and {limits.connection_grace_seconds or 0:g} s for calls to end; streams are resumed"
        yield f"A connection: at most {limits.max_connection_age_seconds:g} s{grace}"
    if limits.max_caller_recordings_per_second is not None:
        yield f"Recordings of one caller: {limits.max_caller_recordings_per_second:g} a second"
    if limits.max_caller_calls is not None:
        yield f"Calls of one caller at once: at most {limits.max_caller_calls}"


def _as_json(model_summary: ModelSummary) -> dict[str, object]:
    as_dict = dataclasses.asdict(model_summary)
    for field in ("lead_names", "required_lead_names"):
        as_dict["input"][field] = [lead.name for lead in getattr(model_summary.input, field)]
    return as_dict
