"""What a record is known by, and the other records that have been known by the same."""

import uuid
from dataclasses import dataclass
from functools import cache

from app.database import Transaction
from app.schemas.record import AlsoHeld, RecordKind


@dataclass(frozen=True, slots=True)
class Known:
    """The identifiers of a record, and the other records that have had one of them."""

    own: list[str]
    also: list[AlsoHeld]


async def known_by(
    transaction: Transaction, kind: RecordKind, record_id: uuid.UUID, cut: str | None = None
) -> Known:
    """Give what a record is known by.

    Args:
        cut: the last transaction that counts; None for what is current.
    """
    own: dict[str, None] = {}
    also: list[AlsoHeld] = []
    for row in await transaction.rows(_held(kind), record_id, cut):
        own[row["source_id"]] = None
        if row["record_id"] != record_id:
            also.append(
                AlsoHeld(
                    source_id=row["source_id"],
                    subject=row["subject"],
                    record_id=row["record_id"],
                )
            )
    return Known(list(own), also)


@cache
def _held(kind: RecordKind) -> str:
    """Give every record that has had an identifier of one, itself among them.

    Parameters: $1 record_id, $2 last transaction or NULL.
    """
    name = kind.table.__tablename__
    until = "($2::text IS NULL OR {}.transaction_id <= ($2::text)::xid8)"
    return f"""
    WITH mine AS (
        SELECT source_id, centre, 0 AS further, transaction_id FROM {name}
        WHERE record_id = $1 AND version = 1 AND source_id IS NOT NULL
        UNION ALL
        SELECT source_id, centre, 1, transaction_id FROM identifier
        WHERE record_id = $1 AND further AND {until.format("identifier")}
    )
    SELECT mine.source_id, held.record_id, first.subject
    FROM mine
    JOIN identifier AS held
      ON held.source_id = mine.source_id AND held.centre || '' = mine.centre
     AND held.kind = '{kind.path}' AND {until.format("held")}
    JOIN {name} AS first ON first.record_id = held.record_id AND first.version = 1
    ORDER BY mine.further, mine.transaction_id, mine.source_id, held.turn"""  # noqa: S608
