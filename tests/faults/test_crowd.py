"""Nobody can shut out the others without signing in."""

import asyncio
import time
import uuid
from pathlib import Path

import httpx
import pytest

from app.access.permissions import Role
from tests.deployment import open_directory
from tests.faults.crowd import crowded
from tests.faults.served import open_centres, serving, sign_in
from tests.subjects.told import consented

ENROLMENT = consented(eligibility=[])
VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
OTHERS = tuple(f"127.0.0.{number}" for number in range(2, 18))


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """How many drip and rest; `make crowd` brings them all."""
    return int(request.config.getoption("--crowd"))


@pytest.mark.parametrize(
    ("share", "addresses"),
    [
        pytest.param("256", OTHERS, id="from other addresses"),
        pytest.param("0", ("127.0.0.1",), id="from its own address, the share off"),
    ],
)
async def test_an_honest_client_is_served_beside_a_crowd(
    share: str, addresses: tuple[str, ...], size: int
) -> None:
    environment = {"DAYZERO_CONNECTIONS_PER_ADDRESS": share}
    whole = size >= 2000
    if not whole:
        environment |= {"DAYZERO_HEAD_SECONDS": "1", "DAYZERO_BODY_SECONDS": "2"}
    with open_directory() as directory, serving(directory, environment) as served:
        async with served.owner() as owner:
            await open_centres(owner, "03")
            token = await sign_in(owner, served.origin, "writer", Role.COORDINATOR, "03")
        async with httpx.AsyncClient(
            base_url=served.origin, headers={"Authorization": f"Bearer {token}"}, timeout=30
        ) as http:
            subject = (await _send(http, "/v1/subjects", ENROLMENT)).json()["subject"]
            visits = f"/v1/subjects/{subject}/visits"
            quiet, _ = await _write(http, visits, seconds=3 if whole else 0.5)
            before = _resident(served.worker())
            with crowded(served.port, addresses, size) as crowd:
                beside, statuses = await _write(http, visits, seconds=40 if whole else 4)
                during = _resident(served.worker())
                seen = crowd.seen()
            await asyncio.sleep(3 if whole else 0.5)
            after, _ = await _write(http, visits, seconds=1)
            left = _resident(served.worker())
        print(
            f"\n{size} drip, {size} rest: honest p99 {_p99(quiet):.0f} ms before, "
            f"{_p99(beside):.0f} ms beside ({len(beside)} writes), {_p99(after):.0f} ms after; "
            f"longest drip {seen.longest:.1f} s, {seen.dripping} still open; "
            f"worker {before:.0f}, {during:.0f}, {left:.0f} MB"
        )
        assert statuses == {201}
        assert seen.dripping == 0
        assert seen.longest < 40
        if whole:  # a time is asserted in the campaign alone
            assert _p99(beside) < 300
        assert left < before + 60


async def _write(
    http: httpx.AsyncClient, address: str, *, seconds: float
) -> tuple[list[float], set[int]]:
    """Write one visit after another; give the milliseconds of each, and every status."""
    took, statuses = [], set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        answer = await _send(http, address, VISIT)
        took.append((time.perf_counter() - began) * 1000)
        statuses.add(answer.status_code)
        await asyncio.sleep(0.05)
    return took, statuses


async def _send(http: httpx.AsyncClient, address: str, body: object) -> httpx.Response:
    return await http.post(address, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def _p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


def _resident(process: int) -> float:
    """Give the memory of a process that is in use, MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
