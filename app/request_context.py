"""What surrounds every request: its identity, its headers, its figures, its last resort."""

import re
import time
import uuid

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.log_lines import places
from app.problems import InternalError
from app.routers.refusals import write

log = structlog.get_logger()

REQUESTS = Counter("dayzero_requests_total", "Requests answered.", ["route", "status"])
SECONDS = Histogram("dayzero_request_seconds", "Time to the last byte.", ["route"])
LEFT = 499
"""What the figures say of a request whose sender left before it had sent all of it."""
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECURITY = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)


class RequestContext:
    """Gives each request an identity and each answer its headers; turns what escaped into a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else str(uuid.uuid4())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status = 0
        began = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                for name, value in _SECURITY:
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or LEFT
        except Exception as error:
            # The message of an error may carry a value; its type and place do not.
            log.error(
                "request failed",
                request_id=request_id,
                error=type(error).__name__,
                frames=places(error),
            )
            if status:
                raise
            failed = write(InternalError("It is noted under the request's identity."), request_id)
            await failed(scope, receive, send_with_headers)
        finally:
            route = state.get("route", "none")
            REQUESTS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)
