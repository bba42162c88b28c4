"""The doors of the original web service, for programs that were written for it.

What it took are the inputs of its network: order and coding of X and Y are those of a Keras file without a manifest.
"""

import struct
from typing import Any

import numpy as np
import orjson
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ecg.v1 import ecg_service_pb2 as pb
from ecg_client.convert import recording_to_proto
from ecg_client.formats.npz import SAMPLE_RATE_HZ, metadata_from_row
from ecg_client.recording import STANDARD_LEADS, PatientMetadata, Recording
from ecg_gateway.body import Bodies
from ecg_gateway.errors import RequestError, ServiceCallError
from ecg_gateway.json_body import kind_of, object_of, parsed, refuse_other_types
from ecg_gateway.service import Service
from ecg_gateway.settings import MEBIBYTE
from ecg_gateway.status import JSON

SAMPLES = 1000
LEADS = len(STANDARD_LEADS)
# The order of X, by the fields of `PatientMetadata`.
FEATURES = (
    "age_years",
    "sex",
    "height_cm",
    "weight_kg",
    "first_infarction_stage",
    "second_infarction_stage",
    "has_pacemaker",
)
# 12,000 numbers written out to the last digit need a third of a MiB.
MAX_BYTES = 4 * MEBIBYTE

_ROW = struct.Struct(f"={LEADS}f")
_GREATEST_FLOAT32 = float(np.finfo(np.float32).max)
# What the service says of its fields, in the words of this door.
_FIELDS = {f"recording.metadata.{name}": f"X[{index}]" for index, name in enumerate(FEATURES)}
_SIGNAL_FIELD = "recording.packed_signal.samples"


def routes(service: Service, bodies: Bodies) -> list[Route]:
    """Return the routes of the original web service."""

    async def predict(request: Request) -> Response:
        refuse_other_types(request)
        async with bodies.of(request, MAX_BYTES) as body:
            message = await parsed(request_from_json, body)
        try:
            answer: pb.PredictResponse = await service.call("Predict", message, request)
        except ServiceCallError as error:
            raise ServiceCallError(_in_words_of_this_door(error.status)) from error
        probabilities = {one.code: one.probability for one in answer.prediction.classes}
        return Response(orjson.dumps(probabilities), media_type=JSON)

    async def model_summary(request: Request) -> Response:
        answer: pb.ModelSummaryResponse = await service.call("ModelSummary", pb.ModelSummaryRequest(), request)
        return PlainTextResponse(answer.summary_text)

    return [
        Route("/predict", predict, methods=["POST"]),
        Route("/model-summary", model_summary, methods=["GET", "POST"]),
    ]


def request_from_json(body: bytes) -> pb.PredictRequest:
    """Return the request that `{"X": [7 numbers], "Y": [1000 x [12 numbers]]}` makes; other keys are let be.

    A 0 in X that stands for a missing value is unknown, as is a height under 50 cm.

    Raises:
        RequestError: it is no such JSON; it names what of it.
    """
    tree = object_of(body)
    row = _list(tree, "X", f"{len(FEATURES)} numbers")
    rows = _list(tree, "Y", f"{SAMPLES} rows of {LEADS} numbers")
    _refuse_length("X", row, len(FEATURES), "numbers")
    _refuse_length("Y", rows, SAMPLES, "rows")
    signal = np.frombuffer(_packed(rows), np.float32).reshape(SAMPLES, LEADS)
    recording = Recording(signal, SAMPLE_RATE_HZ, metadata=_metadata(row))
    return pb.PredictRequest(recording=recording_to_proto(recording))


def _list(tree: dict[str, Any], key: str, wanted: str) -> list[Any]:
    value = tree.get(key)
    if not isinstance(value, list):
        problem = f"it is {kind_of(value)}" if key in tree else "it is missing"
        raise RequestError("FIELD_INVALID", key, f"{problem}; send a list of {wanted}")
    return value


def _refuse_length(field: str, values: list[Any], wanted: int, of_what: str) -> None:
    if len(values) != wanted:
        raise RequestError("FIELD_INVALID", field, f"it has {len(values)} {of_what}; send {wanted}")


def _metadata(row: list[Any]) -> PatientMetadata:
    _refuse_other_than_numbers("X", row)
    try:
        return metadata_from_row(row)
    except ValueError as error:
        raise RequestError("FIELD_INVALID", "X", str(error)) from None


def _packed(rows: list[Any]) -> bytes:
    """Return the samples as float32, row after row: each row at once; what is amiss is looked for if one is."""
    pack = _ROW.pack
    try:
        return b"".join([pack(*row) for row in rows])
    except (struct.error, TypeError, OverflowError):
        for index, row in enumerate(rows):
            field = f"Y[{index}]"
            if not isinstance(row, list):
                raise RequestError(
                    "FIELD_INVALID", field, f"it is {kind_of(row)}; send a list of {LEADS} numbers"
                ) from None
            _refuse_length(field, row, LEADS, "numbers")
            _refuse_other_than_numbers(field, row)
        raise


def _refuse_other_than_numbers(field: str, values: list[Any]) -> None:
    for index, value in enumerate(values):
        if not isinstance(value, int | float):
            raise RequestError("FIELD_INVALID", f"{field}[{index}]", f"it is {kind_of(value)}; send a number")
        if abs(value) > _GREATEST_FLOAT32:
            description = "it is too great for any measurement; send years, cm, kg and millivolts"
            raise RequestError("FIELD_INVALID", f"{field}[{index}]", description)


def _in_words_of_this_door(status: Status) -> Status:
    renamed = Status(code=status.code, message=status.message)
    for detail in status.details:
        bad_request = BadRequest()
        if detail.Unpack(bad_request):
            for violation in bad_request.field_violations:
                violation.field = _FIELDS.get(violation.field, violation.field.replace(_SIGNAL_FIELD, "Y"))
            renamed.details.add().Pack(bad_request)
        else:
            renamed.details.append(detail)
    return renamed
