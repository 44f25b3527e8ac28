"""The ledger is the database's clock: dense, in the order of transactions, never set back."""

import asyncio
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.problems import AsOfInTheFuture, CutoffAfterAsOf
from app.services import ledger
from tests.deployment import Caller, Deployment, clone_of_template

VISITS = "/v1/subjects/03-001/visits"
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
INSERT = """
INSERT INTO ledger_event (action, principal, route, request_id)
SELECT 'test', 'test', 'test', $1 FROM generate_series(1, $2)"""


@pytest.fixture
async def coordinator(deployment: Deployment) -> Caller:
    await deployment.subject("03")
    return await deployment.caller("coordinator", "03")


@pytest.fixture
async def quiet(server: EmbeddedPostgres, tmp_path: Path) -> Any:
    """A deployment whose ledger is numbered only when a test says so."""
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, sequencer=False) as running,
    ):
        yield running


async def numbered(owner: asyncpg.Connection) -> list[tuple[int, int, int]]:
    """Give the ledger as seq, transaction and event."""
    rows = await owner.fetch(
        "SELECT seq, transaction_id::text::bigint AS number, event FROM ledger_entry ORDER BY seq"
    )
    return [(row["seq"], row["number"], row["event"]) for row in rows]


async def another(deployment: Deployment) -> asyncpg.Connection:
    return await asyncpg.connect(
        deployment.server.url(deployment.server.superuser, deployment.database)
    )


async def test_it_numbers_every_event_once_under_concurrent_writers(quiet: Deployment) -> None:
    writers = [await another(quiet) for _ in range(12)]
    chance = random.Random(3)

    async def write(connection: asyncpg.Connection, number: int) -> None:
        for turn in range(30):
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(INSERT, f"{number}.{turn}", chance.randrange(1, 4))
            await asyncio.sleep(chance.choice([0, 0, 0.002, 0.01]))
            await connection.execute(INSERT, f"{number}.{turn}", 1)
            if chance.random() < 0.15:
                await transaction.rollback()
            else:
                await transaction.commit()

    seen: dict[int, tuple[int, int, int]] = {}
    done = asyncio.Event()

    async def number_them() -> None:
        """Look after each pass: what has a number keeps it, and no number is left out."""
        while not done.is_set():
            await ledger.number_events(quiet.service.database)
            entries = await numbered(quiet.owner)
            assert [entry[0] for entry in entries] == list(range(1, len(entries) + 1))
            for entry in entries:
                assert seen.setdefault(entry[0], entry) == entry

    async def in_their_turn() -> None:
        await asyncio.gather(*(write(writer, number) for number, writer in enumerate(writers)))
        done.set()

    await asyncio.gather(number_them(), in_their_turn())
    await ledger.number_events(quiet.service.database)
    entries = await numbered(quiet.owner)
    happened = await quiet.owner.fetch(
        "SELECT transaction_id::text::bigint AS number, id FROM ledger_event ORDER BY 1, 2"
    )
    assert [entry[1:] for entry in entries] == [(row["number"], row["id"]) for row in happened]
    assert len(entries) > 500
    for writer in writers:
        await writer.close()


async def test_what_is_above_the_commit_horizon_waits_and_is_not_left_out(
    quiet: Deployment,
) -> None:
    database = quiet.service.database
    slow = await another(quiet)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(INSERT, "slow", 2)
    await quiet.owner.execute(INSERT, "quick", 3)
    for _ in range(3):
        assert await ledger.number_events(database) == 0
    await transaction.commit()
    assert await ledger.number_events(database) == 5
    order = await quiet.owner.fetch(
        "SELECT request_id FROM ledger_entry JOIN ledger_event ON id = event ORDER BY seq"
    )
    assert [row["request_id"] for row in order] == ["slow", "slow", "quick", "quick", "quick"]
    await slow.close()


async def test_a_transaction_given_up_leaves_no_gap(quiet: Deployment) -> None:
    transaction = quiet.owner.transaction()
    await transaction.start()
    await quiet.owner.execute(INSERT, "given up", 3)
    await transaction.rollback()
    await quiet.owner.execute(INSERT, "kept", 1)
    await ledger.number_events(quiet.service.database)
    assert [entry[0] for entry in await numbered(quiet.owner)] == [1]


