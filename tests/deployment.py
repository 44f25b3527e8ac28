"""A deployment of the service for a test: the real application over its own database."""

import itertools
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import asyncpg
import httpx
from fastapi import FastAPI

from app.access.access_tokens import issue_access_token
from app.access.scopes import ALL_SCOPES
from app.config import Settings
from app.embedded_postgres import EmbeddedPostgres
from app.main import create_app
from app.schemas.record import RecordKind
from app.service import Service

ORIGIN = "http://127.0.0.1:8000"
_numbers = itertools.count()


@contextmanager
def open_directory() -> Iterator[Path]:
    """Give a new directory that the server's own account can reach when the tests run as root.

    It lies in memory where there is room: nothing here has to survive.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    with TemporaryDirectory(
        prefix="dayzero-", dir=memory if roomy else None, ignore_cleanup_errors=True
    ) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@asynccontextmanager
async def clone_of_template(server: EmbeddedPostgres) -> AsyncIterator[str]:
    """Give the name of a fresh database, copied from the migrated template.

    Copied file by file: on a server without durability it takes half of what logging it takes.
    """
    name = f"test_{next(_numbers)}"
    superuser = await asyncpg.connect(server.url(server.superuser, "postgres"))
    try:
        await superuser.execute(
            f"CREATE DATABASE {name} TEMPLATE template_of_tests STRATEGY file_copy"
        )
        yield name
    finally:
        await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await superuser.close()


@dataclass
class Caller:
    """A principal of the deployment and the client that calls in its name."""

    id: uuid.UUID
    name: str
    http: httpx.AsyncClient

    async def submit(
        self, address: str, body: Any, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """POST a record or a void, under a key of its own."""
        headers["Idempotency-Key"] = key or str(uuid.uuid4())
        return await self.http.post(address, content=_json(body), headers=_sent(headers))

    async def amend(self, address: str, body: Any, version: int, **headers: str) -> httpx.Response:
        """PUT a record, based on a version."""
        headers["If-Match"] = f'"{version}"'
        return await self.http.put(address, content=_json(body), headers=_sent(headers))

    async def void(
        self, address: str, version: int, reason: str = "Entered twice."
    ) -> httpx.Response:
        """Void a record, based on a version."""
        return await self.submit(
            f"{address}/void", {"reason": reason}, **{"If-Match": f'"{version}"'}
        )

    async def get(self, address: str, **headers: str) -> httpx.Response:
        """GET an address."""
        return await self.http.get(address, headers=headers)


class Deployment:
    """The application, its database, and principals made at will."""

    def __init__(
        self, server: EmbeddedPostgres, database: str, directory: Path, **settings: Any
    ) -> None:
        self.server = server
        self.database = database
        chosen = {"data_directory": directory / "data", "issuer": ORIGIN, **settings}
        self.settings = Settings(**chosen)
        self.app: FastAPI = create_app(self.settings, server.url("dayzero_service", database))
        self._clients: list[httpx.AsyncClient] = []

    @property
    def service(self) -> Service:
        """What the worker holds."""
        service: Service = self.app.state.service
        return service

    async def __aenter__(self) -> Self:
        self.owner = await asyncpg.connect(self.server.url(self.server.superuser, self.database))
        self._lifespan = self.app.router.lifespan_context(self.app)
        await self._lifespan.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients:
            await client.aclose()
        await self._lifespan.__aexit__(None, None, None)
        await self.owner.close()

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Give a client of the application that nobody has signed in."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        self._clients.append(client)
        return client

    async def centre(self, code: str) -> str:
        """Open a centre."""
        await self.owner.execute(
            "INSERT INTO centre (code, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            code,
            f"Centre {code}",
        )
        return code

    async def caller(self, role: str, *centres: str, scopes: frozenset[str] = ALL_SCOPES) -> Caller:
        """Make a principal with a role, at centres or for the whole trial, and sign it in."""
        name = f"{role} {' '.join(centres)} {uuid.uuid4()}"
        identity: uuid.UUID = await self.owner.fetchval(
            "INSERT INTO principal (name, kind) VALUES ($1, 'client') RETURNING id", name
        )
        for centre in centres or (None,):
            if centre is not None:
                await self.centre(centre)
            await self.owner.execute(
                "INSERT INTO access_grant (principal, role, centre) VALUES ($1, $2, $3)",
                identity, role, centre,
            )  # fmt: skip
        return Caller(
            identity, name, self.client(Authorization=f"Bearer {self.token(identity, scopes)}")
        )

    async def sender(self, kind: RecordKind, centre: str) -> Caller:
        """Make a principal that writes records of a kind about the subjects of a centre."""
        if kind.judges is not None:
            return await self.caller("response_reviewer")
        return await self.caller("coordinator", centre)

    def token(self, principal: uuid.UUID, scopes: frozenset[str] = ALL_SCOPES) -> str:
        """Issue an access token as the service itself would."""
        now = datetime.now(UTC)
        return issue_access_token(
            signing_key=self.service.signing_keys.signing_key(now),
            issuer=self.settings.issuer,
            audience=self.settings.issuer,
            subject=str(principal),
            client_id=str(principal),
            scopes=scopes,
            now=now,
            lifetime=timedelta(seconds=self.settings.access_token_seconds),
        ).text

    async def subject(self, centre: str, number: int = 1) -> str:
        """Put a subject's identity into the database, without an enrolment record."""
        await self.centre(centre)
        code = f"{centre}-{number:03d}"
        await self.owner.execute("INSERT INTO subject VALUES ($1, $2)", code, centre)
        return code


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()


def _sent(headers: Mapping[str, str]) -> dict[str, str]:
    return {"Content-Type": "application/json", **headers}
