"""The contract over HTTP: a method of the service is one row of a table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ecg_gateway.body import Bodies
from ecg_gateway.errors import RequestError
from ecg_gateway.json_body import parsed, refuse_other_types
from ecg_gateway.protojson import fields_of, message_from_json, message_to_json, set_field
from ecg_gateway.service import Service, request_type
from ecg_gateway.status import JSON


@dataclass(frozen=True, slots=True)
class ContractMethod:
    """A method of the contract, and where it is to be found.

    Attributes:
        verb: GET, where the fields of the request are parameters of the query, or POST, where the body says them.
        path: the path.
        rpc: the method's name in `ecg.v1.EcgService`; one request, one answer.
    """

    verb: str
    path: str
    rpc: str


METHODS = (
    ContractMethod("POST", "/v1/recordings:predict", "Predict"),
    ContractMethod("POST", "/v1/recordings:explain", "Explain"),
    ContractMethod("GET", "/v1/model", "ModelSummary"),
)


def routes(service: Service, bodies: Bodies) -> list[Route]:
    """Return a route for each method of the table."""
    return [
        Route(method.path, _endpoint(service, bodies, method), methods=[method.verb], name=method.rpc)
        for method in METHODS
    ]


def _endpoint(service: Service, bodies: Bodies, method: ContractMethod) -> Callable[[Request], Awaitable[Response]]:
    read = partial(message_from_json, kind=request_type(method.rpc))

    async def from_query(request: Request) -> Response:
        return _answer(await service.call(method.rpc, _message_from_query(request, method.rpc), request))

    async def from_body(request: Request) -> Response:
        refuse_other_types(request)
        async with bodies.of(request) as body:
            return _answer(await service.call(method.rpc, await parsed(read, body), request))

    return from_query if method.verb == "GET" else from_body


def _answer(message: Message) -> Response:
    return Response(message_to_json(message), media_type=JSON)


def _message_from_query(request: Request, rpc: str) -> Message:
    message = request_type(rpc)()
    fields = fields_of(message.DESCRIPTOR)
    for name, value in request.query_params.multi_items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(field.name for field in message.DESCRIPTOR.fields)
            raise RequestError("PARAMETER_INVALID", "", f"the query has a parameter that is none; there is {known}")
        set_field(message, field, value, name)
    return message
