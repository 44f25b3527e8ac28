"""The findings of the edit checks, computed from the records as they stand when they are asked for.

Nothing of them is stored: a list is right immediately after any write, of any worker, and at a cut
it is what it would have been then.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.schemas.finding import FindingOfRecord, FindingPlace
from app.services.caller import Caller
from app.services.data_cut import Cut
from app.services.edit_checks import RecordFinding, SubjectRecords, on_subject
from app.services.other_subjects import EverySubject, every_subject
from app.services.record_reads import note
from app.services.standing_records import standing_of, subject_records
from app.trial.trial import Trial

SUBJECTS_AT_ONCE: Final = 10
"""Subjects whose records are fetched together; between two of them other requests get a turn."""

_SUBJECTS = """
SELECT subject, centre FROM subject
WHERE ($1::text[] IS NULL OR centre = ANY ($1)) AND ($2::text IS NULL OR centre = $2)
  AND ($3::text IS NULL OR subject = $3)
  AND ($4::text IS NULL OR subject COLLATE "C" >= $4 COLLATE "C")
ORDER BY subject COLLATE "C" """

_NOTE = """
INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
VALUES ('findings', $1::jsonb ->> 'principal', $1::jsonb ->> 'role', $2, $3,
        $1::jsonb ->> 'route', 200, $1::jsonb ->> 'request_id')"""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which findings are wanted; None does not restrict."""

    centre: str | None = None
    subject: str | None = None
    severity: str | None = None
    rule: str | None = None
    kind: str | None = None
    each: bool = False
    """Whether findings that differ by nothing but the record are listed one by one."""

    def holds(self, found: RecordFinding) -> bool:
        """Tell whether a finding about a wanted subject is wanted."""
        return (
            self.severity in {None, found.finding.severity}
            and self.rule in {None, found.finding.rule}
            and self.kind in {None, found.record.kind}
        )


@dataclass(frozen=True, slots=True)
class FindingPage:
    """Some findings in the order of their places, and whether more follow."""

    findings: list[FindingOfRecord]
    more: bool


async def page(
    database: Database,
    trial: Trial,
    caller: Caller,
    sought: Sought,
    cut: Cut,
    after: FindingPlace | None,
    limit: int,
) -> FindingPage:
    """Give one page of the findings about records that the caller can see."""
    found: list[FindingOfRecord] = []
    async with database.transaction(caller.principal, Action.READ_FINDINGS) as transaction:
        visible = visible_centres(transaction.authority, Action.READ_FINDINGS)
        subjects = await transaction.rows(
            _SUBJECTS, visible, sought.centre, sought.subject, after.subject if after else None
        )
        everybody = await every_subject(transaction, trial, visible, cut.transaction_id)
        for first in range(0, len(subjects), SUBJECTS_AT_ONCE):
            homes = {
                row["subject"]: row["centre"] for row in subjects[first : first + SUBJECTS_AT_ONCE]
            }
            standing = await standing_of(transaction, homes, visible, cut.transaction_id)
            for subject, centre in homes.items():
                records = subject_records(
                    trial, subject, centre, standing[subject], everybody.beside(subject)
                )
                found += _of_subject(records, sought, after)
                await asyncio.sleep(0)
                if len(found) > limit:
                    break
            if len(found) > limit:
                break
        shown = found[:limit]
        if shown:
            await _note(transaction, caller, shown)
    return FindingPage(shown, len(found) > limit)


async def pages(
    database: Database, trial: Trial, caller: Caller, sought: Sought, cut: Cut, size: int = 1000
) -> AsyncIterator[list[dict[str, Any]]]:
    """Give all the findings at one cut, page after page, as documents."""
    after: FindingPlace | None = None
    while True:
        found = await page(database, trial, caller, sought, cut, after, size)
        yield [finding.model_dump(mode="json") for finding in found.findings]
        if not found.more:
            return
        after = FindingPlace.of(found.findings[-1])


async def counts(
    database: Database, trial: Trial, caller: Caller, centre: str | None, cut: Cut
) -> Counter[tuple[str, str]]:
    """Count the findings about subjects whose figures the caller may know, by severity and rule.

    A count names nobody, so that it is for all who may ask for the endpoints.
    """
    found: Counter[tuple[str, str]] = Counter()
    action = Action.READ_ENDPOINTS
    after = ""
    everybody: EverySubject | None = None
    while True:
        async with database.transaction(caller.principal, action) as transaction:
            visible = visible_centres(transaction.authority, action)
            rows = await transaction.rows(_SUBJECTS, visible, centre, None, after)
            homes = {row["subject"]: row["centre"] for row in rows[:SUBJECTS_AT_ONCE]}
            standing = await standing_of(transaction, homes, visible, cut.transaction_id)
            if everybody is None:
                everybody = await every_subject(transaction, trial, visible, cut.transaction_id)
        for subject, home in homes.items():
            others = everybody.beside(subject)
            records = subject_records(trial, subject, home, standing[subject], others)
            noticed = await asyncio.to_thread(list, on_subject(records))
            found.update((one.finding.severity, one.finding.rule) for one in noticed)
        if len(rows) <= SUBJECTS_AT_ONCE:
            return found
        after = rows[SUBJECTS_AT_ONCE]["subject"]


def _of_subject(
    records: SubjectRecords, sought: Sought, after: FindingPlace | None
) -> list[FindingOfRecord]:
    """Give the wanted findings about the records of a subject, in the order of their places."""
    subject, centre = records.course.subject, records.course.centre
    found = on_subject(records)
    placed = sorted(
        ((_place(subject, one), one) for one in found if sought.holds(one)), key=itemgetter(0)
    )
    counted = Counter(_cause(one) for _, one in placed)
    if not sought.each:
        placed = list({_cause(one): (place, one) for place, one in reversed(placed)}.values())
        placed.sort(key=itemgetter(0))
    return [
        FindingOfRecord(
            count=1 if sought.each else counted[_cause(RecordFinding(record, finding))],
            rule=finding.rule,
            severity=finding.severity,
            subject=subject,
            centre=centre,
            kind=record.kind,
            record_id=record.record_id,
            version=record.version,
            pointer=finding.pointer,
            message=finding.message,
        )
        for place, (record, finding) in placed
        if after is None or place > after
    ]


def _cause(found: RecordFinding) -> tuple[str, str, str, str]:
    """Give what findings of one subject share that differ by nothing but the record."""
    record, finding = found
    return record.kind, finding.rule, finding.pointer, finding.message


def _place(subject: str, found: RecordFinding) -> FindingPlace:
    record, finding = found
    return FindingPlace(subject, str(record.record_id), finding.rule, finding.pointer)


async def _note(transaction: Transaction, caller: Caller, shown: list[FindingOfRecord]) -> None:
    await transaction.rows(
        _NOTE,
        note(transaction, caller, Action.READ_FINDINGS),
        sorted({finding.subject for finding in shown}),
        len(shown),
    )
