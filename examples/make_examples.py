"""Writes the requests beside it, *.json, of synthetic recordings: python examples/make_examples.py."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from google.protobuf.message import Message
from make_predict_json import leads_to_proto, to_json

from ecg.v1 import ecg_service_pb2 as pb
from ecg_client.convert import recording_to_proto
from ecg_client.formats.synthetic import generate_recording
from ecg_client.recording import INDEPENDENT_LEADS, STANDARD_LEADS, PatientMetadata, Recording, Sex

FOLDER = Path(__file__).parent
PATIENT = PatientMetadata(age_years=56, sex=Sex.FEMALE, height_cm=168, weight_kg=63, has_pacemaker=False)


def main() -> None:
    """Write the files."""
    for name, messages in requests().items():
        (FOLDER / name).write_text("".join(f"{to_json(message)}\n" for message in messages), encoding="utf-8")


def requests() -> dict[str, Iterable[Message]]:
    """Return the messages of each file, one for a single call, several for a stream."""
    normal = dataclasses.replace(generate_recording(0), metadata=PATIENT)
    return {
        "predict.json": [pb.PredictRequest(recording=leads_to_proto(normal))],
        "predict_packed.json": [pb.PredictRequest(recording=recording_to_proto(normal))],
        "predict_options.json": [_with_options()],
        "predict_stream.json": _stream(),
        "model_summary.json": [pb.ModelSummaryRequest(model_version="stable")],
    }


def _with_options() -> pb.PredictRequest:
    """Return a recording that is longer than the network's window, to see something of its windows."""
    long = _eight_leads(generate_recording(3, seconds=20))
    options = pb.PredictOptions(include_windows=True, model_version="stable")
    return pb.PredictRequest(recording=recording_to_proto(long), options=options)


def _stream() -> list[Message]:
    """Return two messages of three recordings, the second of which cannot be right."""
    first, second, third = (recording_to_proto(_eight_leads(generate_recording(index))) for index in range(3))
    # It says that its integers are millivolts, and they are microvolts.
    second.packed_signal.microvolts_per_unit = 1000
    return [pb.PredictStreamRequest(recordings=[first, second]), pb.PredictStreamRequest(recordings=[third])]


def _eight_leads(recording: Recording) -> Recording:
    """Return the same recording without the leads that follow from others."""
    columns = [STANDARD_LEADS.index(name) for name in INDEPENDENT_LEADS]
    signal = recording.signal[:, columns]
    return dataclasses.replace(recording, signal=signal, lead_names=INDEPENDENT_LEADS, metadata=PATIENT)


if __name__ == "__main__":
    main()
