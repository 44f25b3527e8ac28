"""Reads the explanation of a response, and the list of discrepancies, for a caller."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.access.centres import visible_centres
from app.access.permissions import Action
from app.database import Database, Transaction
from app.schemas.free_text import derived_without_free_text
from app.services.analysis_data import AnalysisCut, histories_of
from app.services.caller import Caller
from app.services.data_cut import DataCut
from app.services.derivations.response.response_discrepancies import Discrepancy
from app.services.derivations.subject.explanation import discrepancies_of, explained
from app.services.derivations.subject_history import SubjectHistory
from app.services.json_values import jsonable
from app.services.record_reads import note
from app.services.reports.question import ENGINE_VERSION, rule_set
from app.services.visible_subjects import home
from app.trial.trial import Trial

SUBJECTS_AT_ONCE: Final = 10

DISCREPANCY_COLUMNS: Final = (
    "subject", "centre", "record", "assessed_on", "kind", "derived", "derived_basis",
    "derived_ceiling", "investigator", "investigator_basis", "adjudicated", "impact",
)  # fmt: skip
"""The members of a discrepancy, in the order of its table."""

_SUBJECTS: Final = """
SELECT subject, centre FROM subject
WHERE ($1::text[] IS NULL OR centre = ANY ($1)) AND ($2::text IS NULL OR centre = $2)
  AND ($3::text IS NULL OR subject = $3)
  AND ($4::text IS NULL OR subject COLLATE "C" > $4 COLLATE "C")
ORDER BY subject COLLATE "C" """

_NOTE: Final = """
INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
VALUES ('response', $1::jsonb ->> 'principal', $1::jsonb ->> 'role', $2, $3,
        $1::jsonb ->> 'route', 200, $1::jsonb ->> 'request_id')"""


@dataclass(frozen=True, slots=True)
class DiscrepancyPage:
    """The discrepancies of some subjects, whole subjects at a time, and where to go on."""

    items: list[dict[str, Any]]
    after: str | None


async def explanation(
    database: Database, trial: Trial, caller: Caller, subject: str, cut: DataCut, cutoff: Any
) -> dict[str, Any]:
    """Explain the response of one subject that the caller can see.

    Raises:
        NotFound: the caller can see no such subject.
    """
    async with database.transaction(caller.principal, Action.READ_RESPONSES) as transaction:
        centre = await home(transaction, subject)
        [history] = await _histories(transaction, trial, {subject: centre}, cut, cutoff)
        await _note(transaction, caller, [subject])
        shown_at = transaction.authority.sees_free_text
    return {
        **derived_without_free_text(jsonable(explained(history, trial)), trial, shown_at),
        "as_of": cut.seq,
        "cutoff": jsonable(cutoff),
        "data_cutoff": jsonable(history.data_cut),
        "rule_set": rule_set(trial),
        "engine_version": ENGINE_VERSION,
    }


async def discrepancy_page(
    database: Database,
    trial: Trial,
    caller: Caller,
    cut: DataCut,
    cutoff: Any,
    *,
    centre: str | None,
    subject: str | None,
    after: str | None,
    limit: int,
) -> DiscrepancyPage:
    """Give the visits whose derived category is not the investigator's, subject by subject.

    Args:
        after: the last subject of the page before; None: the first page.
        limit: a page ends with the subject that reaches it.
    """
    items: list[dict[str, Any]] = []
    async with database.transaction(caller.principal, Action.READ_RESPONSES) as transaction:
        visible = visible_centres(transaction.authority, Action.READ_RESPONSES)
        rows = await transaction.rows(_SUBJECTS, visible, centre, subject, after)
        shown: list[str] = []
        for first in range(0, len(rows), SUBJECTS_AT_ONCE):
            group = {
                row["subject"]: row["centre"] for row in rows[first : first + SUBJECTS_AT_ONCE]
            }
            for history in await _histories(transaction, trial, group, cut, cutoff):
                found = discrepancies_of(history, trial)
                items += derived_without_free_text(
                    [_item(history, one) for one in found],
                    trial,
                    transaction.authority.sees_free_text,
                )
                shown.append(history.subject)
                await asyncio.sleep(0)
                if len(items) >= limit:
                    break
            if len(items) >= limit:
                break
        if items:
            await _note(transaction, caller, sorted({item["subject"] for item in items}))
    more = bool(shown) and shown[-1] != rows[-1]["subject"]
    return DiscrepancyPage(items, shown[-1] if more else None)


async def discrepancy_pages(
    database: Database,
    trial: Trial,
    caller: Caller,
    cut: DataCut,
    cutoff: Any,
    *,
    centre: str | None,
    subject: str | None,
    size: int = 1000,
) -> AsyncIterator[list[dict[str, Any]]]:
    """Give all the discrepancies at one cut, page after page."""
    after: str | None = None
    while True:
        found = await discrepancy_page(
            database,
            trial,
            caller,
            cut,
            cutoff,
            centre=centre,
            subject=subject,
            after=after,
            limit=size,
        )
        yield found.items
        if found.after is None:
            return
        after = found.after


def _item(history: SubjectHistory, found: Discrepancy) -> dict[str, Any]:
    item: dict[str, Any] = jsonable(
        {
            "subject": history.subject,
            "centre": history.centre,
            "record": found.assessment.record,
            "assessed_on": found.visit.assessed_on,
            "kind": found.kind,
            "derived": found.visit.category,
            "derived_basis": found.visit.basis,
            "derived_ceiling": found.visit.ceiling,
            "investigator": found.investigator.category if found.investigator else None,
            "investigator_basis": found.investigator.pd_basis if found.investigator else None,
            "adjudicated": found.assessment.adjudicated,
            "impact": found.impact,
        }
    )
    return item


async def _histories(
    transaction: Transaction,
    trial: Trial,
    homes: Mapping[str, str],
    cut: DataCut,
    cutoff: Any,
) -> Sequence[SubjectHistory]:
    visible = visible_centres(transaction.authority, Action.READ_RESPONSES)
    as_known = AnalysisCut(cut.transaction_id, cut.known_on, cutoff)
    histories = await histories_of(transaction, trial, homes, visible, as_known)
    return list(histories.values())


async def _note(transaction: Transaction, caller: Caller, subjects: list[str]) -> None:
    await transaction.rows(
        _NOTE, note(transaction, caller, Action.READ_RESPONSES), subjects, len(subjects)
    )
