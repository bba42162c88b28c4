"""What surrounds every request: its id, its line in the log, its metrics, and the end of a body that nobody read."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ecg_gateway import health
from ecg_gateway.passed_on import REQUEST_ID_HEADER, request_id_of
from ecg_gateway.status import CALLER_GONE, response_of

if TYPE_CHECKING:
    from ecg_gateway.metrics import Metrics

LINGER_SECONDS = 5.0
OTHER_ROUTE = "other"

logger = logging.getLogger(__name__)


class Around:
    """Middleware; the outermost.

    Args:
        app: what is within.
        paths: those that have a name of their own in log and metrics; what else is asked for may be anything.
        metrics: where requests are counted; None: nowhere.
    """

    def __init__(self, app: ASGIApp, paths: Collection[str], metrics: "Metrics | None") -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        scope.setdefault("state", {})["request_id"] = exchange.request_id
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            exchange.status = CALLER_GONE
        except Exception as error:
            logger.exception("a request failed", extra={"request_id": exchange.request_id})
            if exchange.status:
                raise
            await response_of(error)(scope, receive, exchange.send)
        finally:
            self._write_down(scope, exchange)

    def _write_down(self, scope: Scope, exchange: "_Exchange") -> None:
        route = scope["path"] if scope["path"] in self._paths else OTHER_ROUTE
        if self._metrics is not None:
            self._metrics.count(scope["method"], route, exchange.status, exchange.seconds)
        level = logging.DEBUG if route in health.PATHS else logging.INFO
        fields = {
            "request_id": exchange.request_id,
            "method": scope["method"],
            "route": route,
            "peer": (scope["client"] or [""])[0],
            "status": exchange.status,
            "duration_ms": round(1000 * exchange.seconds, 1),
        }
        logger.log(level, "request", extra=fields)


class _Exchange:
    """A request and its response, as they go by."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self.request_id = request_id_of(headers)
        self.status = 0
        self._receive = receive
        self._send = send
        self._began = self._ended = time.monotonic()
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        # Who waits for "100 Continue" sends nothing that would have to be read.
        self._is_unread = has_body and "expect" not in headers

    @property
    def seconds(self) -> float:
        """How long it took until all of the response was handed over."""
        return self._ended - self._began

    async def receive(self) -> Message:
        message = await self._receive()
        if not message.get("more_body", False):
            self._is_unread = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID_HEADER] = self.request_id
            # What a caller sent comes back in answers: to a browser it is what it is called, and never a page.
            headers["X-Content-Type-Options"] = "nosniff"
            if self._is_unread:
                headers["Connection"] = "close"
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(message)
        else:
            self._ended = time.monotonic()
            await self._send({**message, "more_body": self._is_unread})
            if self._is_unread:
                await self._linger()

    async def _linger(self) -> None:
        """Let the rest of a body come and forget it: a caller whose sending fails would not read the response."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while self._is_unread:
                    await self.receive()
        await self._send({"type": "http.response.body"})
