"""The way to the page, its files, its samples, and the reading of what is dropped on it."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ecg_gateway.page.assets import START, assets
from ecg_gateway.page.readers import Readers, ReadingFailedError
from ecg_gateway.page.samples import NAMES, sample
from ecg_gateway.page.uploads import UploadRefusedError, received_upload

MOST_UPLOADS = 8
"""How many uploads may be on their way at once; each may fill memory to its limit."""

_UPLOAD_SECONDS = 60.0
_JSON = "application/json"
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
    "X-Content-Type-Options": "nosniff",
}
# The files change with the gateway; a tag tells whether they have.
_REVALIDATED = {**_HEADERS, "Cache-Control": "no-cache"}
_NOT_STORED = {**_HEADERS, "Cache-Control": "no-store"}


def routes(readers: Readers) -> list[BaseRoute]:
    """Return the routes of the page.

    Args:
        readers: What reads files.
    """
    return [
        Route("/", _page),
        Route("/page/{name}", _asset),
        Route("/page/samples/{name}", _sample),
        Route("/v1/files:read", _Reading(readers).read, methods=["POST"]),
    ]


async def _page(request: Request) -> Response:
    return _asset_response(request, START)


async def _asset(request: Request) -> Response:
    return _asset_response(request, request.path_params["name"])


def _asset_response(request: Request, name: str) -> Response:
    asset = assets().get(name)
    if asset is None:
        return _problem(404, "the page has no such file")
    headers = {**_REVALIDATED, "ETag": asset.tag}
    if asset.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)


async def _sample(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in NAMES:
        return _problem(404, f"there is no such sample; there are {', '.join(NAMES)}")
    content = await asyncio.to_thread(lambda: json.dumps(sample(name)))
    return Response(content, media_type=_JSON, headers=_REVALIDATED)


class _Reading:
    """Reads uploads, so many at once and no more."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._room = MOST_UPLOADS

    async def read(self, request: Request) -> Response:
        """Answer with what is in the files of a request."""
        if not self._room:
            return _problem(429, "many files are being read; send these again in a moment", {"Retry-After": "1"})
        self._room -= 1
        try:
            return await self._read(request)
        finally:
            self._room += 1

    async def _read(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(_UPLOAD_SECONDS):
                upload = await received_upload(request)
            content = await self._readers.read(upload)
        except UploadRefusedError as error:
            return _problem(error.status, error.message)
        except TimeoutError:
            return _problem(408, "the files took more than a minute to arrive; send them again")
        except ReadingFailedError:
            return _problem(422, "the file cannot be read: it keeps its reader busy without end; export it again")
        return Response(content, media_type=_JSON, headers=_NOT_STORED)


def _problem(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps({"code": _CODES[status], "message": message, "details": []})
    return Response(body, status, {**_NOT_STORED, **(headers or {})}, _JSON)


# The gRPC status codes that stand for these in a `google.rpc.Status`.
_CODES = {400: 3, 404: 5, 408: 4, 413: 3, 415: 3, 422: 3, 429: 8}
