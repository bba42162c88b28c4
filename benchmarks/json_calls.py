"""Clients that call the gateway over HTTP, and one that calls the server with the same recordings over gRPC."""

import dataclasses
import json
from functools import cache
from typing import Any

from benchmarks.answers import AnswerKey, answers_of
from benchmarks.calls import Load, call_again, post
from benchmarks.measurement import Measurement
from benchmarks.recordings import millivolts, recordings
from ecg.v1 import ecg_service_pb2, recording_pb2
from ecg_client import Recording
from ecg_client.convert import metadata_to_proto, recording_to_proto
from ecg_gateway.protojson import message_to_json
from ecg_model.manifest import DIAGNOSTIC_CLASSES

PREDICT = "/v1/recordings:predict"


@cache
def sent() -> tuple[Recording, ...]:
    """Return the recordings, of patients without a pacemaker: the original's X cannot say that nobody knows."""
    return tuple(
        dataclasses.replace(one, metadata=dataclasses.replace(one.metadata, has_pacemaker=False))
        for one in recordings()
    )


def json_answers(model: str) -> AnswerKey:
    """Return what has to be answered to them."""
    return answers_of(model, sent())


def call_original_door(load: Load) -> Measurement:
    """Send X and Y; the requests are written beforehand."""
    bodies = [json.dumps({"X": _row(one), "Y": millivolts(one).tolist()}) for one in sent()]
    return post(load, "/predict", bodies, lambda answer: [answer[code] for code in DIAGNOSTIC_CLASSES])


def call_with_leads(load: Load) -> Measurement:
    """Send ProtoJSON with the samples as numbers."""
    return post(load, PREDICT, [_json(_with_leads(one)) for one in sent()], _probabilities)


def call_with_packed_signal(load: Load) -> Measurement:
    """Send ProtoJSON with the samples as bytes in base64."""
    return post(load, PREDICT, [_json(recording_to_proto(one)) for one in sent()], _probabilities)


def call_grpc(load: Load) -> Measurement:
    """Send the same recordings to the server itself, with `EcgClient`."""
    return call_again(load, sent())


def _row(recording: Recording) -> list[float]:
    metadata = recording.metadata
    sex = 0 if metadata.sex is None else metadata.sex.value - 1
    return [metadata.age_years or 0, sex, metadata.height_cm or 0, metadata.weight_kg or 0, 0, 0, 0]


def _with_leads(recording: Recording) -> recording_pb2.Recording:
    columns = zip(recording.lead_names, millivolts(recording).T, strict=True)
    return recording_pb2.Recording(
        metadata=metadata_to_proto(recording.metadata),
        sample_rate_hz=recording.sample_rate_hz,
        leads=[
            recording_pb2.Lead(name=recording_pb2.LeadName.ValueType(name), millivolts=column.tolist())
            for name, column in columns
        ],
    )


def _json(recording: recording_pb2.Recording) -> bytes:
    return message_to_json(ecg_service_pb2.PredictRequest(recording=recording))


def _probabilities(answer: Any) -> list[float]:
    return [one["probability"] for one in answer["prediction"]["classes"]]
