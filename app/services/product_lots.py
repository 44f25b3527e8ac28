"""Lots of an autologous product: what was made of one subject's cells is given to that subject.

Where the caller sees the other subject, a lot that was given already is refused. Another centre's
lots are not told: there the infusion is stored, and whoever sees both is told of it by a finding.
"""

from typing import Final

import asyncpg

from app.access.centres import visible_centres
from app.database import Transaction
from app.models.infusion import InfusionFields
from app.problems import LotAlreadyInfused
from app.schemas.record import RecordIn
from app.trial.trial import Trial

CODE: Final = "lot-already-infused"
MESSAGE: Final = (
    "this part of this lot is recorded as given to another subject; correct the lot or the part, "
    "or void that infusion"
)

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))"
_GIVEN: Final = """
SELECT record.subject, record.record_id FROM infusion AS record
WHERE record.product_lot = $1 AND record.part = $2 AND record.subject <> $3
  AND record.state = 'active' AND ($4::text[] IS NULL OR record.centre = ANY ($4))
  AND NOT EXISTS (
      SELECT FROM infusion AS newer
      WHERE newer.record_id = record.record_id AND newer.version = record.version + 1)
LIMIT 1"""


async def given_to_another(
    transaction: Transaction, trial: Trial, subject: str, payload: RecordIn
) -> asyncpg.Record | None:
    """Give the infusion of another subject that had the lot and part of this one; None: free.

    The lock is taken in a statement of its own, so that of two centres' writes the second sees the
    first.
    """
    if not isinstance(payload, InfusionFields) or not trial.trial.product_autologous:
        return None
    if payload.product_lot is None:
        return None
    await transaction.rows(_LOCK, payload.product_lot)
    return await transaction.row(
        _GIVEN, payload.product_lot, payload.part, subject, visible_centres(transaction.authority)
    )


async def require_free(
    transaction: Transaction, trial: Trial, subject: str, payload: RecordIn
) -> None:
    """Refuse an infusion of what another subject was given.

    Raises:
        LotAlreadyInfused: the caller sees that subject's infusion.
    """
    given = await given_to_another(transaction, trial, subject, payload)
    if given is not None:
        address = f"/v1/subjects/{given['subject']}/infusions/{given['record_id']}"
        raise LotAlreadyInfused(
            "The product is autologous: correct the lot or the part, or void the other infusion.",
            headers={"Location": address},
            errors=[{"pointer": "/product_lot", "code": CODE, "message": MESSAGE}],
        )
