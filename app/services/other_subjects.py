"""What a subject is held against in the other subjects that the caller sees.

A centre sees its own: nothing here tells one centre of another's subjects or lots.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.database import Transaction
from app.schemas.enrolment import SubjectIn
from app.services.derivations.alike_subjects import Likeness, alike_subjects
from app.services.edit_checks.rule import OtherSubjects
from app.trial.trial import Trial
from app.vocabularies.imwg import HeavyChain, LightChain
from app.vocabularies.subjects import Sex

_CURRENT: Final = """
WHERE record.state = 'active' AND ($1::text[] IS NULL OR record.centre = ANY ($1))
  AND ($2::text IS NULL OR record.transaction_id <= ($2::text)::xid8)
  AND NOT EXISTS (
      SELECT FROM {table} AS newer
      WHERE newer.record_id = record.record_id AND newer.version = record.version + 1
        AND ($2::text IS NULL OR newer.transaction_id <= ($2::text)::xid8))"""

_ENROLMENTS: Final = f"""
SELECT subject, sex, year_of_birth, year_of_diagnosis, heavy_chain, light_chain,
       consent ->> 'signed_on' AS consented_on
FROM enrolment AS record {_CURRENT.format(table="enrolment")}"""  # noqa: S608
_LOTS: Final = f"""
SELECT subject, product_lot, part
FROM infusion AS record {_CURRENT.format(table="infusion")} AND product_lot IS NOT NULL"""  # noqa: S608


@dataclass(slots=True)
class EverySubject:
    """What the subjects that a caller sees have in common.

    Attributes:
        likenesses: by subject.
        lots: the subjects who were given a part of a lot.
    """

    likenesses: dict[str, Likeness] = field(default_factory=dict)
    lots: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    _alike: dict[str, list[str]] | None = None

    def with_enrolment(self, subject: str, enrolment: SubjectIn) -> "EverySubject":
        """Give the same with what is being said of one subject."""
        likeness = Likeness(
            subject=subject,
            sex=enrolment.sex,
            year_of_birth=enrolment.year_of_birth,
            year_of_diagnosis=enrolment.year_of_diagnosis,
            isotype=_isotype(enrolment.heavy_chain, enrolment.light_chain),
            consented_on=enrolment.consent.signed_on if enrolment.consent else None,
        )
        return EverySubject({**self.likenesses, subject: likeness}, self.lots)

    def beside(self, subject: str) -> OtherSubjects:
        """Give what one of them is held against."""
        if self._alike is None:
            self._alike = alike_subjects(self.likenesses.values())
        return OtherSubjects(
            alike=tuple(self._alike.get(subject, ())),
            lots=frozenset(lot for lot, given in self.lots.items() if given - {subject}),
        )


async def every_subject(
    transaction: Transaction, trial: Trial, visible: list[str] | None, cut: str | None = None
) -> EverySubject:
    """Read what the subjects that a caller sees have in common, now or at a cut.

    Args:
        visible: the centres that the caller can see; None for every centre.
        cut: the last transaction that counts; None for what is current.
    """
    found = EverySubject()
    for row in await transaction.rows(_ENROLMENTS, visible, cut):
        signed = row["consented_on"]
        found.likenesses[row["subject"]] = Likeness(
            subject=row["subject"],
            sex=Sex(row["sex"]),
            year_of_birth=row["year_of_birth"],
            year_of_diagnosis=row["year_of_diagnosis"],
            isotype=_isotype(row["heavy_chain"], row["light_chain"]),
            consented_on=None if signed is None else date.fromisoformat(signed),
        )
    if trial.trial.product_autologous:
        for row in await transaction.rows(_LOTS, visible, cut):
            found.lots[row["product_lot"], row["part"]].add(row["subject"])
    return found


def _isotype(heavy: str | None, light: str | None) -> tuple[HeavyChain, LightChain] | None:
    return None if heavy is None or light is None else (HeavyChain(heavy), LightChain(light))
