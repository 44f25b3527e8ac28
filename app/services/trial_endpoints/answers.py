"""Answers a caller's question about an endpoint: who may know what, and the same bytes each time.

Aggregates are over the centres that the caller sees. Rows, and who is behind a contradiction, are
for those who may read the records of that centre; to everybody else a contradiction is a number.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.access.centres import sees, visible_centres
from app.access.permissions import Action
from app.access.principal import Authority
from app.bounded_cache import BoundedCache
from app.database import Database, Transaction
from app.problems import NotFound
from app.schemas.free_text import derived_without_free_text
from app.services.caller import Caller
from app.services.data_cut import DataCut
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.entity_tags import is_held, weak
from app.services.json_values import jsonable, written
from app.services.ledger import data_cut_of
from app.services.record_reads import note
from app.services.reports.catalogue import WHOLE_DOCUMENTS, report
from app.services.reports.question import Question, rules_digest
from app.services.trial_endpoints.analyses import Analyses
from app.services.trial_endpoints.disclosure import as_disclosed, in_cells, reads_records
from app.services.trial_endpoints.figures import Standing, Standings, asked_of
from app.trial.trial import Trial

ANSWERS_KEPT: Final = 64
LARGEST_KEPT: Final = 4 * 1024 * 1024

_CENTRE: Final = "SELECT EXISTS (SELECT FROM centre WHERE code = $1)"

_NOTE: Final = """
INSERT INTO access_event (action, principal, role, subjects, records, route, status, request_id)
VALUES ('endpoint', $1::jsonb ->> 'principal', $1::jsonb ->> 'role', $2, $3,
        $1::jsonb ->> 'route', 200, $1::jsonb ->> 'request_id')"""


@dataclass(frozen=True, slots=True)
class EndpointAnswer:
    """An answer and its identity; no body: the caller holds it."""

    etag: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A question that its caller may ask, and how far the answer reaches.

    Attributes:
        reading: what asking it is.
        visible: the centres that it is over; None for every centre.
        etag: identity of the answer's figures.
        kept: the answer, where it is as good as a new one.
    """

    question: Question
    reading: Action
    authority: Authority
    visible: list[str] | None
    etag: str
    kept: bytes | None

    @property
    def copy(self) -> str:
        """Identity of the answer to the byte: the place of the ledger that it names is in it."""
        return f"{self.question.cut.seq} {self.etag}"


@dataclass(frozen=True, slots=True)
class AnswerOfSubjects:
    """An answer, and the subjects whose rows are in it."""

    body: bytes
    subjects: tuple[str, ...]


