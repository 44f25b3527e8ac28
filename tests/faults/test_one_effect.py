"""One key, one effect; one version, one winner."""

import asyncio
import json
import uuid
from collections import Counter

import asyncpg
import httpx
import pytest

from tests.deployment import Caller, Deployment

VISITS = "/v1/subjects/03-001/visits"
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
AT_ONCE = 64
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'visit'::regclass"
LABORATORY = {"analyte": "PLT", "value": "31", "unit": "10*9/L", "collected_at": "2026-03-09"}


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


async def test_each_version_has_one_successor(deployment: Deployment, coordinator: Caller) -> None:
    """Sixteen clients compare and set four records, round after round."""
    clients = [await deployment.caller("coordinator", "03") for _ in range(4)]
    records = [(await coordinator.submit(VISITS, VISIT)).headers["Location"] for _ in range(4)]
    rounds, won = 12, dict.fromkeys(records, 0)
    reasons: dict[str, list[str]] = {record: [] for record in records}

    async def change(client: Caller, record: str, version: int) -> tuple[str, httpx.Response]:
        reason = f"Change {uuid.uuid4().hex[:6]}."
        return reason, await client.amend(record, {**VISIT, "reason": reason}, version)

    for version in range(1, rounds + 1):
        for record in records:
            answers = await asyncio.gather(
                *(change(clients[number % 4], record, version) for number in range(16))
            )
            statuses = Counter(answer.status_code for _, answer in answers)
            assert statuses == {200: 1, 412: 15}, record
            for reason, answer in answers:
                if answer.status_code == 200:
                    won[record] += 1
                    reasons[record].append(reason)
                    assert answer.headers["ETag"] == f'"{version + 1}"'
                else:
                    assert answer.headers["ETag"] == f'"{version + 1}"'
                    assert answer.json()["current_version"] == version + 1
    for record in records:
        history = (await coordinator.get(f"{record}/history")).json()["items"]
        assert [item["version"] for item in history] == list(range(1, won[record] + 2))
        assert [item["reason"] for item in history[1:]] == reasons[record]


async def test_one_key_sent_sixty_four_times_at_once_has_one_effect(
    deployment: Deployment, coordinator: Caller
) -> None:
    for number in range(1, 6):
        key = str(uuid.uuid4())
        answers = await asyncio.gather(
            *(coordinator.submit(VISITS, VISIT, key=key) for _ in range(AT_ONCE))
        )
        told = Counter(answer.status_code for answer in answers)
        assert set(told) <= {201, 409}, told
        stored = [answer for answer in answers if answer.status_code == 201]
        assert sum("Idempotency-Replayed" not in answer.headers for answer in stored) == 1
        assert len({answer.content for answer in stored}) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert answer.json()["type"] == "/problems/idempotency-key-in-flight"
        assert await deployment.owner.fetchval("SELECT count(*) FROM visit") == number
        assert await deployment.owner.fetchval("SELECT count(*) FROM stored_answer") == number


async def test_a_key_is_free_again_after_a_refusal(
    deployment: Deployment, coordinator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(uuid.uuid4())
    refused = [
        await coordinator.submit(VISITS, {**VISIT, "ecog": 9}, key=key),
        await coordinator.submit(VISITS, b"{", key=key),
        await coordinator.submit("/v1/subjects/03-099/visits", VISIT, key=key),
    ]
    assert [answer.status_code for answer in refused] == [422, 400, 404]
    genuine = asyncpg.Connection.fetchrow

    async def failing(
        self: asyncpg.Connection, query: str, *args: object, **more: object
    ) -> object:
        if "INSERT INTO visit" in query:
            await genuine(self, query, *args, **more)
            raise asyncpg.DataError
        return await genuine(self, query, *args, **more)

    with monkeypatch.context() as broken:
        broken.setattr(asyncpg.Connection, "fetchrow", failing)
        assert (await coordinator.submit(VISITS, VISIT, key=key)).status_code == 500
    answer = await coordinator.submit(VISITS, VISIT, key=key)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    assert await deployment.owner.fetchval("SELECT count(*) FROM visit") == 1


async def test_a_key_in_flight_waits_for_nobody(
    deployment: Deployment, coordinator: Caller
) -> None:
    """The first request is held up by a lock; the second is told so at once, and later replays."""
    key = str(uuid.uuid4())
    async with deployment.owner.transaction():
        await deployment.owner.execute("LOCK TABLE visit IN SHARE MODE")
        first = asyncio.create_task(coordinator.submit(VISITS, VISIT, key=key))
        for _ in range(500):
            if await deployment.owner.fetchval(WAITING):
                break
            await asyncio.sleep(0.01)
        async with asyncio.timeout(2):
            second = await coordinator.submit(VISITS, VISIT, key=key)
        assert second.status_code == 409
        assert second.json()["type"] == "/problems/idempotency-key-in-flight"
        assert not first.done()
    stored = await first
    assert stored.status_code == 201
    again = await coordinator.submit(VISITS, VISIT, key=key)
    assert again.content == stored.content


async def test_a_key_belongs_to_one_request_of_one_principal(
    deployment: Deployment, coordinator: Caller
) -> None:
    key = str(uuid.uuid4())
    stored = await coordinator.submit(VISITS, VISIT, key=key)
    address = stored.headers["Location"]
    for answer in (
        await coordinator.submit(VISITS, {**VISIT, "ecog": 2}, key=key),
        await coordinator.submit("/v1/subjects/03-001/lab-results", LABORATORY, key=key),
        await coordinator.amend(address, {**VISIT, "reason": "x"}, 1, **{"Idempotency-Key": key}),
        await coordinator.submit(
            f"{address}/void", {"reason": "x"}, key=key, **{"If-Match": '"1"'}
        ),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"] == "/problems/idempotency-key-reused"
    other = await deployment.caller("coordinator", "03")
    theirs = await other.submit(VISITS, VISIT, key=key)
    assert theirs.status_code == 201
    assert theirs.headers["Location"] != address
    assert (await coordinator.submit(VISITS, VISIT, key=key)).content == stored.content


async def test_a_key_covers_what_the_change_is_based_on(coordinator: Caller) -> None:
    address = (await coordinator.submit(VISITS, VISIT)).headers["Location"]
    changed, key = {**VISIT, "reason": "Read again."}, {"Idempotency-Key": str(uuid.uuid4())}
    first = await coordinator.amend(address, changed, 1, **key)
    again = await coordinator.amend(address, changed, 1, **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    other = await coordinator.amend(address, changed, 2, **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert json.loads(first.content)["version"] == 2
