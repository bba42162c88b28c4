"""The gateway: what a recording costs over HTTP and JSON, beside the same one over gRPC."""

from functools import partial

from benchmarks.case import Case
from benchmarks.json_calls import (
    call_grpc,
    call_original_door,
    call_with_leads,
    call_with_packed_signal,
    json_answers,
)
from benchmarks.measurement import Metrics
from benchmarks.stage import Client, Stage, ecg_server_arguments
from ecg_model.loading import Runtime

PART = "gateway"
MODULE = "benchmarks.server_and_gateway"
OVER_GRPC = "gRPC, int16, EcgClient"
DOORS: dict[str, Client] = {
    "JSON, X and Y": call_original_door,
    "ProtoJSON, leads": call_with_leads,
    "ProtoJSON, packed_signal": call_with_packed_signal,
}


def cases(stage: Stage) -> list[Case]:
    """Return the cases of this part."""
    return [
        _case(stage, OVER_GRPC, "ecg_server", call_grpc),
        *(_case(stage, name, MODULE, client) for name, client in DOORS.items()),
    ]


def _case(stage: Stage, name: str, module: str, client: Client) -> Case:
    return Case(PART, name, partial(_measure, stage, module, client), runtime=Runtime.ONNX.value)


def _measure(stage: Stage, module: str, client: Client) -> Metrics:
    server = stage.server(module, *ecg_server_arguments(stage.settings.model, Runtime.ONNX))
    answers = stage.start("answers", json_answers, stage.settings.model).result()
    return stage.measure(client, server, answers=answers)
