"""The analyses of the subjects that a question is about, each from the store or made now."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from app.access.permissions import Action
from app.database import Database, Transaction
from app.services.analysis_data import AnalysisCut, SubjectRows, subject_rows
from app.services.caller import Caller
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.reports.question import Question, rules_digest
from app.services.trial_endpoints.analysis_store import AnalysisKey, AnalysisStore, analysis_store
from app.services.trial_endpoints.deriving import Deriving, deriving
from app.trial.trial import Trial

AT_ONCE: Final = 20
"""Subjects whose records are fetched together; between two such groups others get their turn."""

AHEAD: Final = 6
"""Groups that may wait to be derived while the next ones are fetched."""

_LAST_CHANGES: Final = """
SELECT subject.subject, subject.centre, last.change
FROM subject
JOIN LATERAL (
    SELECT event.transaction_id::text AS change FROM ledger_event AS event
    WHERE event.subject = subject.subject AND event.transaction_id <= ($3::text)::xid8
    ORDER BY event.transaction_id DESC LIMIT 1
) AS last ON true
WHERE ($1::text[] IS NULL OR subject.centre = ANY ($1))
  AND ($2::text IS NULL OR subject.centre = $2)
ORDER BY subject.subject COLLATE "C" """


@dataclass(slots=True)
class Analyses:
    """Makes and keeps the analyses of one worker; two questions never make the same one twice."""

    database: Database
    trial: Trial
    store: AnalysisStore = field(default_factory=analysis_store)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(
        self,
        caller: Caller,
        question: Question,
        visible: list[str] | None,
        reading: Action = Action.READ_ENDPOINTS,
    ) -> tuple[SubjectAnalysis, ...]:
        """Give the analyses of every subject that the caller sees, in the order of their codes.

        The records come in transactions of their own, a group of subjects in each: none of them
        waits for the deriving, and each has the caller's grants of that moment.

        Args:
            visible: the centres that the caller can see; None for every centre.
            reading: what the caller does.
        """
        async with self._reading(caller, reading) as transaction:
            rows = await transaction.rows(
                _LAST_CHANGES, visible, question.centre, question.cut.transaction_id
            )
        keys = {row["subject"]: self._key(row["subject"], row["change"], question) for row in rows}
        homes = {row["subject"]: row["centre"] for row in rows}
        async with self._making:
            found = {subject: self.store.get(key) for subject, key in keys.items()}
            wanting = [subject for subject, analysis in found.items() if analysis is None]
            cut = AnalysisCut(question.cut.transaction_id, question.cut.known_on, question.cutoff)
            async with deriving(self.trial, len(wanting)) as derive:
                places = asyncio.Semaphore(AHEAD)
                making = []
                try:
                    for first in range(0, len(wanting), AT_ONCE):
                        group = {one: homes[one] for one in wanting[first : first + AT_ONCE]}
                        await places.acquire()
                        async with self._reading(caller, reading) as transaction:
                            fetched = await subject_rows(transaction, group, visible, cut)
                        made = self._make(derive, fetched, cut, keys, found, places)
                        making.append(asyncio.create_task(made))
                    await asyncio.gather(*making)
                finally:
                    for task in making:
                        task.cancel()
        return tuple(analysis for analysis in found.values() if analysis is not None)

    def _reading(self, caller: Caller, reading: Action) -> AbstractAsyncContextManager[Transaction]:
        return self.database.transaction(caller.principal, reading)

    async def _make(
        self,
        derive: Deriving,
        rows: Sequence[SubjectRows],
        cut: AnalysisCut,
        keys: Mapping[str, AnalysisKey],
        found: dict[str, SubjectAnalysis | None],
        places: asyncio.Semaphore,
    ) -> None:
        try:
            for analysis in await derive(rows, cut):
                self.store.keep(keys[analysis.subject], analysis)
                found[analysis.subject] = analysis
        finally:
            places.release()

    def _key(self, subject: str, last_change: str, question: Question) -> AnalysisKey:
        return AnalysisKey(
            subject=subject,
            last_change=last_change,
            rule_set=rules_digest(self.trial),
            data_cut=question.cutoff or question.cut.known_on,
        )