@dataclass(slots=True)
class Answers:
    """Answers the questions of one worker, and keeps the latest answers.

    An answer at one cut never changes, so that a kept one is as good as a new one.
    """

    database: Database
    analyses: Analyses
    _kept: BoundedCache[str, bytes] = field(
        default_factory=lambda: BoundedCache(ANSWERS_KEPT, size=len, largest=LARGEST_KEPT)
    )
    _standings: Standings = field(default_factory=Standings)

    async def unchanged(
        self, caller: Caller, question_at: Callable[[DataCut], Question], held: str
    ) -> str | None:
        """Give the identity of the answer as of now if the caller holds it; None: ask for it.

        One statement tells what the caller may know and where the ledger stands; how the records
        stand there is known from the first question that was asked since.

        Raises:
            NotPermitted: the caller may ask for no endpoint.
        """
        trial = self.analyses.trial
        authority, row = await self.database.glance(
            caller.principal, Action.READ_ENDPOINTS, "data_cut(NULL)"
        )
        question = question_at(data_cut_of(row, trial.centres.time_zone))
        if question.rows:
            return None
        visible = visible_centres(authority, Action.READ_ENDPOINTS)
        question = as_disclosed(question, trial, authority, visible, in_cells=True)
        standing = self._standings.get(question.cut, visible, question.centre)
        if standing is None:
            return None
        etag = _etag(question, trial, authority, visible, standing)
        return etag if is_held(held, etag) else None

    async def ask(
        self, caller: Caller, question: Question, held: str | None = None
    ) -> EndpointAnswer:
        """Answer a question, as far as the caller may know.

        Args:
            caller: who asks.
            question: the endpoint, the cut and the subjects.
            held: the If-None-Match header of the request.

        Raises:
            NotPermitted: rows were asked for by a role that reads aggregates only, or what would
                give small counts back that are withheld from it.
            InvalidParameter: such a role asked for a cut-off that is no end of a month.
            NotFound: there is no such centre, or none that the caller can see.
        """
        admitted = await self.admit(caller, question, cells=True)
        if is_held(held, admitted.etag):
            return EndpointAnswer(admitted.etag, None)
        return EndpointAnswer(admitted.etag, (await self.told(caller, admitted)).body)

    async def admit(
        self,
        caller: Caller,
        question: Question,
        reading: Action = Action.READ_ENDPOINTS,
        *,
        rows_where_permitted: bool = False,
        cells: bool = False,
    ) -> Admitted:
        """Give what a caller may know of a question, and the identity of the answer.

        Args:
            caller: who asks.
            question: the endpoint, the cut and the subjects.
            reading: what asking it is; ``READ_RECORD`` where every answer is about subjects.
            rows_where_permitted: ask for the rows if the caller may read the records of every
                centre that the figures are over.
            cells: the answer is given as it is, so that counts of it can be withheld.

        Raises:
            NotPermitted, NotFound, InvalidParameter: as for :meth:`ask`.
        """
        async with self.database.transaction(caller.principal, reading) as transaction:
            authority = transaction.authority
            visible = visible_centres(authority, reading)
            if rows_where_permitted and reads_records(authority, visible):
                question = replace(question, rows=True)
            if question.rows:
                authority.role_for(Action.READ_RECORD)
                visible = visible_centres(authority, Action.READ_RECORD)
            trial = self.analyses.trial
            question = as_disclosed(question, trial, authority, visible, in_cells=cells)
            if question.centre is not None:
                await _require_centre(transaction, question.centre, visible)
            standing = await self._standings.read(
                transaction, question.cut, visible, question.centre
            )
        etag = _etag(question, trial, authority, visible, standing)
        if question.smallest_cell == 0:
            question = replace(question, slots_taken=standing.slots_taken)
        admitted = Admitted(question, reading, authority, visible, etag, None)
        return admitted if question.rows else replace(admitted, kept=self._kept.get(admitted.copy))

    async def told(self, caller: Caller, admitted: Admitted) -> AnswerOfSubjects:
        """Answer a question that was admitted. Whose rows are given is noted before they are."""
        question = admitted.question
        if admitted.kept is not None:
            return AnswerOfSubjects(admitted.kept, ())
        found = await self.analyses.of(caller, question, admitted.visible, admitted.reading)
        body = await asyncio.to_thread(self._body, admitted, found)
        if not question.rows:
            self._kept.keep(admitted.copy, body)
            return AnswerOfSubjects(body, ())
        subjects = tuple(one.subject for one in found)
        await self.note(caller, subjects)
        return AnswerOfSubjects(body, subjects)

    def _body(self, admitted: Admitted, found: Sequence[SubjectAnalysis]) -> bytes:
        question, authority, trial = admitted.question, admitted.authority, self.analyses.trial
        made = WHOLE_DOCUMENTS.get(question.endpoint, report)

        def answered(asked: Question) -> dict[str, Any]:
            return _as_permitted(jsonable(made(asked, found, trial)), authority)

        document = in_cells(question, trial, answered)
        if not _reads_free_text(authority, admitted.visible):
            document = derived_without_free_text(document, trial, authority.sees_free_text)
        return written(document)

    async def note(self, caller: Caller, subjects: Sequence[str]) -> None:
        """Note whose rows are given, before they are."""
        async with self.database.transaction(caller.principal, Action.READ_RECORD) as transaction:
            await note_subjects(transaction, caller, subjects)


async def note_subjects(transaction: Transaction, caller: Caller, subjects: Sequence[str]) -> None:
    """Note in a transaction that the rows of subjects are given."""
    noted = note(transaction, caller, Action.READ_RECORD)
    await transaction.rows(_NOTE, noted, list(subjects), len(subjects))


def _reads_free_text(authority: Authority, visible: Sequence[str] | None) -> bool:
    """Tell whether a caller may read what people wrote at every centre that it sees."""
    shown = authority.free_text_at()
    return shown is None or (visible is not None and set(visible) <= set(shown))


async def _require_centre(
    transaction: Transaction, centre: str, visible: Sequence[str] | None
) -> None:
    if visible is None:
        known = await transaction.value(_CENTRE, centre)
    else:
        known = centre in visible
    if not known:
        raise NotFound("There is no such centre, or none that you can see.")


def _etag(
    question: Question,
    trial: Trial,
    authority: Authority,
    visible: Sequence[str] | None,
    standing: Standing,
) -> str:
    """Give the identity of an answer's figures: all that they follow from, as it is said there."""
    readable = visible_centres(authority, Action.READ_RECORD)
    return weak(
        (
            asked_of(question), rules_digest(trial), standing,
            _sorted(visible), _sorted(readable), authority.free_text_at(),
        )
    )  # fmt: skip


def _sorted(centres: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if centres is None else tuple(sorted(centres))


def _as_permitted(document: Mapping[str, Any], authority: Authority) -> dict[str, Any]:
    """Take the subjects out of the contradictions that the caller may only count."""
    shown: dict[str, Any] = {}
    for name, value in document.items():
        if name == "data_errors":
            visible = [
                error for error in value if sees(authority, error["centre"], Action.READ_RECORD)
            ]
            shown[name] = visible
            shown["n_data_errors"] = len({error["subject"] for error in value})
        elif name == "endpoints":
            shown[name] = {
                endpoint: _as_permitted(report_of, authority)
                for endpoint, report_of in value.items()
            }
        else:
            shown[name] = value
    return shown
