"""HEAD, answered in one place for everything that can be read.

A HEAD runs as the GET it stands for and is answered with that one's status and headers, without the
body. Whatever a read does it does too: the caller is known, the walls stand, and the log of reads
says so, because who learns the ETag of a record learns that it exists and what version it is at.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadRequests:
    """Has each HEAD answered as a GET, and keeps the body back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server goes on knowing that it answers a HEAD, whose length has no body.
        await self._app({**scope, "method": "GET"}, receive, send_without_body)
