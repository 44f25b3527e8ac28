"""An acknowledged write survives any crash, of the service, of its database, of both.

Sixteen writers write over HTTP while the processes of ``dayzero serve`` are killed at random, and
send again under the same key whatever was not answered. Afterwards every acknowledged write is
stored once, every other once or not at all, and the ledger is dense.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from app.access.permissions import Role
from tests.deployment import open_directory
from tests.faults.history import violations
from tests.faults.served import Served, eventually, kill, open_centres, serving, sign_in
from tests.faults.writers import Told, Writer, everything_stored

CENTRES = ("01", "02", "03", "04")
WRITERS = 16
TARGETS = ("worker", "postmaster", "worker and postmaster", "serve", "a connection")
READY_WITHIN = 60.0
"""Seconds from a kill to the next acknowledged write: it takes 2 to 5, on a busy machine more."""


@pytest.fixture
def served() -> Iterator[Served]:
    with open_directory() as directory, serving(directory) as running:
        yield running


@asynccontextmanager
async def writing(served: Served, seed: int, told: Told) -> AsyncIterator[None]:
    """Let the writers write; afterwards wait until the last has its answer."""
    stopping = asyncio.Event()
    tokens = {}
    async with served.owner() as owner:
        await open_centres(owner, *CENTRES)
        for code in CENTRES:
            tokens[code] = await sign_in(
                owner, served.origin, f"writer {code}", Role.COORDINATOR, code
            )
    async with asyncio.timeout(600):
        writers, clients = [], []
        for number in range(WRITERS):
            code = CENTRES[number % len(CENTRES)]
            http = httpx.AsyncClient(
                base_url=served.origin,
                timeout=25,
                headers={"Authorization": f"Bearer {tokens[code]}"},
            )
            chance = random.Random(f"{seed} {number}")
            writer = Writer(http, f"writer {code}", code, chance, told, stopping)
            writers.append(asyncio.create_task(writer.write()))
            clients.append(http)
        try:
            yield
            stopping.set()
            await asyncio.gather(*writers)
        finally:
            for task in writers:
                task.cancel()
            await asyncio.gather(*writers, return_exceptions=True)
            for client in clients:
                await client.aclose()


def strike(served: Served, target: str, chance: random.Random) -> None:
    """Kill what is named."""
    victims = []
    with suppress(ProcessLookupError):
        if target == "a connection":
            victims = chance.sample(served.connections(), 1)
        if "worker" in target:
            victims.append(served.worker())
        if "postmaster" in target:
            victims.append(served.postmaster())
    if target == "serve":
        victims.append(served.parent())
    chance.shuffle(victims)
    for pid in victims:
        kill(pid)
    if target == "serve":
        assert served.process is not None
        served.process.wait()
        served.start()


@pytest.mark.timeout(1200)
async def test_every_acknowledged_write_is_stored_once(
    served: Served, kills: int, faults_seed: int
) -> None:
    chance = random.Random(faults_seed)
    targets = [TARGETS[number % len(TARGETS)] for number in range(kills)]
    chance.shuffle(targets)
    told, report = Told(), []
    async with writing(served, faults_seed, told):
        for target in targets:
            before = told.acknowledged
            await asyncio.sleep(chance.uniform(0.1, 1.0))
            began = time.monotonic()
            await asyncio.to_thread(strike, served, target, chance)
            # What was killed answers for a moment more; until a writer is heard it is not back.
            heard = told.acknowledged
            back = await asyncio.to_thread(
                eventually, lambda heard=heard: told.acknowledged > heard and served.ready()
            )
            took = time.monotonic() - began
            report.append(f"{target}: {told.acknowledged - before} writes, ready in {took:.2f} s")
            assert back, "\n".join([*report, served.said()[-4000:]])
            assert took < READY_WITHIN, "\n".join(report)
        await asyncio.sleep(0.5)
    async with served.owner() as owner:
        stored = await everything_stored(owner)
    report.append(
        f"seed {faults_seed}, {kills} kills, {told.acknowledged} of {len(told.writes)} writes "
        f"acknowledged, {len(stored.versions)} versions, {len(stored.entries)} ledger entries, "
        f"longest answer {told.longest:.1f} s, heard {dict(told.answers)}"
    )
    print("\n".join(report))
    assert violations(told.writes, stored) == [], report[-1]
    assert told.wrong == [], f"{report[-1]}\n{served.said()[-8000:]}"
    assert told.acknowledged > 5 * kills, report[-1]
    assert served.stop() == 0
    assert eventually(lambda: not served.left_behind(), 10), served.left_behind()