async def test_an_as_of_inside_a_transaction_is_rounded_down(quiet: Deployment) -> None:
    database = quiet.service.database
    transactions = []
    for number in (1, 3, 2):
        await quiet.owner.execute(INSERT, f"{number}", number)
        transactions.append(
            await quiet.owner.fetchval(
                "SELECT transaction_id::text FROM ledger_event ORDER BY id DESC LIMIT 1"
            )
        )
    one, three, two = transactions
    cuts = [await ledger.cut_at(database, as_of) for as_of in range(7)]
    assert [cut.seq for cut in cuts] == [0, 1, 1, 1, 4, 4, 6]
    assert [cut.transaction_id for cut in cuts] == ["0", one, one, one, three, three, two]
    with pytest.raises(AsOfInTheFuture) as refusal:
        await ledger.cut_at(database, 7)
    assert refusal.value.members == {"head": 6}
    assert await ledger.newest_cut(database) == cuts[6]
    inside = await quiet.owner.fetchval("SELECT sequenced_at FROM ledger_entry WHERE seq = 2")
    assert (await ledger.cut_at(database, inside)).seq == 1
    first = await quiet.owner.fetchval("SELECT sequenced_at FROM ledger_entry WHERE seq = 1")
    assert (await ledger.cut_at(database, first - timedelta(microseconds=1))).seq == 0
    with pytest.raises(AsOfInTheFuture):
        await ledger.cut_at(database, datetime.now(UTC) + timedelta(seconds=5))


async def test_an_instant_that_has_passed_means_the_same_for_ever(quiet: Deployment) -> None:
    """Asked again while others write and number, an instant gives the cut it gave first."""
    database = quiet.service.database
    done = asyncio.Event()
    writers = [await another(quiet) for _ in range(3)]

    async def write(connection: asyncpg.Connection) -> None:
        while not done.is_set():
            await connection.execute(INSERT, "x", 1)
            await connection.execute("SELECT sequence_events()")

    async def ask() -> list[tuple[datetime, ledger.Cut]]:
        cuts = []
        for _ in range(150):
            instant = datetime.now(UTC)
            cuts.append((instant, await ledger.cut_at(database, instant)))
        done.set()
        return cuts

    cuts, *_ = await asyncio.gather(ask(), *(write(writer) for writer in writers))
    for instant, cut in cuts:
        assert await ledger.cut_at(database, instant) == cut
    assert len({cut.seq for _, cut in cuts}) > 10
    for writer in writers:
        await writer.close()


async def test_an_instant_still_to_come_when_it_is_asked_for_is_refused(
    quiet: Deployment,
) -> None:
    """While the ledger is being numbered time passes; what was the future is no past by then."""
    slow = await another(quiet)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("SELECT sequence_events()")
    instant = datetime.now(UTC) + timedelta(seconds=0.3)
    asked = asyncio.create_task(ledger.cut_at(quiet.service.database, instant))
    await asyncio.sleep(0.6)
    await transaction.commit()
    await slow.close()
    with pytest.raises(AsOfInTheFuture):
        await asked


