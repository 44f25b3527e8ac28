"""One worker process: it loads the application at once, and serves when it is told a database."""

import gc
import os
import socket
import sys

from app.lifeline import end_with


def main(listener: socket.socket) -> int:
    """Load, wait on standard input for the address of the database, serve; give the exit code.

    Standard input that ends without an address means that there is nothing to serve.
    """
    end_with(int(os.environ["DAYZERO_PARENT"]))
    gc.disable()  # what is loaded stays: the collector would walk through it again and again
    from app.http_server import serve  # noqa: PLC0415 - what takes its time

    database_url = sys.stdin.readline().strip()
    return serve(listener, database_url) if database_url else 0


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
