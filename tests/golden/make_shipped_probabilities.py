"""Writes down what the shipped bundles say of synthetic recordings, to `shipped_probabilities.json` beside it.

    python make_shipped_probabilities.py

To be run when a bundle's network or its calibration changes on purpose, and never to make a test pass.
"""

import json
from pathlib import Path

from ecg_model.bundle import shipped_bundle_names
from ecg_model.loading import Runtime, load_classifier
from ecg_testing.shipped import probabilities_of, shipped_recordings

PROBABILITIES = Path(__file__).with_name("shipped_probabilities.json")
DIGITS = 6


def main() -> None:
    """Write the file."""
    said = {
        name: [
            [round(one, DIGITS) for one in row]
            for row in probabilities_of(load_classifier(name, Runtime.TENSORFLOW), shipped_recordings())
        ]
        for name in shipped_bundle_names()
    }
    PROBABILITIES.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
