"""Writes predict.json beside it: a request for grpcurl, with one synthetic recording that anyone can read.

python examples/make_predict_json.py
"""

import json
from pathlib import Path
from typing import Any

from ecg_client.formats.synthetic import generate_recording

DECIMALS = 3


def main() -> None:
    """Write the file."""
    text = json.dumps(predict_request(), indent=1)
    # A sample a line would make twelve thousand lines.
    path = Path(__file__).with_name("predict.json")
    path.write_text(_samples_on_one_line(text) + "\n", encoding="utf-8")


def predict_request() -> dict[str, Any]:
    """Return an `ecg.v1.PredictRequest` in the JSON form of protobuf, under the names of the .proto files."""
    recording = generate_recording(0)
    millivolts = recording.signal * recording.microvolts_per_unit / 1000
    return {
        "recording": {
            "recording_id": recording.recording_id,
            "metadata": {"age_years": 56, "sex": "SEX_FEMALE", "height_cm": 168, "weight_kg": 63},
            "sample_rate_hz": recording.sample_rate_hz,
            "leads": [
                {"name": f"LEAD_NAME_{name.name}", "millivolts": [round(float(one), DECIMALS) for one in column]}
                for name, column in zip(recording.lead_names, millivolts.T, strict=True)
            ],
        }
    }


def _samples_on_one_line(text: str) -> str:
    lines: list[str] = []
    for line in text.splitlines():
        is_sample = line.strip().rstrip(",").lstrip("-").replace(".", "", 1).isdigit()
        if is_sample or (lines and line.strip() in {"]", "],"} and lines[-1].lstrip().startswith('"millivolts"')):
            lines[-1] += line.strip()
        else:
            lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
