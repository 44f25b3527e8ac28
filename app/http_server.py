"""The HTTP server of one worker."""

import gc
import socket

import uvicorn

from app.config import Settings
from app.log_lines import log_to_standard_error
from app.main import create_app

GRACE = 25
"""Seconds that running requests have to end."""


def serve(listener: socket.socket, database_url: str) -> int:
    """Answer what arrives at a listening socket until told to stop; give the exit code.

    The socket is closed first when the end begins, so that nobody queues for an answer any more.
    """
    settings = Settings()
    log_to_standard_error(settings.log_level)
    config = uvicorn.Config(
        create_app(settings, database_url),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=600,
        log_config=None,  # its lines are those of `log_to_standard_error`
        log_level="warning",
    )
    server = uvicorn.Server(config)
    gc.freeze()  # or the first collection would walk through everything that was loaded
    gc.enable()
    server.run(sockets=[listener])
    return 0 if server.started else 3
