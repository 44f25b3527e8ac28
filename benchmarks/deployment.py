"""What is measured: the service and the echo, each a process of its own with one worker."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from app.access.access_tokens import issue_access_token
from app.access.claims import Lifetime
from app.access.scopes import ALL_SCOPES
from app.access.signing_key_ring import SigningKeyRing
from app.embedded_postgres import EmbeddedPostgres
from app.schema_migrations import migrate

CENTRE, SUBJECT = "03", "03-001"


@dataclass
class Measured:
    """A running service, its database and somebody who may write."""

    port: int
    echo_port: int
    token: str
    postgres: EmbeddedPostgres
    service: subprocess.Popen[bytes]
    environment: dict[str, str]
    directory: Path

    def owner_url(self) -> str:
        """Give the address under which the database's superuser reaches it."""
        return self.postgres.url(self.postgres.superuser, "dayzero")

    def memory(self) -> float:
        """Give the worker's resident memory in MB."""
        status = Path(f"/proc/{self.service.pid}/status").read_text()
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[
            1
        ]
        return int(kilobytes) / 1024


@contextmanager
def measured(**settings: str) -> Iterator[Measured]:
    """Start everything, with durability as in production, and stop it again.

    Args:
        settings: of the service, each by the name of its environment variable.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
        directory.chmod(0o755)
        postgres = EmbeddedPostgres(directory / "data")
        postgres.start()
        stack.callback(postgres.stop, "immediate")
        asyncio.run(_prepare(postgres))
        port, echo_port = free_port(), free_port()
        origin = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.url("dayzero_service", "dayzero"),
            "DAYZERO_DATA_DIRECTORY": str(directory / "keys"),
            "DAYZERO_ISSUER": origin,
            **settings,
        }
        service = serve("app.asgi:app", port, environment)
        stack.callback(_end, service)
        wait_for(f"{origin}/readyz")
        echo = serve("benchmarks.echo:app", echo_port, environment)
        stack.callback(_end, echo)
        wait_for(f"http://127.0.0.1:{echo_port}/docs")
        principal = asyncio.run(_writer(postgres))
        token = _token(directory / "keys" / "signing_keys.json", origin, principal)
        yield Measured(port, echo_port, token, postgres, service, environment, directory)


def serve(app: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start one worker."""
    command = [
        sys.executable, "-m", "uvicorn", app, "--port", str(port), "--loop", "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    return subprocess.Popen(command, env=environment)


def wait_for(url: str, seconds: float = 120) -> None:
    """Wait until an address answers."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    while datetime.now(UTC) < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
        except (urllib.error.URLError, OSError):
            continue
        return
    raise RuntimeError(f"{url} did not answer")


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write_json(body: Any) -> bytes:
    """Write a body."""
    return json.dumps(body).encode()


async def _prepare(postgres: EmbeddedPostgres) -> None:
    superuser = await asyncpg.connect(postgres.url(postgres.superuser, "postgres"))
    await superuser.execute("CREATE DATABASE dayzero")
    await superuser.close()
    await migrate(postgres.url(postgres.superuser, "dayzero"))


async def _writer(postgres: EmbeddedPostgres) -> str:
    owner = await asyncpg.connect(postgres.url(postgres.superuser, "dayzero"))
    await owner.execute("INSERT INTO centre (code, name) VALUES ($1, 'Centre 03')", CENTRE)
    await owner.execute("INSERT INTO subject VALUES ($1, $2)", SUBJECT, CENTRE)
    principal = await owner.fetchval(
        "INSERT INTO principal (name, kind) VALUES ('bench', 'client') RETURNING id"
    )
    await owner.execute(
        "INSERT INTO access_grant (principal, role, centre) VALUES ($1, 'coordinator', $2)",
        principal, CENTRE,
    )  # fmt: skip
    await owner.close()
    return str(principal)


def _token(ring: Path, issuer: str, principal: str) -> str:
    now = datetime.now(UTC)
    keys = SigningKeyRing.open(ring, Lifetime(longest=timedelta(hours=8)), now)
    return issue_access_token(
        signing_key=keys.signing_key(now),
        issuer=issuer,
        audience=issuer,
        subject=principal,
        client_id=principal,
        scopes=ALL_SCOPES,
        now=now,
        lifetime=timedelta(hours=8),
    ).text


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)
