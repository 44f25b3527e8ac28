"""The version that a change is based on."""

import asyncpg

from app.access.centres import visible_centres
from app.database import Transaction
from app.problems import NotFound, RecordVoided, StaleVersion
from app.services import record_statements as statements
from app.services.place import Place


async def current_version(transaction: Transaction, place: Place) -> asyncpg.Record:
    """Give what a change needs to know of a record's current version.

    Raises:
        NotFound: the caller can see no such record.
    """
    current = await transaction.row(
        statements.current_version(place.kind),
        place.record_id,
        place.subject,
        visible_centres(transaction.authority),
    )
    if current is None:
        raise no_such_record()
    return current


def no_such_record() -> NotFound:
    """Refuse a record that does not exist or that the caller cannot see: the same answer."""
    return NotFound("There is no such record, or none that you can see.")


def require_current(current: asyncpg.Record, based_on: int) -> None:
    """Require that a record is still at the version that its caller has read, and stands.

    Raises:
        StaleVersion: it is at another version.
        RecordVoided: it takes no further version.
    """
    if current["version"] != based_on:
        raise stale(current["version"])
    if current["state"] == "voided":
        raise RecordVoided("A voided record stays as it is; send a new one.")


def stale(version: int) -> StaleVersion:
    """Refuse a change to a record that has moved on."""
    return StaleVersion(
        "Read the record again and base the change on what it says now.",
        headers={"ETag": f'"{version}"'},
        current_version=version,
    )
