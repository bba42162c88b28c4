"""`ecg summary` and `ecg health`: what is served, and whether it is."""

import dataclasses
import json
import sys
from collections.abc import Iterator

import typer

from ecg_client.cli.options import Address, AsJson, Timeout
from ecg_client.client import EcgClient
from ecg_client.connection import DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S
from ecg_client.model_summary import InputSpecification, ModelSummary, OperatingPoint, ServingStatus


def summary(
    address: Address = DEFAULT_ADDRESS, timeout: Timeout = DEFAULT_TIMEOUT_S, *, as_json: AsJson = False
) -> None:
    """Print the model that is being served, as Keras does."""
    with EcgClient(address, timeout_s=timeout) as client:
        model_summary = client.model_summary()
    if as_json:
        typer.echo(json.dumps(_as_json(model_summary), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_summary_lines(model_summary)))


def health(address: Address = DEFAULT_ADDRESS, timeout: Timeout = DEFAULT_TIMEOUT_S) -> None:
    """Print whether the service takes calls.

    Exits with 0 when it is SERVING, with 1 when it is not.
    """
    with EcgClient(address, timeout_s=timeout) as client:
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
        *map(_operating_point_line, model_summary.operating_points),
        *_abstention_lines(model_summary),
        *figures,
    ]


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


def _as_json(model_summary: ModelSummary) -> dict[str, object]:
    as_dict = dataclasses.asdict(model_summary)
    for field in ("lead_names", "required_lead_names"):
        as_dict["input"][field] = [lead.name for lead in getattr(model_summary.input, field)]
    return as_dict
