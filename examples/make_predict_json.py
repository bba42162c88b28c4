"""Prints recordings as requests in JSON, for grpcurl and ghz.

    python examples/make_predict_json.py FILE > request.json               # one recording, for Predict
    python examples/make_predict_json.py FILE ... --stream > stream.json   # any number, for PredictStream

FILE is whatever `ecg predict` reads. What is printed is the recording itself: keep it as you keep the file.
"""

import argparse
import itertools
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from google.protobuf import json_format
from google.protobuf.message import Message

from ecg.v1 import ecg_service_pb2, recording_pb2
from ecg_client.convert import recording_to_proto
from ecg_client.errors import EcgError
from ecg_client.formats import open_recordings
from ecg_client.formats.synthetic import generate_recordings
from ecg_client.recording import Recording

MICROVOLTS_PER_MILLIVOLT = 1000


def main(arguments: list[str] | None = None) -> None:
    """Print what the files hold, or end with the reason why one of them cannot be printed."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.files and not options.synthetic:
        parser.error("there is nothing to print: name a FILE, or say --synthetic 1")
    to_proto = leads_to_proto if options.leads else recording_to_proto
    try:
        recordings = map(to_proto, _recordings(options))
        for message in _stream(recordings, options.group) if options.stream else _single(recordings):
            print(to_json(message))
    except EcgError as error:
        sys.exit(str(error))


def leads_to_proto(recording: Recording) -> recording_pb2.Recording:
    """Return a recording in its readable form: millivolts, lead by lead."""
    message = recording_to_proto(recording)
    message.ClearField("packed_signal")
    millivolts = recording.signal.astype(np.float64) * recording.microvolts_per_unit / MICROVOLTS_PER_MILLIVOLT
    for name, samples in zip(recording.lead_names, millivolts.T, strict=True):
        message.leads.add(name=recording_pb2.LeadName.ValueType(name), millivolts=samples)
    return message


def to_json(message: Message) -> str:
    """Return a message in the JSON form of protobuf, under the names of the .proto files, numbers in a row."""
    text = json_format.MessageToJson(message, preserving_proto_field_name=True, indent=1)
    return re.sub(r'\[[^][{}"]+]', lambda numbers: re.sub(r"\s+", "", numbers[0]), text)


def _single(recordings: Iterable[recording_pb2.Recording]) -> Iterator[Message]:
    first, *others = itertools.islice(recordings, 2)
    if others:
        sys.exit("there are several recordings, and Predict takes one: add --stream, for PredictStream")
    yield ecg_service_pb2.PredictRequest(recording=first)


def _stream(recordings: Iterable[recording_pb2.Recording], group: int) -> Iterator[Message]:
    remaining = iter(recordings)
    while recordings_of_message := list(itertools.islice(remaining, group)):
        yield ecg_service_pb2.PredictStreamRequest(recordings=recordings_of_message)


def _recordings(options: argparse.Namespace) -> Iterator[Recording]:
    yield from generate_recordings(options.synthetic)
    for recording in open_recordings(options.files, sample_rate_hz=options.sample_rate, unit=options.unit):
        if not isinstance(recording, Recording):
            raise recording
        yield recording


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="as for `ecg predict`; - is standard input")
    parser.add_argument("--leads", action="store_true", help="the readable form: millivolts, lead by lead")
    parser.add_argument("--stream", action="store_true", help="messages for PredictStream")
    parser.add_argument("--group", type=int, default=8, metavar="N", help="recordings in a message of a stream (8)")
    parser.add_argument("--sample-rate", type=float, metavar="HZ", help="of files that do not say it")
    parser.add_argument("--unit", metavar="UNIT", help="of files that do not say it: mV, uV, nV or V")
    parser.add_argument("--synthetic", type=int, default=0, metavar="N", help="N made-up recordings before the files")
    return parser


if __name__ == "__main__":
    main()
