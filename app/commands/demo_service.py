"""The service that a demonstration runs on: started as a process, waited for, ended."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from app.commands.console import fail, output

READY_SECONDS = 120.0


@contextmanager
def served(port: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Serve at a port of this machine by the settings of the environment, and end it.

    Yields:
        the process, and the address of the service, which is ready.
    """
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    service = subprocess.Popen(command)  # noqa: S603 - our own command
    try:
        _wait_until_ready(service, url)
        yield service, url
    finally:
        _end(service)


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(service: subprocess.Popen[bytes], url: str) -> None:
    """Ask the service until it can do its work."""
    deadline = time.monotonic() + READY_SECONDS
    with output.status("Starting the service ..."):
        while time.monotonic() < deadline:
            if service.poll() is not None:
                raise fail("The service ended before it was ready; see the lines above.")
            try:
                if httpx.get(f"{url}/readyz", timeout=2.0).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
    raise fail(f"The service was not ready within {READY_SECONDS:.0f} seconds.")


def _end(service: subprocess.Popen[bytes]) -> None:
    """End the service and wait until it and its database are down."""
    if service.poll() is None:
        service.terminate()
    try:
        service.wait(60)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        service.kill()
