"""Whether the gateway is alive, and whether it has a service that takes calls."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ecg_gateway.service import Service
from ecg_gateway.status import RETRY_AFTER_SECONDS

LIVE_PATH = "/healthz"
READY_PATH = "/readyz"
PATHS = (LIVE_PATH, READY_PATH)


def routes(service: Service) -> list[Route]:
    """Return the routes for probes."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "LIVE"})

    async def ready(_: Request) -> Response:
        if await service.is_serving():
            return JSONResponse({"status": "SERVING"})
        return JSONResponse({"status": "NOT_SERVING"}, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)})

    return [Route(LIVE_PATH, live), Route(READY_PATH, ready)]
