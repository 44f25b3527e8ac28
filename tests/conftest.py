"""What the tests stand on: a real PostgreSQL, a migrated template, a clone of it for each test."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.schema_migrations import migrate
from tests.deployment import Deployment, clone_of_template, open_directory

# Durability is tested where it is promised, on servers of those tests' own.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="How often the fault tests kill.")
    parser.addoption("--crowd", type=int, default=150, help="How many connections drip and rest.")
    parser.addoption("--parameters", type=int, default=6000, help="How many hostile parameters.")
    parser.addoption("--campaign", action="store_true", help="Fuzz the contract for long.")
    parser.addoption("--faults-seed", type=int, help="What the fault tests draw from.")
    parser.addoption("--keep-r", action="store_true", help="Keep what R says of the demonstration.")


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


@pytest.fixture(scope="session")
def faults_seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--faults-seed") or random.randrange(10**9))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """One server a test process: an open transaction anywhere on a server holds back the ledger."""
    with open_directory() as directory:
        postgres = EmbeddedPostgres(directory / "data", settings=FAST)
        postgres.start()
        try:
            asyncio.run(_make_template(postgres))
            yield postgres
        finally:
            postgres.stop("immediate")


async def _make_template(postgres: EmbeddedPostgres) -> None:
    superuser = await asyncpg.connect(postgres.url(postgres.superuser, "postgres"))
    await superuser.execute("CREATE DATABASE template_of_tests")
    await superuser.close()
    await migrate(postgres.url(postgres.superuser, "template_of_tests"))


@pytest.fixture
async def deployment(server: EmbeddedPostgres) -> AsyncIterator[Deployment]:
    """A fresh deployment: its own database, its own keys, the real application."""
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory) as running,
        ):
            yield running
