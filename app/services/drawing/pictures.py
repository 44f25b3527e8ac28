"""Draws what a caller asks to see: who may see what, the same bytes each time, and no one twice.

What a picture shows of a subject is noted as the rows of an answer are, also when the picture was
kept from an earlier request.
"""

import asyncio
import json
from dataclasses import dataclass, field, replace

from app.access.permissions import Action
from app.charts.tables.catalogue import TABLES
from app.csv_rows import written_table
from app.services.caller import Caller
from app.services.code_digest import DRAWING, code_digest
from app.services.drawing.forms import Form
from app.services.drawing.kept_pictures import KeptPicture, KeptPictures, kept_pictures
from app.services.drawing.order import Order
from app.services.drawing.pool import DrawingPool
from app.services.entity_tags import is_held, weak
from app.services.reports.question import Question
from app.services.trial_endpoints.answers import Answers
from app.services.trial_endpoints.figures import newest_of_subject
from app.services.trial_endpoints.subject_reads import (
    SubjectQuestion,
    history_of_subject,
    subject_report,
    subject_seen,
)


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """A picture and its identity; no body: the caller holds it."""

    etag: str
    body: bytes | None


@dataclass(slots=True)
class Pictures:
    """The pictures of one worker."""

    answers: Answers
    pool: DrawingPool
    _kept: KeptPictures = field(default_factory=kept_pictures)

    async def of_endpoint(
        self,
        caller: Caller,
        question: Question,
        order: Order,
        held: str | None = None,
        *,
        reading: Action = Action.READ_ENDPOINTS,
        rows_where_permitted: bool = False,
    ) -> PictureAnswer:
        """Draw the answer to a question, as far as the caller may know it.

        Args:
            caller: who asks.
            question: what is asked, with ``rows`` where the picture is of subjects.
            order: which picture, in which form.
            held: the If-None-Match header of the request.
            reading: what asking it is.
            rows_where_permitted: show subjects only to whom their records are open.

        Raises:
            NotPermitted, NotFound: as when the endpoint itself is asked.
            DeadlineExceeded, Overloaded: it cannot be drawn now.
        """
        admitted = await self.answers.admit(
            caller, question, reading, rows_where_permitted=rows_where_permitted
        )
        etag = picture_etag(admitted.etag, order)
        if is_held(held, etag):
            return PictureAnswer(etag, None)
        copy = f"{admitted.copy} {etag}"
        kept = self._kept.get(copy)
        if kept is not None:
            if kept.subjects:
                await self.answers.note(caller, kept.subjects)
            return PictureAnswer(etag, kept.body)
        told = await self.answers.told(caller, admitted)
        body = await self._drawn(order, told.body)
        self._kept.keep(copy, KeptPicture(body, told.subjects))
        return PictureAnswer(etag, body)

    async def of_subject(
        self, caller: Caller, asked: SubjectQuestion, order: Order, held: str | None = None
    ) -> PictureAnswer:
        """Draw one subject, whose records the caller may read.

        Raises:
            NotPermitted: the caller reads no records.
            NotFound: the caller can see no such subject.
            DeadlineExceeded, Overloaded: it cannot be drawn now.
        """
        trial = self.answers.analyses.trial
        async with self.answers.database.transaction(
            caller.principal, Action.READ_RECORD
        ) as transaction:
            centre = await subject_seen(transaction, caller, asked)
            asked = replace(asked, free_text=transaction.authority.sees_free_text(centre))
            newest = await newest_of_subject(transaction, asked.cut, asked.subject)
            etag = picture_etag(weak(asked.follows_from(trial, newest)), order)
            if is_held(held, etag):
                return PictureAnswer(etag, None)
            copy = f"{asked.cut.seq} {etag}"
            if (kept := self._kept.get(copy)) is not None:
                return PictureAnswer(etag, kept.body)
            history = await history_of_subject(transaction, trial, asked, centre)
        report = await asyncio.to_thread(subject_report, history, trial, asked)
        body = await self._drawn(order, report)
        self._kept.keep(copy, KeptPicture(body, (asked.subject,)))
        return PictureAnswer(etag, body)

    async def _drawn(self, order: Order, report: bytes) -> bytes:
        if order.form is Form.CSV:
            return await asyncio.to_thread(_tabulated, order, report)
        return await self.pool.draw(order, report)


def picture_etag(answer: str, order: Order) -> str:
    """Give the identity of a picture: of the answer that it shows, what was ordered, what draws."""
    return weak((answer, order.identity(), code_digest(DRAWING)))


def _tabulated(order: Order, report: bytes) -> bytes:
    table = TABLES[order.chart]
    rows = table.rows(json.loads(report), order.options)
    return written_table(table.columns, rows, order.csv).encode()
