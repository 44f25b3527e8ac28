"""Measures everything in one run and prints a table: `make bench`.

The machine may be shared and noisy, so what counts is a ratio of medians of rounds that alternate
between what is measured and what it is held against.
"""

import argparse
import asyncio
import compileall
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from app.schemas.lab_result import LAB_RESULTS
from benchmarks import charts, cohort, growth, imports, page
from benchmarks.deployment import (
    SUBJECT,
    Measured,
    free_port,
    measured,
    wait_for,
    write_json,
)
from benchmarks.load import Rate, drive, request

ROUNDS = 7
BODY = write_json({k: v for k, v in LAB_RESULTS.example.items() if k != "source_id"})
LABS = f"/v1/subjects/{SUBJECT}/lab-results"


def creates(service: Measured) -> Callable[[], bytes]:
    """Give a writer of creates, each under a key of its own."""
    key = "0" * 32
    written = request(
        "POST", LABS, BODY, Authorization=f"Bearer {service.token}", Idempotency_Key=key
    )
    head, tail = written.split(key.encode())
    return lambda: head + uuid.uuid4().hex.encode() + tail


def reads(service: Measured, path: str) -> Callable[[], bytes]:
    """Give a writer of one read."""
    written = request("GET", path, Authorization=f"Bearer {service.token}")
    return lambda: written


async def against_echo(service: Measured) -> dict[str, tuple[float, Rate]]:
    """Measure create, read one and list of 100 over the echo of the same body."""
    echoed = request("POST", "/echo", BODY)
    location = await _location(service)
    measures: dict[str, tuple[Callable[[], bytes], int, int]] = {
        "create": (creates(service), 1500, 201),
        "read one": (reads(service, location), 2000, 200),
        "list of 100": (reads(service, f"{LABS}?limit=100"), 600, 200),
    }
    for make, _, status in measures.values():
        await drive(service.port, make, 30, status, connections=1)  # plans, caches, connections
        await drive(service.port, make, 300, status)
    await drive(service.echo_port, lambda: echoed, 1000)
    echoes: list[Rate] = []
    rates: dict[str, list[Rate]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        echoes.append(await drive(service.echo_port, lambda: echoed, 4000))
        for name, (make, count, status) in measures.items():
            rates[name].append(await drive(service.port, make, count, status))
    echo = median(rate.per_second for rate in echoes)
    results = {"echo": (1.0, _middle(echoes))}
    for name, found in rates.items():
        results[name] = (median(rate.per_second for rate in found) / echo, _middle(found))
    return results


def time_to_ready(service: Measured) -> float:
    """Give the seconds from `dayzero serve` to ready on an existing database, median of 5.

    The code is compiled first, as it is in the image and after `make`.
    """
    compileall.compile_dir("app", quiet=1)
    directory = service.directory / "existing"
    environment = {**os.environ, "DAYZERO_DATA_DIRECTORY": str(directory)}
    environment.pop("DATABASE_URL", None)
    seconds = []
    for _ in range(6):
        port = free_port()
        began = time.perf_counter()
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dayzero"), "serve", "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"http://127.0.0.1:{port}/readyz", 60)
        seconds.append(time.perf_counter() - began)
        process.terminate()
        process.wait(60)
    return median(seconds[1:])


def main() -> None:
    """Measure what is named, or everything, and print."""
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("measure", nargs="*", help=f"of {', '.join(MEASURES)}; all without it")
    chosen = reader.parse_args().measure or list(MEASURES)
    if unknown := [name for name in chosen if name not in MEASURES]:
        reader.error(f"there is no measure {unknown[0]}")
    table = Table("measure", "result", "aim", "beside")
    console = Console(width=120)
    with measured() as service:
        for name in chosen:
            for row in MEASURES[name](service):
                table.add_row(*row)
                console.print(" · ".join(row), style="dim")  # a run that is cut short has said it
    console.print(table)


def _requests(service: Measured) -> Iterator[tuple[str, ...]]:
    aims = {"create": ">= 0.15 (0.20)", "read one": ">= 0.30", "list of 100": ">= 0.12"}
    for name, (ratio, rate) in asyncio.run(against_echo(service)).items():
        times = f"p50 {rate.p50 * 1e3:.1f} ms, p99 {rate.p99 * 1e3:.1f} ms"
        beside = f"{rate.per_second:,.0f}/s, {times}"
        yield f"{name} over echo", f"{ratio:.2f}", aims.get(name, ""), beside
    yield "worker memory after load", f"{service.memory():.0f} MB", "<= 150 MB", ""


def _import(service: Measured) -> Iterator[tuple[str, ...]]:
    ratio, note = asyncio.run(imports.over_copy(service))
    yield "import over COPY", f"{ratio:.2f}", ">= 0.5", note


def _growth(service: Measured) -> Iterator[tuple[str, ...]]:
    asyncio.run(drive(service.port, creates(service), 30, 201, connections=1))
    ratio, note = asyncio.run(growth.large_over_small(service, creates(service)))
    yield "create at 1,000,000 over 10,000", f"{ratio:.2f}", ">= 0.9", note


def _ready(service: Measured) -> Iterator[tuple[str, ...]]:
    yield "serve to ready", f"{time_to_ready(service):.2f} s", "<= 3 s", ""


def _endpoints(_: Measured) -> Iterator[tuple[str, ...]]:
    """Measure the endpoints on a service of their own: another measure leaves a million results."""
    with measured(DAYZERO_ENDPOINT_SECONDS="900") as service:
        yield from asyncio.run(_of_cohort(service))
    yield cohort.kaplan_meier_over_r()


def _page(_: Measured) -> Iterator[tuple[str, ...]]:
    """Measure the page on a service of its own, with a trial of 60 in it."""
    with measured(DAYZERO_ENDPOINT_SECONDS="900") as service:
        yield from page.figures(service)


async def _of_cohort(service: Measured) -> list[tuple[str, ...]]:
    echoed = request("POST", "/echo", BODY)
    await drive(service.echo_port, lambda: echoed, 1000)
    echo = _middle([await drive(service.echo_port, lambda: echoed, 4000) for _ in range(ROUNDS)])
    return [*await cohort.figures(service, service.token, echo.p50, echo.per_second)]


def _charts(_: Measured) -> Iterator[tuple[str, ...]]:
    """Measure the pictures on a service of their own, whose subjects are nobody else's."""
    with measured() as service:
        yield from asyncio.run(charts.figures(service, service.token))


MEASURES: dict[str, Callable[[Measured], Iterator[tuple[str, ...]]]] = {
    "requests": _requests,
    "import": _import,
    "growth": _growth,
    "ready": _ready,
    "endpoints": _endpoints,
    "charts": _charts,
    "page": _page,
}


async def _location(service: Measured) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(creates(service)())
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    writer.close()
    return next(
        line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("location")
    )


def _middle(rates: list[Rate]) -> Rate:
    return sorted(rates, key=lambda rate: rate.per_second)[len(rates) // 2]


if __name__ == "__main__":
    main()
