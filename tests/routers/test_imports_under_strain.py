"""Imports beside slow clients, other requests and a database that goes away."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import uvicorn

from app.embedded_postgres import EmbeddedPostgres
from app.schema_migrations import migrate
from app.services.imports import CHUNK
from tests.conftest import FAST
from tests.deployment import Deployment, open_directory
from tests.routers.test_imports import lab, ndjson, send

NDJSON = "application/x-ndjson"


@pytest.fixture
async def address(deployment: Deployment) -> AsyncIterator[str]:
    """Serve the deployment on a socket, as in production."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(deployment.app, lifespan="off", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
    listening.close()


async def test_a_stock_client_sends_16_mb_before_it_reads(
    deployment: Deployment, address: str
) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("centre_system", "03")
    wrong = ndjson([lab("LIS:1") | {"value": "x" * 1600}])
    body = wrong * (16 * 1024 * 1024 // len(wrong) + 1)
    headers = {"Authorization": caller.http.headers["Authorization"], "Content-Type": NDJSON}
    answer = await asyncio.to_thread(
        httpx.post, f"{address}/v1/imports", content=body, headers=headers, timeout=60
    )
    assert answer.status_code == 200
    *each, last = answer.text.splitlines()
    assert len(each) == len(body) // len(wrong)
    assert json.loads(last)["summary"]["rejected"] == len(each)


async def test_nothing_is_answered_before_the_body_has_ended(
    deployment: Deployment, address: str
) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("centre_system", "03")
    body = ndjson(lab(f"LIS:{n}") for n in range(CHUNK + 10))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    head = (
        f"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: {NDJSON}\r\n"
        f"Authorization: {caller.http.headers['Authorization']}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body[:-1])
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 1.5)
    assert await deployment.owner.fetchval("SELECT count(*) FROM lab_result") == 0
    writer.write(body[-1:])
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert f'"created": {CHUNK + 10}'.encode() in answer
    writer.close()


async def test_other_requests_get_their_turn_while_lines_are_checked(
    deployment: Deployment,
) -> None:
    await deployment.subject("03")
    caller = await deployment.caller("centre_system", "03")
    body = ndjson(lab(f"LIS:{n}", value="x", specimen="tea", visit=7) for n in range(3 * CHUNK))
    turns: list[float] = []

    async def take_turns() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            turns.append(now - last)
            last = now

    ticking = asyncio.create_task(take_turns())
    await send(caller, body)
    ticking.cancel()
    # Processor time, which other work on the machine does not lengthen: a whole chunk at a time
    # would hold a third of it.
    assert max(turns) < sum(turns) / 10


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[tuple[Deployment, EmbeddedPostgres]]:
    """A deployment on a server of its own, for one that is going to be killed."""
    with open_directory() as directory:
        postgres = EmbeddedPostgres(directory / "data", settings=FAST)
        postgres.start()
        try:
            superuser = await asyncpg.connect(postgres.url(postgres.superuser, "postgres"))
            await superuser.execute("CREATE DATABASE mortal")
            await superuser.close()
            await migrate(postgres.url(postgres.superuser, "mortal"))
            async with Deployment(postgres, "mortal", tmp_path) as deployment:
                yield deployment, postgres
        finally:
            postgres.stop("immediate")


@pytest.mark.parametrize("commit", ["rows", "all"])
async def test_a_database_that_goes_away_leaves_no_summary(
    mortal: tuple[Deployment, EmbeddedPostgres], commit: str
) -> None:
    deployment, postgres = mortal
    await deployment.subject("03")
    caller = await deployment.caller("centre_system", "03")
    lines = [lab(f"LIS:{n}") for n in range(10 * CHUNK)]
    sending = asyncio.create_task(send(caller, ndjson(lines), f"?commit={commit}"))
    await _until_something_happens(deployment, commit)
    os.kill(_postmaster(postgres), signal.SIGQUIT)
    answer = await sending
    if commit == "all":
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.json()["type"] in {
            "/problems/database-unavailable", "/problems/outcome-unknown",
        }  # fmt: skip
        return
    *each, last = [json.loads(one) for one in answer.text.splitlines()]
    assert answer.status_code == 200
    assert [one["line"] for one in each] == list(range(1, len(each) + 1))
    assert {one["status"] for one in each} == {"created"}
    assert CHUNK <= len(each) < len(lines)
    assert last["status"] == "failed"
    assert last["problem"] in {"/problems/database-unavailable", "/problems/outcome-unknown"}
    assert "Send the file again" in last["detail"]
    assert "summary" not in answer.text


async def _until_something_happens(deployment: Deployment, commit: str) -> None:
    """Wait for the first chunk to be committed, or for the one transaction to write."""
    seen = "SELECT count(*) FROM lab_result"
    if commit == "all":
        seen = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%lab_result%' AND NOT"
        seen += " query LIKE '%pg_stat_activity%' AND backend_xid IS NOT NULL"
    while not await deployment.owner.fetchval(seen):  # noqa: ASYNC110 - the database tells none
        await asyncio.sleep(0.01)


def _postmaster(postgres: EmbeddedPostgres) -> int:
    pid = next(postgres.directory.rglob("postmaster.pid"))
    return int(pid.read_text().split()[0])
