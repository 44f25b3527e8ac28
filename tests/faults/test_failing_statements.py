"""A half-finished action leaves nothing.

Each statement of each write path fails in turn, among them BEGIN and COMMIT, in each way in which a
statement can fail: the caller gets a problem, nothing is stored, and the same request succeeds
when it is sent again.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest

from app.services.imports import CHUNK
from tests.deployment import Caller, Deployment
from tests.subjects.told import consented

ENROLMENT = consented(eligibility=[])
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
AMENDED = {**VISIT, "ecog": 2, "reason": "Read again."}
LINES = (
    ("visits", "new", {"subject": "03-001", **VISIT}),
    ("visits", "first", {"subject": "03-001", **VISIT, "ecog": 3, "reason": "Read again."}),
    ("visits", "second", {"subject": "03-001", "retracted": True, "reason": "Sent twice."}),
    ("subjects", "new", ENROLMENT),
)
BESIDE = ("ROLLBACK", "SELECT note_refusal", "SELECT sequence_events", "SELECT forget_expired")
"""What is executed beside the statements of a request."""
WRITTEN = (
    "subject", "slot", "enrolment", "visit", "ledger_event", "stored_answer",
)  # fmt: skip


@dataclass
class Fault:
    """Lets the statements of requests pass until the one whose turn it is to fail.

    Attributes:
        at: which statement fails, counted from 0; None lets all pass.
        error: what it fails with.
        afterwards: whether the statement is executed before it fails, as when its answer is lost.
    """

    at: int | None = None
    error: Callable[[], Exception] = OSError
    afterwards: bool = False
    statements: list[str] = field(default_factory=list)

    async def run(self, statement: str, execute: Callable[[], Awaitable[Any]]) -> Any:
        if statement.startswith(BESIDE):
            return await execute()
        self.statements.append(statement)
        if len(self.statements) - 1 != self.at:
            return await execute()
        if self.afterwards:
            await execute()
        raise self.error()


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Fault:
    """Stand between the service and the driver."""
    fault = Fault()
    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        _stand_before(monkeypatch, name, fault)
    return fault


def _stand_before(monkeypatch: pytest.MonkeyPatch, name: str, fault: Fault) -> None:
    genuine = getattr(asyncpg.Connection, name)

    async def guarded(self: asyncpg.Connection, query: str, *args: Any, **more: Any) -> Any:
        if self.get_settings().application_name != "dayzero":
            return await genuine(self, query, *args, **more)
        return await fault.run(query, lambda: genuine(self, query, *args, **more))

    monkeypatch.setattr(asyncpg.Connection, name, guarded)


def _bare(address: str) -> str:
    return address.partition("#")[0]


Send = Callable[[Caller, str, str], Awaitable[httpx.Response]]


async def _submit(caller: Caller, address: str, key: str) -> httpx.Response:
    return await caller.submit("/v1/subjects/03-001/visits", VISIT, key=key)


async def _amend(caller: Caller, address: str, key: str) -> httpx.Response:
    return await caller.amend(_bare(address), AMENDED, 1, **{"Idempotency-Key": key})


async def _void(caller: Caller, address: str, key: str) -> httpx.Response:
    headers = {"If-Match": '"1"'}
    return await caller.submit(
        f"{_bare(address)}/void", {"reason": "Sent twice."}, key=key, **headers
    )


async def _enrol(caller: Caller, address: str, key: str) -> httpx.Response:
    return await caller.submit("/v1/subjects", ENROLMENT, key=key)


async def _import_all(caller: Caller, address: str, key: str) -> httpx.Response:
    lines = "\n".join(
        json.dumps({"kind": kind, "source_id": f"{source} {address.partition('#')[2]}", **more})
        for kind, source, more in LINES
    )
    return await caller.http.post(
        "/v1/imports?commit=all", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )


PATHS = [
    pytest.param(send, statements, id=send.__name__.strip("_"))
    for send, statements in ((_submit, 5), (_amend, 6), (_void, 6), (_enrol, 5), (_import_all, 12))
]
FAILURES = {
    "the connection is lost": (asyncpg.ConnectionDoesNotExistError, {503}),
    "the server is stopped": (asyncpg.AdminShutdownError, {503}),
    "the statement takes too long": (asyncpg.QueryCanceledError, {503}),
    "there is a deadlock": (asyncpg.DeadlockDetectedError, {503}),
    "the disk is full": (asyncpg.DiskFullError, {503}),
    "another server takes over": (asyncpg.ReadOnlySQLTransactionError, {503}),
    "the driver gives up": (asyncpg.InternalClientError, {503}),
    "the driver waits in vain": (TimeoutError, {503}),
    "nobody expects it": (asyncpg.DataError, {500}),
}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


async def _heard(send: Send, coordinator: Caller, address: str, key: str) -> httpx.Response:
    """Send under a key that may be held for a moment more, by a connection that was cut."""
    for _ in range(100):
        answer = await send(coordinator, address, key)
        if answer.status_code != 409 or "in-flight" not in answer.json()["type"]:
            break
        await asyncio.sleep(0.1)
    return answer


@pytest.mark.parametrize(("send", "at_least"), PATHS)
async def test_a_statement_that_fails_leaves_nothing(
    send: Send, at_least: int, deployment: Deployment, coordinator: Caller, fault: Fault
) -> None:
    number = await _statements_of(send, coordinator, fault)
    address = await _record(coordinator)
    before = await everything(deployment.owner)
    assert number >= at_least
    # An import that was held up by others is run again by itself.
    held_up = {"there is a deadlock", "the statement takes too long"}
    ways = FAILURES.keys() - (held_up if send is _import_all else set())
    failures = [FAILURES[way] for way in sorted(ways)]
    for at in range(number):
        for error, statuses in failures if at == number - 2 else failures[at % 8 :: 4]:
            fault.statements.clear()
            fault.at, fault.error = at, lambda error=error: error("injected canary")
            answer = await send(coordinator, address, str(uuid.uuid4()))
            fault.at = None
            what = f"{error.__name__} at {at}: {fault.statements[at][:60]} -> {answer.text}"
            assert answer.status_code in statuses, what
            assert answer.headers["Content-Type"] == "application/problem+json", what
            assert ("Retry-After" in answer.headers) == (answer.status_code == 503), what
            assert "canary" not in answer.text
            assert await everything(deployment.owner) == before, what
    key = str(uuid.uuid4())
    fault.statements.clear()
    fault.at, fault.error = number - 1, asyncpg.ConnectionDoesNotExistError
    assert (await send(coordinator, address, key)).status_code == 503
    fault.at = None
    answer = await _heard(send, coordinator, address, key)
    assert answer.is_success, answer.text
    assert "Idempotency-Replayed" not in answer.headers
    after = await everything(deployment.owner)
    assert after != before
    assert len(after["ledger_event"]) > len(before["ledger_event"])


@pytest.mark.parametrize(("send", "_at_least"), PATHS)
async def test_a_commit_whose_answer_is_lost_is_found_by_its_key(
    send: Send, _at_least: int, deployment: Deployment, coordinator: Caller, fault: Fault
) -> None:
    number = await _statements_of(send, coordinator, fault)
    address = await _record(coordinator)
    before = await everything(deployment.owner)
    key = str(uuid.uuid4())
    fault.statements.clear()
    fault.at, fault.error, fault.afterwards = number - 1, ConnectionResetError, True
    unknown = await send(coordinator, address, key)
    assert (unknown.status_code, unknown.json()["type"]) == (503, "/problems/outcome-unknown")
    assert unknown.headers["Retry-After"]
    fault.at = None
    once = await everything(deployment.owner)
    assert once != before
    again = await send(coordinator, address, key)
    assert again.is_success, again.text
    if send is _import_all:
        assert json.loads(again.text.splitlines()[-1])["summary"]["created"] == 0
    else:
        assert again.headers["Idempotency-Replayed"] == "true"
        assert await everything(deployment.owner) == once


async def test_an_import_in_chunks_ends_without_its_summary(
    deployment: Deployment, coordinator: Caller, fault: Fault
) -> None:
    lines = "\n".join(
        json.dumps({"kind": "visits", "subject": "03-001", "source_id": f"S{number}", **VISIT})
        for number in range(1200)
    )
    stored_chunks = 0

    def second_commit(statement: str) -> bool:
        nonlocal stored_chunks
        stored_chunks += "INSERT INTO visit" in statement
        return statement == "COMMIT" and stored_chunks == 2

    with failing(fault, second_commit):
        answer = await coordinator.http.post(
            "/v1/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}
        )
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert results[-1]["status"] == "failed"
    assert results[-1]["problem"] == "/problems/outcome-unknown"
    told = {result["source_id"] for result in results[:-1] if result["status"] == "created"}
    stored = await deployment.owner.fetch("SELECT source_id FROM visit")
    assert told == {row["source_id"] for row in stored}
    assert len(told) == CHUNK
    again = await coordinator.http.post(
        "/v1/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    summary = json.loads(again.text.splitlines()[-1])["summary"]
    assert (summary["created"], summary["unchanged"]) == (1200 - CHUNK, CHUNK)


@contextmanager
def failing(fault: Fault, when: Callable[[str], bool]) -> Iterator[None]:
    """Let the statement fail of which ``when`` holds."""
    genuine = fault.run

    async def run(statement: str, execute: Callable[[], Awaitable[Any]]) -> Any:
        if when(statement):
            raise ConnectionResetError
        return await execute()

    fault.run = run  # type: ignore[method-assign]
    yield
    fault.run = genuine  # type: ignore[method-assign]


async def _record(caller: Caller) -> str:
    """Store two records and give the address of the first, with their mark as its fragment."""
    mark = str(uuid.uuid4())
    answers = [
        await caller.submit("/v1/subjects/03-001/visits", {**VISIT, "source_id": f"{which} {mark}"})
        for which in ("first", "second")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    return f"{answers[0].headers['Location']}#{mark}"


async def _statements_of(send: Send, caller: Caller, fault: Fault) -> int:
    """Count the statements of a request, BEGIN and COMMIT among them."""
    address = await _record(caller)
    fault.statements.clear()
    answer = await send(caller, address, str(uuid.uuid4()))
    assert answer.is_success, answer.text
    assert fault.statements[0] == "BEGIN"
    assert fault.statements[-1] == "COMMIT"
    return len(fault.statements)


async def everything(owner: asyncpg.Connection) -> dict[str, list[str]]:
    """Give every row of the tables that a write can touch."""
    return {
        table: [
            row["said"]
            for row in await owner.fetch(
                f"SELECT row_to_json(stored)::text AS said FROM {table} AS stored ORDER BY 1"
            )
        ]
        for table in WRITTEN
    }
