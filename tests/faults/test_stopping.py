"""Told to stop under load, the service ends what it began and leaves nothing behind."""

import asyncio
import signal
import uuid

import httpx

from app.access.permissions import Role
from tests.deployment import open_directory
from tests.faults.served import eventually, open_centres, serving, sign_in
from tests.subjects.told import consented

ENROLMENT = consented(eligibility=[])
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}


async def test_running_requests_end_and_nothing_is_left() -> None:
    with open_directory() as directory, serving(directory) as served:
        assert served.process is not None
        async with served.owner() as owner:
            await open_centres(owner, "03")
            token = await sign_in(owner, served.origin, "writer", Role.COORDINATOR, "03")
        headers = {"Authorization": f"Bearer {token}"}
        acknowledged, other = set(), []
        async with httpx.AsyncClient(base_url=served.origin, headers=headers, timeout=30) as http:
            enrolled = await _send(http, "/v1/subjects", ENROLMENT)
            subject = enrolled.json()["subject"]
            visits = f"/v1/subjects/{subject}/visits"
            held_up = asyncio.Event()

            async def write() -> None:
                """Write until the service takes no more connections."""
                while True:
                    try:
                        answer = await _send(http, visits, VISIT)
                    except httpx.TransportError:
                        return
                    if answer.status_code == 201:
                        acknowledged.add(answer.json()["record_id"])
                    else:
                        other.append(answer)
                        return

            async with served.owner() as owner:
                writers = [asyncio.create_task(write()) for _ in range(8)]
                await asyncio.sleep(1)
                transaction = owner.transaction()
                await transaction.start()
                await owner.execute("LOCK TABLE enrolment IN SHARE MODE")
                running = asyncio.create_task(_send(http, "/v1/subjects", ENROLMENT))
                for _ in range(500):
                    if await owner.fetchval(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted "
                        "AND relation = 'enrolment'::regclass"
                    ):
                        held_up.set()
                        break
                    await asyncio.sleep(0.01)
                assert held_up.is_set()
                served.process.send_signal(signal.SIGTERM)
                await asyncio.gather(*writers)
                assert not running.done()
                assert served.process.poll() is None
                await transaction.commit()
                assert (await running).status_code == 201
            assert await asyncio.to_thread(served.process.wait, 30) == 0
        assert len(acknowledged) > 8
        assert [answer.status_code for answer in other] == [503] * len(other)
        assert eventually(lambda: not served.left_behind(), 10), served.left_behind()
        assert not (served.data_directory / "socket").exists()
        assert "Traceback" not in served.said(), served.said()
        assert "request failed" not in served.said(), served.said()
        served.start()
        async with served.owner() as owner:
            stored = {str(row["record_id"]) for row in await owner.fetch("SELECT * FROM visit")}
            enrolments = await owner.fetchval("SELECT count(*) FROM enrolment")
        assert acknowledged <= stored
        assert enrolments == 2
        assert served.stop() == 0


async def _send(http: httpx.AsyncClient, address: str, body: object) -> httpx.Response:
    return await http.post(address, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
