"""What the tests of commands stand on: a running service, and the command line against it."""

import asyncio
import json
from collections.abc import Callable, Iterator

import asyncpg
import httpx
import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.embedded_postgres import EmbeddedPostgres
from tests.deployment import open_directory
from tests.faults.served import Served, serving

Dayzero = Callable[..., Result]


def run(*arguments: str) -> Result:
    """Run a command. Whatever it comes to, it ends with an exit code and never with a traceback."""
    answered = CliRunner().invoke(cli, arguments)
    assert answered.exception is None or isinstance(answered.exception, SystemExit)
    assert "Traceback" not in answered.output
    return answered


def sentence(answered: Result) -> str:
    """The sentence of a command that refused: alone, on standard error."""
    assert answered.exit_code == 1, answered.output
    assert answered.stdout == ""
    said = answered.stderr.strip()
    assert said.endswith("."), said
    return said


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine's own reaches a test."""
    for name in ("DATABASE_URL", "DAYZERO_ISSUER", "DAYZERO_MIGRATION_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """One running service of two workers, for all tests that leave it as it was."""
    with open_directory() as directory, serving(directory, None, "--workers", "2") as service:
        yield service


@pytest.fixture
def dayzero(served: Served, monkeypatch: pytest.MonkeyPatch) -> Dayzero:
    """The command line of the operator of the running service."""
    monkeypatch.setenv("DAYZERO_DATA_DIRECTORY", str(served.data_directory))
    return run


@pytest.fixture
def own_database(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated database on a PostgreSQL of the operator's own; gives its name."""

    async def call(statement: str) -> None:
        superuser = await asyncpg.connect(server.url(server.superuser, "postgres"))
        await superuser.execute(statement)
        await superuser.close()

    name = "database_of_commands"
    asyncio.run(call(f"CREATE DATABASE {name} TEMPLATE template_of_tests"))
    monkeypatch.setenv("DATABASE_URL", server.url("dayzero_service", name))
    monkeypatch.setenv("DAYZERO_MIGRATION_URL", server.url(server.superuser, name))
    yield name
    asyncio.run(call(f"DROP DATABASE {name} WITH (FORCE)"))


def token_of(origin: str, client: str) -> str:
    """Sign a client in, by what `client create --json` printed."""
    made = json.loads(client)
    answer = httpx.post(
        f"{origin}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(made["client_id"], made["client_secret"]),
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def get(origin: str, path: str, token: str) -> httpx.Response:
    """Ask on a connection of its own, so that any worker may answer."""
    return httpx.get(f"{origin}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=30)
