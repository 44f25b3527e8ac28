"""Which driver carries the hot write path: asyncpg, psycopg 3, or psycopg 3 in pipeline mode?

    python -m benchmarks.driver_choice [--rounds 7] [--seconds 3] [--lax]

Each transaction has the shape of ours: BEGIN; enter a role; one statement that inserts a row of 15
columns and its ledger event with a jsonb document; COMMIT. 32 tasks share one pool of 32
connections to one embedded server, with uvloop. Drivers take turns within a round, so that a noisy
machine troubles all alike. ``--lax`` leaves out the wait for the disk: what remains is the
drivers' own cost. psycopg is not among the project's dependencies: it is measured when it can be
imported (``pip install 'psycopg[binary]'`` into an environment of its own, put on PYTHONPATH).

Measured as it stands here, 7 rounds of 3 s, two cores shared with other work (load 7 to 9) and with
the server; PostgreSQL 18.4, asyncpg 0.32, psycopg 3.3.9:

    with the disk   asyncpg 1,708/s, 150 us   psycopg 0.58, 363 us   in pipeline mode 0.62, 315 us
    --lax           asyncpg 1,783/s, 141 us   psycopg 0.48, 332 us   in pipeline mode 0.61, 258 us

The processor's time is the steady figure. Rates are not: an earlier run with a busy disk
(parameters as text for psycopg, 7 rounds of 2 s, 363 to 1,211/s for asyncpg) gave 0.82, and 1.15
in pipeline mode. A disk far slower than the processor may favour the pipeline; that is not settled.
"""

import argparse
import asyncio
import importlib
import json
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from app.embedded_postgres import attached

TASKS = 32
ROLE = "writer"
TABLES = f"""
    CREATE ROLE {ROLE};
    CREATE TABLE result (
        record_id uuid, version int, subject text, centre text, state text, source_id text,
        analyte text, value numeric, unit text, comparator text, collected_at timestamptz,
        visit text, laboratory text, fasting boolean, recorded_by uuid,
        PRIMARY KEY (record_id, version)
    );
    CREATE TABLE event (
        ordinal bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record_id uuid, version int,
        subject text, centre text, action text, principal uuid, document jsonb,
        recorded_at timestamptz DEFAULT now(), transaction_id xid8 DEFAULT pg_current_xact_id()
    );
    GRANT SELECT, INSERT ON result, event TO {ROLE};
"""
ENTER = "SELECT set_config('role', {}, true)"
WRITE = """
    WITH written AS (
        INSERT INTO result VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
        RETURNING record_id, version, subject, centre, recorded_by
    )
    INSERT INTO event (record_id, version, subject, centre, action, principal, document)
    SELECT record_id, version, subject, centre, 'submit', recorded_by, {}::jsonb FROM written
    RETURNING ordinal, recorded_at
"""
DOCUMENT = json.dumps(
    {"route": "/v1/subjects/03-008/lab-results", "request_id": "0" * 32, "reason": None}
    | {f"member_{number}": f"value {number}" for number in range(12)}
)

Transaction = Callable[[Any], Awaitable[object]]
"""One write on one connection."""


class Driver(NamedTuple):
    """A way to run the transaction: how to connect, and how to write."""

    name: str
    connect: Callable[[str], Awaitable[Any]]
    write: Transaction


class Round(NamedTuple):
    """What one driver did in one round."""

    per_second: float
    processor: float  # of this process, microseconds for each transaction
    p50: float  # milliseconds
    p99: float


def parameters() -> tuple[object, ...]:
    return (
        uuid.uuid4(), 1, "03-008", "03", "active", uuid.uuid4().hex, "718-7", Decimal("10.25"),
        "g/dL", None, datetime.now(UTC), "D28", "central", False, uuid.UUID(int=7),
    )  # fmt: skip


def with_asyncpg() -> Driver:
    enter = ENTER.format("$1")
    statement = WRITE.format(*(f"${number}" for number in range(1, 17)))

    async def connect(url: str) -> Any:
        return await asyncpg.connect(url)

    async def write(connection: Any) -> object:
        async with connection.transaction():
            await connection.fetchval(enter, ROLE)
            return await connection.fetchrow(statement, *parameters(), DOCUMENT)

    return Driver("asyncpg", connect, write)


