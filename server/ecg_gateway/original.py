"""The doors of the original web service, for programs that were written for it.

What it took are the inputs of its network: design and coding of X and Y are those of a Keras file without a manifest.
"""

from array import array
from collections.abc import Sequence
from itertools import chain
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
from ecg_client.recording import STANDARD_LEADS, Recording
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
    row, rows = _list(tree, "X", f"{len(FEATURES)} numbers"), _list(tree, "Y", f"{SAMPLES} rows of {LEADS} numbers")
    _refuse_length("X", row, len(FEATURES), "numbers")
    numbers = _numbers([row], "X[{column}]")
    try:
        metadata = metadata_from_row(numbers)
    except ValueError as error:
        raise RequestError("FIELD_INVALID", "X", str(error)) from None
    signal = np.frombuffer(_samples(rows), np.float32).reshape(SAMPLES, LEADS)
    recording = Recording(signal, SAMPLE_RATE_HZ, metadata=metadata)
    return pb.PredictRequest(recording=recording_to_proto(recording))


def _list(tree: dict[str, Any], key: str, wanted: str) -> list[Any]:
    value = tree.get(key)
    if not isinstance(value, list):
        problem = f"it is {kind_of(value)}" if key in tree else "it is missing"
        raise RequestError("FIELD_INVALID", key, f"{problem}; send a list of {wanted}")
    return value


def _refuse_length(field: str, values: Sequence[Any], wanted: int, of_what: str) -> None:
    if len(values) != wanted:
        raise RequestError("FIELD_INVALID", field, f"it has {len(values)} {of_what}; send {wanted}")


def _samples(rows: list[Any]) -> "array[float]":
    """Return the samples as float32, row after row."""
    _refuse_length("Y", rows, SAMPLES, "rows")
    for index, row in enumerate(rows):
        if type(row) is not list:
            raise RequestError("FIELD_INVALID", f"Y[{index}]", f"it is {kind_of(row)}; send a list of {LEADS} numbers")
        if len(row) != LEADS:
            _refuse_length(f"Y[{index}]", row, LEADS, "numbers")
    return _numbers(rows, "Y[{row}][{column}]")


def _numbers(rows: list[list[Any]], place: str) -> "array[float]":
    """Return the numbers of all rows as float32: at once, which nearly always succeeds, else to find which is none."""
    try:
        return array("f", chain.from_iterable(rows))
    except TypeError:
        for row_index, row in enumerate(rows):
            for index, value in enumerate(row):
                if not isinstance(value, int | float):
                    where = place.format(row=row_index, column=index)
                    raise RequestError("FIELD_INVALID", where, f"it is {kind_of(value)}; send a number") from None
        raise


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
