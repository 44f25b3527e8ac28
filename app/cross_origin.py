"""Front ends of other origins: which may call from a browser, and what they may read of an answer.

An origin that is not listed gets no headers of this kind, so its browser keeps the answer from it;
what it asks beforehand is answered like any other OPTIONS. Nothing rests on it: a caller is known
by its token, never by a cookie, so no credentials of the browser's are allowed for anybody.
"""

from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = "GET, HEAD, POST, PUT"
SENT: Final = (
    "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-Match, If-None-Match, "
    "X-Request-Id"
)
EXPOSED: Final = (
    "ETag, Location, Link, Idempotency-Replayed, Retry-After, WWW-Authenticate, X-Request-Id, "
    "Dayzero-As-Of, Dayzero-Rows, Accept, Accept-Encoding, Accept-Post, Content-Disposition"
)
SECONDS_KEPT: Final = 600
"""How long a browser need not ask again."""


class CrossOrigin:
    """Lets the browsers of listed origins send our requests and read our answers."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = Headers(scope=scope)
        origin = sent.get("origin")
        allowed = origin if origin in self._origins else None
        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in sent:
            await _beforehand(allowed)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if allowed:
                    headers["Access-Control-Allow-Origin"] = allowed
                    headers["Access-Control-Expose-Headers"] = EXPOSED
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _beforehand(origin: str) -> Response:
    """Answer a browser that asks whether it may send what it is about to send."""
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": SENT,
            "Access-Control-Max-Age": str(SECONDS_KEPT),
            "Vary": "Origin",
        },
    )
