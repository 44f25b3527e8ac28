"""The database goes away in the middle, and comes back, without anybody's hands on the service."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.access.permissions import Role
from app.embedded_postgres import EmbeddedPostgres
from app.schema_migrations import migrate
from tests.deployment import open_directory
from tests.faults.served import Served, eventually, open_centres, serving, sign_in
from tests.subjects.told import consented

VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
ENROLMENT = consented(eligibility=[])
DEADLINE = 20.0
"""Seconds that no request may hang for."""
AWAY = {"database-unavailable", "overloaded", "outcome-unknown", "deadline-exceeded"}


@dataclass
class Apart:
    """A service and the database that it does not own."""

    served: Served
    database: EmbeddedPostgres
    token: str

    async def owner(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.database.url(self.database.superuser, "dayzero"))


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with open_directory() as directory:
        database = EmbeddedPostgres(directory / "elsewhere")
        database.start()
        try:
            asyncio.run(_make_database(database))
            url = database.url("dayzero_service", "dayzero")
            with serving(directory, {"DATABASE_URL": url}) as served:
                yield Apart(served, database, asyncio.run(_make_writer(database, served)))
        finally:
            database.stop("immediate")


async def _make_database(database: EmbeddedPostgres) -> None:
    superuser = await asyncpg.connect(database.url(database.superuser, "postgres"))
    await superuser.execute("CREATE DATABASE dayzero")
    await superuser.close()
    await migrate(database.url(database.superuser, "dayzero"))


async def _make_writer(database: EmbeddedPostgres, served: Served) -> str:
    owner = await asyncpg.connect(database.url(database.superuser, "dayzero"))
    await open_centres(owner, "03")
    token = await sign_in(owner, served.origin, "writer", Role.COORDINATOR, "03")
    await owner.close()
    return token


@pytest.fixture
async def http(apart: Apart) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {apart.token}"}
    async with httpx.AsyncClient(
        base_url=apart.served.origin, headers=headers, timeout=DEADLINE + 5
    ) as client:
        yield client


async def stopped(apart: Apart) -> Callable[[], Awaitable[None]]:
    """The server is stopped; what it was working on is broken off."""
    await asyncio.to_thread(apart.database.stop, "fast")

    async def start() -> None:
        await asyncio.to_thread(apart.database.start)

    return start


def processes_in(directory: Path) -> list[int]:
    """Give the processes that stand in a directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == directory:
                found.append(int(process.name))
    return found


async def frozen(apart: Apart) -> Callable[[], Awaitable[None]]:
    """The server stands still with everything it holds: no error, no answer."""
    pids = processes_in((apart.database.data_directory / "cluster").resolve())
    assert len(pids) > 3
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)

    async def thaw() -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    return thaw


async def closed_to_us(apart: Apart) -> Callable[[], Awaitable[None]]:
    """The service's login is refused and its connections are ended."""
    owner = await apart.owner()
    await owner.execute("ALTER ROLE dayzero_service NOLOGIN")
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dayzero_service'"
    )
    await owner.close()

    async def open_again() -> None:
        owner = await apart.owner()
        await owner.execute("ALTER ROLE dayzero_service LOGIN")
        await owner.close()

    return open_again


Way = Callable[[Apart], Awaitable[Callable[[], Awaitable[None]]]]


@asynccontextmanager
async def away(apart: Apart, way: Way) -> AsyncIterator[None]:
    """Take the database away and bring it back, whatever happens meanwhile."""
    bring_back = await way(apart)
    try:
        yield
    finally:
        await bring_back()


@pytest.mark.parametrize("way", [stopped, frozen, closed_to_us], ids=lambda way: way.__name__)
async def test_it_says_so_and_goes_on_when_the_database_is_back(
    way: Way, apart: Apart, http: httpx.AsyncClient
) -> None:
    worker = apart.served.worker()
    enrolled = await _send(http, "/v1/subjects", ENROLMENT, f"before-{way.__name__}")
    assert enrolled.is_success, enrolled.text
    subject = enrolled.json()["subject"]
    visits = f"/v1/subjects/{subject}/visits"

    told: list[tuple[str, httpx.Response]] = []
    over = asyncio.Event()

    async def write(number: int) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            key = f"{way.__name__}-{number}-{turn}"
            told.append((key, await _send(http, visits, VISIT, key)))
            await asyncio.sleep(0.02)

    writers = [asyncio.create_task(write(number)) for number in range(8)]
    await asyncio.sleep(0.5)
    async with away(apart, way):
        began = time.monotonic()
        ready, alive, page = await asyncio.gather(
            http.get("/readyz"), http.get("/livez"), http.get("/v1/visits")
        )
        assert alive.status_code == 200
        assert await asyncio.to_thread(apart.served.probe, "/livez", 2) == 200
        for answer in (ready, page):
            _assert_away(answer)
        fresh = await asyncio.gather(
            *(_send(http, visits, VISIT, f"{way.__name__}-away-{number}") for number in range(20))
        )
        for answer in fresh:
            _assert_away(answer)
        assert time.monotonic() - began < 2 * DEADLINE
    began = time.monotonic()
    assert await asyncio.to_thread(eventually, apart.served.ready, 20)
    assert time.monotonic() - began < 20
    assert apart.served.worker() == worker
    over.set()
    await asyncio.gather(*writers)
    for key, answer in told:
        if not answer.is_success:
            _assert_away(answer)
            again = await _send(http, visits, VISIT, key)
            assert again.status_code == 201, again.text
    assert max(answer.elapsed.total_seconds() for _, answer in told) < DEADLINE
    assert any(not answer.is_success for _, answer in told)
    for number in range(20):
        answer = await _send(http, visits, VISIT, f"{way.__name__}-away-{number}")
        assert answer.status_code == 201, answer.text
    owner = await apart.owner()
    stored = await owner.fetchval("SELECT count(*) FROM visit WHERE subject = $1", subject)
    await owner.close()
    assert stored == len(told) + 20


async def test_a_service_does_not_start_without_its_database(tmp_path: Path) -> None:
    served = Served(tmp_path, {"DATABASE_URL": f"postgresql://x@/x?host={tmp_path}&port=5432"})
    with pytest.raises(AssertionError, match="The database cannot be reached"):
        await asyncio.to_thread(served.start)


def _assert_away(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"].removeprefix("/problems/") in AWAY
    assert int(answer.headers["Retry-After"]) <= 3
    assert answer.elapsed.total_seconds() < DEADLINE


async def _send(http: httpx.AsyncClient, address: str, body: object, key: str) -> httpx.Response:
    return await http.post(address, json=body, headers={"Idempotency-Key": key})
