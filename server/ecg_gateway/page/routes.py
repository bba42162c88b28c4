"""The way to the page, its files, its samples, and the reading of what is dropped on it."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ecg_gateway.body import Bodies
from ecg_gateway.page.assets import START, assets
from ecg_gateway.page.readers import Readers
from ecg_gateway.page.samples import NAMES, sample
from ecg_gateway.page.uploads import received_upload
from ecg_gateway.status import JSON

_HEADERS = {
    # Nothing runs but the page's own modules, even if a text were mistaken for markup; and nothing leaves the gateway.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
}
# The files change with the gateway; a tag tells whether they have.
_REVALIDATED = {**_HEADERS, "Cache-Control": "no-cache"}
_NOT_STORED = {**_HEADERS, "Cache-Control": "no-store", "Vary": "Accept-Encoding"}


def routes(readers: Readers, bodies: Bodies) -> list[Route]:
    """Return the routes of the page.

    Args:
        readers: what reads files.
        bodies: what reads the requests that bring them.
    """
    # Read now, not while somebody waits.
    assets()
    return [
        Route("/", _start(readers)),
        Route("/page/{name}", _asset),
        Route("/page/samples/{name}", _sample),
        Route("/v1/files:read", _reading(readers, bodies), methods=["POST"]),
    ]


def _start(readers: Readers) -> Callable[[Request], Awaitable[Response]]:
    async def start(request: Request) -> Response:
        response = _asset_response(request, START)
        # Who opens the page will want a file read.
        response.background = BackgroundTask(readers.warm_up)
        return response

    return start


async def _asset(request: Request) -> Response:
    return _asset_response(request, request.path_params["name"])


def _asset_response(request: Request, name: str) -> Response:
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404)
    headers = {**_REVALIDATED, "ETag": asset.tag}
    if asset.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)


async def _sample(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in NAMES:
        raise HTTPException(404)
    content = await asyncio.to_thread(lambda: orjson.dumps(sample(name)))
    return Response(content, media_type=JSON, headers=_REVALIDATED)


def _reading(readers: Readers, bodies: Bodies) -> Callable[[Request], Awaitable[Response]]:
    async def read(request: Request) -> Response:
        is_compressed = "gzip" in request.headers.get("accept-encoding", "")
        async with received_upload(request, bodies) as upload:
            content = await readers.read(upload, is_compressed=is_compressed)
        # Compressed where it was read: a long recording would keep the gateway from answering others.
        headers = {**_NOT_STORED, "Content-Encoding": "gzip"} if is_compressed else _NOT_STORED
        return Response(content, media_type=JSON, headers=headers)

    return read
