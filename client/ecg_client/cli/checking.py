"""`ecg check`: one recording of a test set, its targets and its prediction."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from ecg_client.cli.options import ModelVersion, Timeout
from ecg_client.cli.rendering import NOT_A_MEDICAL_DEVICE
from ecg_client.cli.service import Service, calls_a_service
from ecg_client.connection import DEFAULT_TIMEOUT_S
from ecg_client.formats.npz import open_npz
from ecg_client.prediction import Prediction
from ecg_client.recording import Recording


@calls_a_service
def check(
    service: Service,
    file: Annotated[Path, typer.Argument(metavar="FILE.npz", help="The test set: X_test, Y_test and Z_test.")],
    sample: Annotated[int, typer.Option(min=0, metavar="N", help="Which recording, counted from 0.")] = 0,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    model_version: ModelVersion = "",
) -> None:
    """Print the targets of one recording beside its prediction."""
    recording = open_npz(file).read_recording(sample)
    with service.client(timeout) as client:
        prediction = client.predict(recording, model_version=model_version)
    typer.echo("\n".join(_lines(sample, recording, prediction)))
    typer.echo(NOT_A_MEDICAL_DEVICE, err=True)


def _lines(sample: int, recording: Recording, prediction: Prediction) -> list[str]:
    targets = "none" if recording.labels is None else np.array([*recording.labels.values()], dtype=float)
    return [
        f"SAMPLE: id={sample}",
        f"  target values: {targets}",
        "  prediction:",
        *(f"    {entry.code:<4} = {entry.probability:.3f}" for entry in prediction.classes),
    ]
