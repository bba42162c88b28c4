"""`ecg predict`: a few recordings, in detail."""

import sys

import typer

from ecg_client.cli.options import Address, AsJsonLines, Files, Timeout, WithWindows
from ecg_client.cli.outcomes import predict_each
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE, json_line, print_detail, terminal
from ecg_client.client import EcgClient
from ecg_client.connection import DEFAULT_ADDRESS, DEFAULT_TIMEOUT_S
from ecg_client.formats.sources import open_recordings


def predict(
    files: Files,
    address: Address = DEFAULT_ADDRESS,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    *,
    windows: WithWindows = False,
    as_json: AsJsonLines = False,
) -> None:
    """Classify a few recordings, one call each.

    Prints each prediction in full, with its warnings. For many recordings, `ecg stream` is faster.
    """
    console = terminal()
    problem_count = 0
    with EcgClient(address, timeout_s=timeout) as client:
        for outcome in predict_each(client, open_recordings(files), include_windows=windows):
            problem_count += outcome.problem is not None
            if as_json:
                typer.echo(json_line(outcome))
            else:
                print_detail(console, outcome)
    if not as_json:
        console.print(NOT_A_MEDICAL_DEVICE)
    sys.exit(1 if problem_count else 0)
