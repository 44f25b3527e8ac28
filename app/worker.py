"""One worker on a database that stands elsewhere: what an ASGI server imports."""

import os
import socket
import sys

import uvicorn

from app.config import Settings
from app.lifeline import end_with
from app.log_lines import log_to_standard_error
from app.main import create_app

GRACE = 25
"""Seconds that running requests have to end."""

if parent := os.environ.get("DAYZERO_PARENT"):
    end_with(int(parent))

settings = Settings()
log_to_standard_error(settings.log_level)
if settings.database_url is None:
    raise RuntimeError("DATABASE_URL is not set; `dayzero serve` starts a database of its own")
app = create_app(settings, settings.database_url)


def serve(listener: socket.socket) -> int:
    """Answer what arrives at a listening socket until told to stop; give the exit code.

    The socket is closed first when the end begins, so that nobody queues for an answer any more.
    """
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
        limit_concurrency=600,
        log_config=None,  # its lines are those of `log_to_standard_error`
        log_level="warning",
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(serve(socket.socket(fileno=int(sys.argv[1]))))
