"""Whether a create stays as fast when a hundred times as much is stored."""

from collections.abc import Callable
from statistics import median

import asyncpg

from benchmarks.deployment import CENTRE, Measured
from benchmarks.load import drive

SMALL, LARGE, CHUNK, ROUNDS = 10_000, 1_000_000, 50_000, 7

_FILL = """
WITH filled AS (
    INSERT INTO lab_result (record_id, version, subject, centre, state, recorded_by, {columns})
    SELECT gen_random_uuid(), 1, '{centre}-' || lpad((2 + number % 60)::text, 3, '0'), '{centre}',
           'active', 'bench', {columns}
    FROM generate_series(1, $1::integer) AS number, (SELECT * FROM lab_result LIMIT 1) AS model
    RETURNING record_id, subject
)
INSERT INTO ledger_event (action, principal, role, centre, subject, kind, record_id, version, route,
                          request_id)
SELECT 'submit', 'bench', 'coordinator', '{centre}', subject, 'lab-results', record_id, 1, 'bench',
       'bench'
FROM filled"""


async def large_over_small(service: Measured, make: Callable[[], bytes]) -> tuple[float, str]:
    """Give the rate of creates at 1,000,000 stored results over the rate at 10,000.

    The stored results are copies of one, of 60 subjects, with their events in the ledger.
    """
    owner = await asyncpg.connect(service.owner_url())
    for number in range(2, 62):
        await owner.execute(
            "INSERT INTO subject VALUES ($1, $2) ON CONFLICT DO NOTHING",
            f"{CENTRE}-{number:03d}", CENTRE,
        )  # fmt: skip
    rates = []
    for size in (SMALL, LARGE):
        await _fill(owner, size)
        await owner.execute("VACUUM ANALYZE")
        await drive(service.port, make, 500, 201)
        rounds = [await drive(service.port, make, 1500, 201) for _ in range(ROUNDS)]
        rates.append(median(rate.per_second for rate in rounds))
    await owner.close()
    return rates[1] / rates[0], f"{rates[1]:,.0f}/s over {rates[0]:,.0f}/s"


async def _fill(owner: asyncpg.Connection, size: int) -> None:
    columns = await owner.fetchval(
        """
        SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
        WHERE table_name = 'lab_result' AND column_name NOT IN (
            'record_id', 'version', 'predecessor', 'subject', 'centre', 'state', 'source_id',
            'reason', 'recorded_at', 'recorded_by', 'transaction_id', 'salt')"""
    )
    statement = _FILL.format(columns=columns, centre=CENTRE)
    missing = size - await owner.fetchval("SELECT count(*) FROM lab_result")
    while missing > 0:
        await owner.execute(statement, min(missing, CHUNK))
        missing -= CHUNK
