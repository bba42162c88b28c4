"""The gateway as an ASGI application: routes, and what surrounds them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from ecg_gateway import contract, health, openapi, original
from ecg_gateway.around import Around
from ecg_gateway.body import Bodies
from ecg_gateway.errors import GatewayError
from ecg_gateway.page import routes as page
from ecg_gateway.page.readers import Readers
from ecg_gateway.passed_on import REQUEST_ID_HEADER, TIMEOUT_HEADER
from ecg_gateway.service import Service
from ecg_gateway.settings import GatewaySettings
from ecg_gateway.status import response_of

if TYPE_CHECKING:
    from ecg_gateway.metrics import Metrics

# Smaller answers fit into one packet as they are.
LEAST_COMPRESSED_BYTES = 1024
# Level 9, the default, takes several times as long for a few bytes less.
COMPRESSION_LEVEL = 4


def build(settings: GatewaySettings, metrics: "Metrics | None" = None) -> Starlette:
    """Return the application.

    Args:
        settings: how it runs.
        metrics: where requests are counted; None: nowhere.
    """
    service = Service(settings.service, settings.timeout_seconds)
    bodies = Bodies(settings.body)
    readers = Readers()
    routes = [
        *original.routes(service, bodies),
        *contract.routes(service, bodies),
        *health.routes(service),
        *openapi.routes(),
        *page.routes(readers, bodies),
    ]
    return Starlette(
        routes=routes,
        middleware=[
            Middleware(Around, paths={route.path for route in routes}, metrics=metrics),
            *_cross_origin(settings.allowed_origins),
            Middleware(GZipMiddleware, minimum_size=LEAST_COMPRESSED_BYTES, compresslevel=COMPRESSION_LEVEL),
        ],
        exception_handlers={GatewayError: _answer, HTTPException: _answer},
        lifespan=_open(service, readers),
    )


def _cross_origin(origins: tuple[str, ...]) -> list[Middleware]:
    """Return what lets pages of other origins call; without any origin, nothing does."""
    if not origins:
        return []
    headers = ["Authorization", "Content-Type", REQUEST_ID_HEADER, TIMEOUT_HEADER, "traceparent", "tracestate"]
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=headers,
            expose_headers=[REQUEST_ID_HEADER, "Retry-After"],
        )
    ]


def _open(service: Service, readers: Readers) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await service.open()
        try:
            yield
        finally:
            await readers.close()
            await service.close()

    return lifespan


async def _answer(_: Request, error: Exception) -> Response:
    return response_of(error)
