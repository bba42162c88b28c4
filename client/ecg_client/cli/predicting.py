"""`ecg predict`: a few recordings, in detail."""

import sys

import typer

from ecg_client.cli.options import (
    AsCsv,
    AsJsonLines,
    AsParquet,
    Files,
    ModelVersion,
    SampleRate,
    Timeout,
    Unit,
    WithWindows,
)
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, json_line, print_detail, terminal
from ecg_client.cli.row_output import printed_format, writing_rows
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.formats.file_format import Stated
from ecg_client.formats.sources import find_recordings
from ecg_client.outcomes import predict_each


@calls_a_service
def predict(  # noqa: PLR0913, PLR0917 - each is an option of the command
    service: Service,
    files: Files,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    model_version: ModelVersion = "",
    sample_rate: SampleRate = None,
    unit: Unit = None,
    *,
    windows: WithWindows = False,
    as_json: AsJsonLines = False,
    as_csv: AsCsv = False,
    as_parquet: AsParquet = False,
) -> None:
    """Classify a few recordings, one call each.

    Prints each prediction in full, with its warnings. For many recordings, `ecg stream` is faster.
    """
    printed = printed_format(as_json=as_json, as_csv=as_csv, as_parquet=as_parquet)
    is_quiet = as_json or printed is not None
    console = terminal()
    problem_count = 0
    with service.client(timeout) as client, writing_rows(Stated(sample_rate, unit), printed) as rows:
        found = find_recordings(files, sample_rate_hz=sample_rate, unit=unit)
        recordings = rows.read(rows.begin(client, found, model_version))
        outcomes = predict_each(client, recordings, include_windows=windows, model_version=model_version)
        for outcome in rows.written(outcomes):
            problem_count += outcome.problem is not None
            if as_json:
                typer.echo(json_line(outcome))
            elif not is_quiet:
                print_detail(console, outcome)
    if not is_quiet:
        console.print(NOT_A_MEDICAL_DEVICE)
    sys.exit(1 if problem_count else 0)
