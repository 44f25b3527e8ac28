"""The HTTP server of one worker."""

import asyncio
import gc
import resource
import socket
from contextlib import suppress
from functools import partial
from typing import Any

import uvicorn

from app.config import Settings
from app.connections import Connection, Door
from app.log_lines import log_to_standard_error
from app.main import create_app

GRACE = 25
"""Seconds that running requests have to end."""
SECONDS_TO_REFUSE = 0.25
"""How long new requests are still told that the service ends, before nobody listens any more."""


class Server(uvicorn.Server):
    """A server that tells who comes while it ends, instead of resetting the connection."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new request, then end as a server does."""
        self._door.closing = True
        await asyncio.sleep(SECONDS_TO_REFUSE)
        await super().shutdown(sockets)


def serve(listener: socket.socket, database_url: str) -> int:
    """Answer what arrives at a listening socket until told to stop; give the exit code."""
    settings = Settings()
    log_to_standard_error(settings.log_level)
    _allow_open_files()
    door = Door(settings)
    kept: Any = partial(Connection, door)
    config = uvicorn.Config(
        create_app(settings, database_url),
        loop="uvloop",
        http=kept,
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        timeout_keep_alive=settings.idle_seconds,
        timeout_graceful_shutdown=GRACE,
        log_config=None,  # its lines are those of `log_to_standard_error`
        log_level="warning",
    )
    server = Server(config, door)
    gc.freeze()  # or the first collection would walk through everything that was loaded
    gc.enable()
    server.run(sockets=[listener])
    return 0 if server.started else 3


def _allow_open_files() -> None:
    """Let this process hold as many connections as the machine lets it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # where no process may have as many as it may ask for
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
