"""The trial's pictures: from what is kept, and drawn anew by a process that is warm."""

import time
from collections.abc import Iterator
from itertools import product
from statistics import median

import asyncpg
import httpx

from app.charts.named_charts import CHARTS
from app.services.derivations.time_to_event.event_definition import PARTS
from benchmarks.cohort import TRIAL, Figure, fill, told_model
from benchmarks.deployment import CENTRE, Measured
from benchmarks.load import drive, request

SVG = "image/svg+xml"
CURVE = "/v1/charts/kaplan-meier"
COLD_ROUNDS = 15


async def figures(service: Measured, token: str) -> list[Figure]:
    """Measure a picture that is kept, curves that nobody asked for before, and every picture once.

    Args:
        service: the running service, its database without subjects of ours.
        token: of somebody who reads and writes at the centre.
    """
    owner = await asyncpg.connect(service.owner_url())
    client = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{service.port}",
        headers={"Authorization": f"Bearer {token}", "Accept": SVG},
        timeout=600,
    )
    async with client:
        await fill(owner, await told_model(client), 1, TRIAL)
        await client.get("/v1/endpoints/overall-survival")  # the subjects are derived
        first = await _drawn(client, CURVE)
        cold = [await _drawn(client, address) for address in _curves()]
        once = {name: await _drawn(client, _address(name)) for name in CHARTS}
        written = request("GET", CURVE, Authorization=f"Bearer {token}", Accept=SVG)
        kept = await drive(service.port, lambda: written, 400, 200, connections=1)
        crowd = await drive(service.port, lambda: written, 2000, 200)
    await owner.close()
    slowest = max(once, key=lambda name: once[name])
    return [
        Figure(
            "chart SVG from cache",
            f"p50 {kept.p50 * 1e3:.1f} ms",
            "<= 20 ms",
            f"p99 {kept.p99 * 1e3:.1f} ms; 32 at a time {crowd.per_second:,.0f}/s",
        ),
        Figure(
            "chart SVG cold",
            f"{median(cold) * 1e3:.0f} ms",
            "<= 800 ms",
            f"{TRIAL} subjects; slowest of {len(once)} pictures: {slowest} "
            f"{once[slowest] * 1e3:.0f} ms; the first of a worker {first:.1f} s",
        ),
    ]


def _curves() -> Iterator[str]:
    """Give curves of which none is another, the one that was drawn already left out."""
    every = [
        f"{CURVE}?endpoint={endpoint}&variant={variant}&conf_type={conf_type}"
        for conf_type, endpoint in product(("log", "plain"), PARTS)
        for variant in PARTS[endpoint]
    ]
    yield from every[:: max(1, len(every) // COLD_ROUNDS)]


def _address(name: str) -> str:
    subject = f"subject={CENTRE}-0002"
    asked = {
        "kaplan-meier": "endpoint=event-free-survival",
        "lab-series": f"{subject}&analyte=HGB",
        "subject-timeline": subject,
    }
    return f"/v1/charts/{name}?{asked.get(name, '')}"


async def _drawn(client: httpx.AsyncClient, address: str) -> float:
    began = time.perf_counter()
    answer = await client.get(address)
    seconds = time.perf_counter() - began
    answer.raise_for_status()
    return seconds