async def test_what_was_known_then_stays_as_it_was(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Under later writes, beside an open transaction, and after a restart of the service."""
    async with clone_of_template(server) as name:
        async with Deployment(server, name, tmp_path) as running:
            await running.subject("03")
            coordinator = await running.caller("coordinator", "03")
            records = [
                (await coordinator.submit(VISITS, VISIT)).headers["Location"] for _ in range(3)
            ]
            head = (await coordinator.get("/v1/changes")).json()["as_of"]
            instant = datetime.now(UTC).isoformat().replace("+", "%2B")
            addresses = [
                f"{address}?as_of={as_of}"
                for as_of in (head, head - 1, instant)
                for address in ("/v1/visits", VISITS, records[0], f"{records[1]}/history")
            ]
            then = [(await coordinator.get(address)).content for address in addresses]
            assert len(set(then)) > 4
            for record in records[:2]:
                changed = {**VISIT, "ecog": 2, "reason": "Read again."}
                assert (await coordinator.amend(record, changed, 1)).status_code == 200
            assert (await coordinator.void(records[1], 2)).status_code == 200
            await coordinator.submit(VISITS, VISIT)
            assert then == [(await coordinator.get(address)).content for address in addresses]
            assert (await coordinator.get("/v1/visits")).content not in then
        async with Deployment(server, name, tmp_path) as again:
            coordinator.http = again.client(Authorization=f"Bearer {again.token(coordinator.id)}")
            assert then == [(await coordinator.get(address)).content for address in addresses]


async def test_the_feed_has_no_gap_for_one_who_polls_beside_sixteen_writers(
    deployment: Deployment, coordinator: Caller
) -> None:
    written: list[tuple[str, int]] = []
    done = asyncio.Event()

    async def write() -> None:
        for _ in range(12):
            stored = await coordinator.submit(VISITS, VISIT)
            assert stored.status_code == 201
            written.append((stored.json()["record_id"], 1))
            changed = {**VISIT, "reason": "Read again."}
            amended = await coordinator.amend(stored.headers["Location"], changed, 1)
            assert amended.status_code == 200
            written.append((stored.json()["record_id"], 2))

    async def poll() -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        after, last = 0, False
        while not last:
            last = done.is_set()
            answer = (await coordinator.get(f"/v1/changes?after={after}&limit=7")).json()
            seen += answer["items"]
            last = last and not answer["items"]
            after = answer["next_after"]
        return seen

    async def in_their_turn() -> None:
        await asyncio.gather(*(write() for _ in range(16)))
        done.set()

    seen, _ = await asyncio.gather(poll(), in_their_turn())
    numbers = [change["seq"] for change in seen]
    assert numbers == sorted(set(numbers))
    found = [(change["record_id"], change["version"]) for change in seen]
    assert sorted(found) == sorted(written)
    assert len(found) == 16 * 24
    assert [change for change in seen if set(change) - FED] == []


FED = {
    "seq", "action", "kind", "subject", "centre", "record_id", "version", "occurred_at",
}  # fmt: skip


async def test_the_service_goes_on_numbering_after_whatever_befell_it(
    deployment: Deployment, coordinator: Caller
) -> None:
    await deployment.owner.execute("ALTER FUNCTION sequence_events() RENAME TO sequence_later")
    await coordinator.submit(VISITS, VISIT, key=str(uuid.uuid4()))
    await asyncio.sleep(1.2)
    assert await deployment.owner.fetchval("SELECT count(*) FROM ledger_entry") == 0
    await deployment.owner.execute("ALTER FUNCTION sequence_later() RENAME TO sequence_events")
    for _ in range(40):
        if await deployment.owner.fetchval("SELECT count(*) FROM ledger_entry") == 1:
            break
        await asyncio.sleep(0.1)
    assert await deployment.owner.fetchval("SELECT count(*) FROM ledger_entry") == 1


@pytest.mark.parametrize(
    ("asked_at", "cutoff", "taken"),
    [
        pytest.param("2026-11-29T17:00:00+00:00", "2026-11-30", True, id="30 November in the east"),
        pytest.param("2026-11-29T10:00:00+00:00", "2026-11-30", True, id="midnight in UTC+14"),
        pytest.param("2026-11-29T09:59:59+00:00", "2026-11-30", False, id="a second before"),
        pytest.param("2026-11-29T17:00:00+00:00", "2026-12-01", False, id="a day that is nowhere"),
        pytest.param("2026-11-29T17:00:00+00:00", None, True, id="none asked for"),
    ],
)
def test_a_cutoff_is_a_day_that_had_come_somewhere(
    asked_at: str, cutoff: str | None, taken: bool
) -> None:
    day = None if cutoff is None else date.fromisoformat(cutoff)
    try:
        ledger.require_past(day, datetime.fromisoformat(asked_at))
    except CutoffAfterAsOf:
        assert not taken
    else:
        assert taken