def with_psycopg(psycopg: Any) -> list[Driver]:
    enter, statement = ENTER.format("%s"), WRITE.format(*["%b"] * 16)

    async def connect(url: str) -> Any:
        return await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=0)

    async def write(connection: Any) -> object:
        async with connection.transaction(), connection.cursor(binary=True) as cursor:
            await cursor.execute(enter, (ROLE,))
            await cursor.execute(statement, (*parameters(), DOCUMENT))
            return await cursor.fetchone()

    async def write_in_pipeline(connection: Any) -> object:
        async with connection.cursor(binary=True) as cursor:
            async with connection.pipeline():
                await connection.execute("BEGIN")  # transaction() would sync by itself
                await connection.execute(enter, (ROLE,))
                await cursor.execute(statement, (*parameters(), DOCUMENT))
                await connection.execute("COMMIT")
            return await cursor.fetchone()

    name = f"psycopg {psycopg.__version__}"
    return [Driver(name, connect, write), Driver(f"{name}, pipeline", connect, write_in_pipeline)]


async def measure(driver: Driver, url: str, seconds: float) -> Round:
    """Let all tasks write for a while over one pool."""
    async with AsyncExitStack() as stack:
        pool: asyncio.LifoQueue[Any] = asyncio.LifoQueue()
        for _ in range(TASKS):
            connection = await driver.connect(url)
            stack.push_async_callback(connection.close)
            await driver.write(connection)  # prepares the statements
            pool.put_nowait(connection)
        times: list[float] = []
        end = time.perf_counter() + seconds

        async def task() -> None:
            while (began := time.perf_counter()) < end:
                connection = await pool.get()
                await driver.write(connection)
                pool.put_nowait(connection)
                times.append(time.perf_counter() - began)

        processor, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(task() for _ in range(TASKS)))
        processor, elapsed = time.process_time() - processor, time.perf_counter() - began
    times.sort()
    return Round(
        len(times) / elapsed,
        processor / len(times) * 1e6,
        times[len(times) // 2] * 1e3,
        times[len(times) * 99 // 100] * 1e3,
    )


async def compare(url: str, *, rounds: int, seconds: float) -> dict[str, list[Round]]:
    connection = await asyncpg.connect(url)
    await connection.execute(TABLES)
    drivers = [with_asyncpg()]
    try:
        drivers += with_psycopg(importlib.import_module("psycopg"))
    except ImportError:
        print("psycopg cannot be imported: asyncpg is measured alone.")
    measured: dict[str, list[Round]] = {driver.name: [] for driver in drivers}
    for _ in range(rounds):
        for driver in drivers:
            await connection.execute("TRUNCATE result, event")
            measured[driver.name].append(await measure(driver, url, seconds))
    await connection.close()
    return measured


def print_table(measured: dict[str, list[Round]]) -> None:
    table = Table("driver", title="medians of the rounds (lowest to highest)")
    for column in ("transactions/s", "over asyncpg", "our processor, us each", "p50 ms", "p99 ms"):
        table.add_column(column, justify="right")
    base = median(one.per_second for one in measured["asyncpg"])
    for name, rounds in measured.items():
        rates = [one.per_second for one in rounds]
        table.add_row(
            name,
            f"{median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
            f"{median(rates) / base:.2f}",
            f"{median(one.processor for one in rounds):.0f}",
            f"{median(one.p50 for one in rounds):.1f}",
            f"{median(one.p99 for one in rounds):.1f}",
        )
    Console(width=120).print(table)


def main() -> None:
    reader = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    reader.add_argument("--rounds", type=int, default=7)
    reader.add_argument("--seconds", type=float, default=3.0)
    reader.add_argument("--lax", action="store_true", help="do not wait for the disk")
    chosen = reader.parse_args()
    settings = {"synchronous_commit": "off"} if chosen.lax else {}
    with tempfile.TemporaryDirectory(prefix="dayzero-bench-") as directory:
        Path(directory).chmod(0o711)  # the server of a root user runs under another account
        with attached(Path(directory, "data"), settings=settings) as server:
            url = server.url(server.superuser, "postgres")
            print_table(uvloop.run(compare(url, rounds=chosen.rounds, seconds=chosen.seconds)))


if __name__ == "__main__":
    main()
