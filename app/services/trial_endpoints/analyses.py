"""The analyses of the subjects that a question is about, each from the store or made now."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.database import Transaction
from app.services.analysis_data import AnalysisCut, histories_of
from app.services.derivations.subject_history import SubjectHistory
from app.services.trial_endpoints.analyse import analyse
from app.services.trial_endpoints.analysis_store import AnalysisKey, AnalysisStore
from app.services.trial_endpoints.question import Question, rules_digest
from app.services.trial_endpoints.subject_analysis import SubjectAnalysis
from app.trial.trial import Trial

AT_ONCE: Final = 20
"""Subjects whose records are fetched together; between two such groups others get their turn."""

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

    trial: Trial
    store: AnalysisStore = field(default_factory=AnalysisStore)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(
        self, transaction: Transaction, question: Question, visible: list[str] | None
    ) -> tuple[SubjectAnalysis, ...]:
        """Give the analyses of every subject that the caller sees, in the order of their codes.

        Args:
            visible: the centres that the caller can see; None for every centre.
        """
        rows = await transaction.rows(
            _LAST_CHANGES, visible, question.centre, question.cut.transaction_id
        )
        keys = {row["subject"]: self._key(row["subject"], row["change"], question) for row in rows}
        homes = {row["subject"]: row["centre"] for row in rows}
        async with self._making:
            found = {subject: self.store.get(key) for subject, key in keys.items()}
            wanting = [subject for subject, analysis in found.items() if analysis is None]
            for first in range(0, len(wanting), AT_ONCE):
                group = {subject: homes[subject] for subject in wanting[first : first + AT_ONCE]}
                cut = AnalysisCut(
                    question.cut.transaction_id, question.cut.known_on, question.cutoff
                )
                histories = await histories_of(transaction, self.trial, group, visible, cut)
                made = await asyncio.to_thread(self._analysed, list(histories.values()))
                for analysis in made:
                    self.store.keep(keys[analysis.subject], analysis)
                    found[analysis.subject] = analysis
        return tuple(analysis for analysis in found.values() if analysis is not None)

    def _analysed(self, histories: Sequence[SubjectHistory]) -> list[SubjectAnalysis]:
        return [analyse(history, self.trial) for history in histories]

    def _key(self, subject: str, last_change: str, question: Question) -> AnalysisKey:
        return AnalysisKey(
            subject=subject,
            last_change=last_change,
            rule_set=rules_digest(self.trial),
            cutoff=question.cutoff,
            known_on=question.cut.known_on,
        )
