"""What figures follow from, so that the same figures have the same identity.

They follow from what was asked, the rules, who may know what, the day of the cut-off, the newest
change among the subjects that they are over, and for enrolment the slots that are taken. They do
not follow from the rest of the ledger: another centre's write leaves them as they are. The number
of the ledger's head, which every answer names, is therefore no part of their identity, and the
identity is weak: of two copies with the same one, the older may name an older head.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

from app.bounded_cache import BoundedCache
from app.database import Transaction
from app.services.data_cut import DataCut
from app.services.reports.question import Question

STANDINGS_KEPT: Final = 256

_NEWEST_OF_THE_TRIAL: Final = """
SELECT transaction_id::text FROM ledger_event
WHERE subject IS NOT NULL AND transaction_id <= ($1::text)::xid8
ORDER BY transaction_id DESC LIMIT 1"""

_NEWEST: Final = """
SELECT last.change::text
FROM subject
JOIN LATERAL (
    SELECT event.transaction_id AS change FROM ledger_event AS event
    WHERE event.subject = subject.subject AND event.transaction_id <= ($1::text)::xid8
    ORDER BY event.transaction_id DESC LIMIT 1
) AS last ON true
WHERE ($2::text[] IS NULL OR subject.centre = ANY ($2))
  AND ($3::text IS NULL OR subject.centre = $3)
  AND ($4::text IS NULL OR subject.subject = $4)
ORDER BY last.change DESC LIMIT 1"""

_SLOTS_TAKEN: Final = """
SELECT count(DISTINCT subject) FROM enrolment
WHERE enrolled_on IS NOT NULL AND transaction_id <= ($1::text)::xid8"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the records stand that figures are over.

    Attributes:
        newest: the last transaction that changed one of their subjects, as text; None: none did.
        slots_taken: claimed slots of the trial; None: the caller does not see the whole trial.
    """

    newest: str | None
    slots_taken: int | None = None


_Over = tuple[str | None, tuple[str, ...] | None, str | None]


@dataclass(slots=True)
class Standings:
    """How the records stood at the latest cuts that were asked about; a cut's never change."""

    _kept: BoundedCache[_Over, Standing] = field(
        default_factory=lambda: BoundedCache(STANDINGS_KEPT)
    )

    def get(
        self, cut: DataCut, visible: Sequence[str] | None, centre: str | None
    ) -> Standing | None:
        """Give how they stood, if it is known here; None: it has to be read."""
        return self._kept.get(_over(cut, visible, centre))

    async def read(
        self,
        transaction: Transaction,
        cut: DataCut,
        visible: Sequence[str] | None,
        centre: str | None,
    ) -> Standing:
        """Give how the records stood at a cut that the caller of the transaction can see.

        Args:
            visible: the centres that the caller can see; None for every centre.
            centre: the one that is asked about; None for each of them.
        """
        key = _over(cut, visible, centre)
        found = self._kept.get(key)
        if found is None:
            if visible is None and centre is None:
                found = Standing(
                    await transaction.value(_NEWEST_OF_THE_TRIAL, cut.transaction_id),
                    await transaction.value(_SLOTS_TAKEN, cut.transaction_id),
                )
            else:
                newest = _NEWEST, cut.transaction_id, visible, centre, None
                found = Standing(await transaction.value(*newest))
            self._kept.keep(key, found)
        return found


async def newest_of_subject(transaction: Transaction, cut: DataCut, subject: str) -> str | None:
    """Give the last transaction up to a cut that changed a subject, as text; None: none did."""
    newest: str | None = await transaction.value(_NEWEST, cut.transaction_id, None, None, subject)
    return newest


def asked_of(question: Question) -> tuple[object, ...]:
    """Give what was asked, without the place of the ledger at which the answer was found."""
    return (
        *(getattr(question, one.name) for one in fields(question) if one.name not in _FOUND),
        *clinical_days(question.cut, question.cutoff),
    )


_FOUND: Final = frozenset({"cut", "cutoff", "slots_taken", "as_of_asked"})


def clinical_days(cut: DataCut, cutoff: date | None) -> tuple[date | None, date]:
    """Give the cut-off as it was asked, and the last day that counts of those that had come."""
    return cutoff, min(cutoff or cut.known_on, cut.known_on)


def _over(cut: DataCut, visible: Sequence[str] | None, centre: str | None) -> _Over:
    return cut.transaction_id, None if visible is None else tuple(sorted(visible)), centre
