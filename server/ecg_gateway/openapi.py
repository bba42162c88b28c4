"""Tells programs what can be asked of the gateway: an OpenAPI document, which `make generate` writes."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ecg_gateway.status import JSON

PATH = "/openapi.json"
FILE_NAME = "openapi.json"


def routes() -> list[Route]:
    """Return the route of the document."""
    document = files("ecg_gateway").joinpath(FILE_NAME).read_bytes()

    async def openapi(_: Request) -> Response:
        return Response(document, media_type=JSON)

    return [Route(PATH, openapi)]
