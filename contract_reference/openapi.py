"""What the gateway answers, as an OpenAPI document: its tables, and the contract with its comments."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, MethodDescriptorProto

from contract_reference.comments import Comments
from contract_reference.json_schemas import JsonSchemas, Schema
from ecg_gateway.contract import METHODS, ContractMethod
from ecg_gateway.health import LIVE_PATH, READY_PATH
from ecg_gateway.original import FEATURES, LEADS, SAMPLES
from ecg_gateway.status import HTTP_STATUS, REFUSALS

_SERVICES, _METHODS = 6, 2
_INTRODUCTION = """The ECG service (`ecg.v1.EcgService`) over HTTP and JSON. Not a medical device.

JSON is ProtoJSON of the contract's messages, with the names of the `.proto` files and with default values; requests may
also have the names in lowerCamelCase. Bodies may be compressed (`Content-Encoding: gzip`).

Headers that may come with a request: `Authorization` (a bearer token, which the service checks), `X-Request-ID` (1 to
128 letters, digits, `.`, `_`, `-`; it comes back, as does one that the gateway makes), `Grpc-Timeout` (such as `500m`,
half a second), `traceparent` and `tracestate`.

An error has the form of https://google.aip.dev/193."""
_ERROR: Schema = {
    "description": "Why there is no answer.",
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "status", "details"],
            "properties": {
                "code": {"type": "integer", "description": "The HTTP status."},
                "message": {"type": "string", "description": "What is wrong, and the remedy."},
                "status": {
                    "description": "The gRPC code.",
                    "type": "string",
                    "enum": [code.name for code in HTTP_STATUS],
                },
                "details": {
                    "description": "`google.rpc.ErrorInfo` with the reason in UPPER_SNAKE; `google.rpc.BadRequest` with"
                    " the field; `google.rpc.RetryInfo`.",
                    "type": "array",
                    "items": {"type": "object", "required": ["@type"], "properties": {"@type": {"type": "string"}}},
                },
            },
        }
    },
}
_PROBABILITIES: Schema = {
    "type": "object",
    "description": "The probability of each class, by its code: NORM, MI, STTC, CD, HYP.",
    "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
}
_ORIGINAL_RECORDING: Schema = {
    "type": "object",
    "required": ["X", "Y"],
    "properties": {
        "X": {
            "description": f"What is known of the patient, 0 where it is not: {', '.join(FEATURES)}.",
            "type": "array",
            "items": {"type": "number"},
            "minItems": len(FEATURES),
            "maxItems": len(FEATURES),
        },
        "Y": {
            "description": "The signal in millivolts at 100 Hz: I, II, III, aVR, aVL, aVF, V1 to V6 in each row.",
            "type": "array",
            "items": {"type": "array", "items": {"type": "number"}, "minItems": LEADS, "maxItems": LEADS},
            "minItems": SAMPLES,
            "maxItems": SAMPLES,
        },
    },
}
_STATE: Schema = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}


def document(files: Iterable[FileDescriptorProto]) -> dict[str, Any]:
    """Return the document about a gateway of the service in these files."""
    files = sorted(files, key=lambda file: not file.service)
    rpcs = _Rpcs(files[0])
    schemas = JsonSchemas(files, [rpcs.request(method.rpc) for method in METHODS])
    bodies = [rpcs.request(method.rpc) for method in METHODS if method.verb == "POST"]
    answers = [rpcs.response(method.rpc) for method in METHODS]
    paths: dict[str, Any] = {}
    for method in METHODS:
        paths.setdefault(method.path, {})[method.verb.lower()] = _method(method, rpcs, files)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ecg-gateway", "version": "v1", "description": _INTRODUCTION},
        "security": [{}, {"bearer": []}],
        "paths": paths | _other_paths(),
        "components": {
            "schemas": schemas.of(*bodies, *answers) | {"Error": _ERROR},
            "responses": {"Error": {"description": _statuses(), "content": _json({"$ref": _schema("Error")})}},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


class _Rpcs:
    """The methods of the service, by name, with their comments."""

    def __init__(self, file: FileDescriptorProto) -> None:
        self._comments = Comments(file)
        self._methods = {method.name: (index, method) for index, method in enumerate(file.service[0].method)}

    def request(self, rpc: str) -> str:
        return self._described(rpc).input_type.rpartition(".")[2]

    def response(self, rpc: str) -> str:
        return self._described(rpc).output_type.rpartition(".")[2]

    def comment(self, rpc: str) -> str:
        return self._comments.markdown(_SERVICES, 0, _METHODS, self._methods[rpc][0])

    def _described(self, rpc: str) -> MethodDescriptorProto:
        return self._methods[rpc][1]


def _method(method: ContractMethod, rpcs: _Rpcs, files: list[FileDescriptorProto]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": method.rpc,
        "summary": rpcs.comment(method.rpc).partition(". ")[0].replace("\n", " ").rstrip("."),
        "description": rpcs.comment(method.rpc),
        "responses": _responses(_json({"$ref": _schema(rpcs.response(method.rpc))})),
    }
    if method.verb == "GET":
        return described | {"parameters": _parameters(rpcs.request(method.rpc), files)}
    return described | {"requestBody": _body({"$ref": _schema(rpcs.request(method.rpc))})}


def _parameters(request: str, files: list[FileDescriptorProto]) -> list[dict[str, Any]]:
    schema = JsonSchemas(files, []).of(request)[request]
    # Of a query all is text.
    return [
        {"name": name, "in": "query", "description": field["description"], "schema": {"type": "string"}}
        for name, field in schema["properties"].items()
    ]


def _other_paths() -> dict[str, Any]:
    text = {"text/plain": {"schema": {"type": "string"}}}
    summary = {"summary": "The model's summary, as Keras prints it", "responses": _responses(text)}
    return {
        "/predict": {
            "post": {
                "summary": "The probabilities of one recording, in the form of the original web service",
                "requestBody": _body(_ORIGINAL_RECORDING),
                "responses": _responses(_json(_PROBABILITIES)),
            }
        },
        "/model-summary": {"get": summary, "post": summary},
        LIVE_PATH: {"get": {"summary": "Whether the gateway is alive", "responses": _responses(_json(_STATE))}},
        READY_PATH: {"get": {"summary": "Whether the service takes calls", "responses": _readiness()}},
    }


def _readiness() -> dict[str, Any]:
    return _responses(_json(_STATE)) | {"503": {"description": "It takes none.", "content": _json(_STATE)}}


def _responses(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "200": {"description": "The answer.", "content": content},
        "default": {"$ref": "#/components/responses/Error"},
    }


def _statuses() -> str:
    """Return the table of statuses in words."""
    own = {reason: http_status for reason, (http_status, _) in REFUSALS.items()}
    called = {code.name: http_status for code, http_status in HTTP_STATUS.items() if http_status != HTTPStatus.OK}
    named = [f"* {http_status}: {name}" for name, http_status in sorted({**called, **own}.items(), key=_by_status)]
    return "\n".join(
        ["Why there is no answer; the status is that of the gRPC code, or of the gateway's reason:", "", *named]
    )


def _by_status(named: tuple[str, int]) -> tuple[int, str]:
    return named[1], named[0]


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _body(schema: Schema) -> dict[str, Any]:
    return {"required": True, "content": _json(schema)}


def _schema(name: str) -> str:
    return f"#/components/schemas/{name}"
