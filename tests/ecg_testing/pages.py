"""Pages whose pictures are golden files: `python -m ecg_testing.pages FOLDER` draws them anew."""

import dataclasses
import sys
from pathlib import Path

import numpy as np

from ecg_client import (
    INDEPENDENT_LEADS,
    STANDARD_LEADS,
    Abstention,
    ClassPrediction,
    LeadName,
    ModelVersion,
    Prediction,
    PredictionWarning,
    Recording,
    WarningCode,
)
from ecg_client.formats.synthetic import generate_recording
from ecg_client.plotting import Arrangement, Picture, write_picture

GOLDEN_DPI = 60

PREDICTION = Prediction(
    "made-up",
    (
        ClassPrediction("NORM", "Normal ECG", 0.03, 0.41, is_positive=False),
        ClassPrediction("MI", "Myocardial infarction", 0.875, 0.25, is_positive=True),
        ClassPrediction("HYP", "Hypertrophy", 0.31, 0.34, is_positive=False),
    ),
    ModelVersion("fake", "1.0.0", "0" * 64),
    (
        PredictionWarning(WarningCode.RESAMPLED, None, "the recording was resampled", 250.0, "Hz"),
        PredictionWarning(WarningCode.SIGNAL_NOISE, LeadName.V3, "lead V3 is noisy: 0.31 mV", 0.31, "mV"),
        PredictionWarning(WarningCode.SIGNAL_LEAD_MASKED, LeadName.V3, "the network was given 0 mV", None, ""),
    ),
    operating_point="half",
    uncertainty=0.25,
)
ABSTAINED = dataclasses.replace(
    PREDICTION, abstentions=(Abstention("UNCERTAIN", None, "the network is unsure: the uncertainty is above 0.5"),)
)


def golden_pages() -> dict[str, Picture]:
    """The pages by the name of their file."""
    twelve = generate_recording(3, sample_rate_hz=250.0)
    six_seconds = generate_recording(2, seconds=6.0)
    eight = [STANDARD_LEADS.index(lead) for lead in INDEPENDENT_LEADS]
    millivolts = six_seconds.signal[:, eight].astype(np.float32) / 1000
    millivolts[:, -1] += 4.0
    return {
        "3x4": Picture(recording=twelve, prediction=PREDICTION),
        "6x2": Picture(recording=twelve, prediction=ABSTAINED, arrangement=Arrangement.SIX_BY_TWO),
        "12x1": Picture(recording=twelve, arrangement=Arrangement.TWELVE_BY_ONE, from_s=2.0),
        "eight-leads": Picture(
            recording=Recording(millivolts, 100.0, INDEPENDENT_LEADS, recording_id="$\\alpha$ <b>"),
            not_classified=["NO_REASON: as the test wants it"],
        ),
    }


if __name__ == "__main__":
    for page_name, page in golden_pages().items():
        write_picture(Path(sys.argv[1]) / f"{page_name}.png", page, dots_per_inch=GOLDEN_DPI)
