"""How fast an import stores, against COPY of the same rows and events into the same tables.

COPY runs as the owner, who is under no row-level security, and is given rows that are checked and
typed already: it is what the database can do, and not what a service could.
"""

import hashlib
import time
from statistics import median
from typing import Any

import asyncpg
import httpx

from app.schemas.lab_result import LAB_RESULTS
from app.services.identity import new_identity
from benchmarks.deployment import CENTRE, Measured, write_json

ROWS, ROUNDS, SUBJECTS = 20_000, 5, 50
KEYS = "bench-"
"""How the source_id of a measured row begins."""

_EVENT = (
    "action", "principal", "role", "centre", "subject", "kind", "record_id", "version", "route",
    "request_id", "commitment", "content_form",
)  # fmt: skip
_SUBJECTS = """
INSERT INTO subject SELECT $1 || '-' || lpad((100 + number)::text, 3, '0'), $1
FROM generate_series(0, $2::integer - 1) AS number ON CONFLICT DO NOTHING"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_name = 'lab_result' AND column_name NOT IN
    ('predecessor', 'recorded_at', 'transaction_id', 'salt')
ORDER BY ordinal_position"""


async def over_copy(service: Measured) -> tuple[float, str]:
    """Give the rate of an import of laboratory results over that of COPY, medians of rounds.

    The rounds alternate, and every row of each is new.
    """
    owner = await asyncpg.connect(service.owner_url())
    await owner.execute(_SUBJECTS, CENTRE, SUBJECTS)
    imports, copies = [], []
    for number in range(ROUNDS + 1):
        imports.append(await _import(service, f"{KEYS}{number}-"))
        copies.append(await _copy(owner, f"{KEYS}{number}-"))
    await _forget(owner)
    await owner.close()
    imported, copied = median(imports[1:]), median(copies[1:])
    return imported / copied, f"{imported:,.0f} over {copied:,.0f} rows/s"


async def _import(service: Measured, keys: str) -> float:
    """Send new rows and give how many were stored in a second."""
    example = {**LAB_RESULTS.example, "kind": LAB_RESULTS.path}
    lines = [
        write_json(
            {**example, "subject": f"{CENTRE}-{100 + n % SUBJECTS}", "source_id": f"{keys}{n}"}
        )
        for n in range(ROWS)
    ]
    headers = {
        "Authorization": f"Bearer {service.token}",
        "Content-Type": "application/x-ndjson",
    }
    address = f"http://127.0.0.1:{service.port}/v1/imports"
    async with httpx.AsyncClient(timeout=300) as client:
        began = time.perf_counter()
        answer = await client.post(address, content=b"\n".join(lines), headers=headers)
        seconds = time.perf_counter() - began
    if f'"created": {ROWS},' not in answer.text.splitlines()[-1]:
        raise RuntimeError(f"not everything was stored: {answer.text[-500:]}")
    return ROWS / seconds


async def _copy(owner: asyncpg.Connection, keys: str) -> float:
    """COPY what the import has stored, as new rows, and give how many went in in a second."""
    columns = [row["column_name"] for row in await owner.fetch(_COLUMNS)]
    names = ", ".join(f'"{name}"' for name in columns)
    stored = await owner.fetch(
        f"SELECT {names} FROM lab_result WHERE source_id LIKE $1",
        f"{keys}%",
    )
    rows: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    for row in stored:
        copied = {**row, "record_id": new_identity(), "source_id": f"{row['source_id']}-copy"}
        rows.append(tuple(copied.values()))
        events.append((
            "import", copied["recorded_by"], "coordinator", CENTRE, copied["subject"],
            LAB_RESULTS.path, copied["record_id"], 1, "POST /v1/imports", "bench",
            hashlib.sha256(copied["record_id"].bytes).digest(), 1,
        ))  # fmt: skip
    began = time.perf_counter()
    async with owner.transaction():
        await owner.copy_records_to_table("lab_result", records=rows, columns=columns)
        await owner.copy_records_to_table("ledger_event", records=events, columns=_EVENT)
    return len(rows) / (time.perf_counter() - began)


async def _forget(owner: asyncpg.Connection) -> None:
    """Take the rows out again: what is measured next counts on an emptier table."""
    await owner.execute("DELETE FROM ledger_event WHERE route = 'POST /v1/imports'")
    await owner.execute(f"DELETE FROM lab_result WHERE source_id LIKE '{KEYS}%'")
    await owner.execute(f"DELETE FROM identifier WHERE source_id LIKE '{KEYS}%'")
    await owner.execute("VACUUM ANALYZE")
