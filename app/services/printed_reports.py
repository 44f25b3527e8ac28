"""Prints the report of the trial: the figures that the caller may know, on a page or on paper.

The figures are those of the summary at one data cut. Whom the listings name is noted as the rows of
an answer are, also when the report was kept from an earlier request.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.database import Database
from app.printing.document import Printed
from app.printing.page import page
from app.printing.report import printed
from app.printing.words import ENDPOINTS
from app.services import findings
from app.services.drawing.forms import Form
from app.services.drawing.kept_pictures import KeptPicture, KeptPictures
from app.services.drawing.order import TYPESET, Order
from app.services.drawing.pictures import picture_etag
from app.services.drawing.pool import DrawingPool
from app.services.records import Caller
from app.services.trial_endpoints.answers import Answers, is_held
from app.services.trial_endpoints.question import Question
from app.trial.trial import Trial

AUTHOR: Final = "Day Zero"
COUNTS_KEPT: Final = 32


class ReportForm(StrEnum):
    """A media type of the report, the usual one first."""

    HTML = "text/html"
    PDF = "application/pdf"

    @property
    def suffix(self) -> str:
        """What a file of this form is called."""
        return "html" if self is ReportForm.HTML else "pdf"


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """A report and its identity; no body: the caller holds it."""

    etag: str
    body: bytes | None


@dataclass(slots=True)
class PrintedReports:
    """The reports of one worker."""

    database: Database
    trial: Trial
    answers: Answers
    pool: DrawingPool
    _kept: KeptPictures = field(default_factory=KeptPictures)
    _noticed: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)

    async def of_trial(
        self, caller: Caller, question: Question, form: ReportForm, held: str | None = None
    ) -> ReportAnswer:
        """Print the report of the trial, as far as the caller may know it.

        Args:
            caller: who asks.
            question: the data cut and the subjects.
            form: a page, or paper.
            held: the If-None-Match header of the request.

        Raises:
            NotPermitted, NotFound: as when the endpoints themselves are asked.
            DeadlineExceeded, Overloaded: it cannot be drawn or typeset now.
        """
        admitted = await self.answers.admit(caller, question, rows_where_permitted=True)
        order = Order(chart=TYPESET, form=Form.PDF, options={"form": form.value})
        etag = picture_etag(admitted.etag, order)
        if is_held(held, etag):
            return ReportAnswer(etag, None)
        kept = self._kept.get(etag)
        if kept is not None:
            if kept.subjects:
                await self.answers.note(caller, kept.subjects)
            return ReportAnswer(etag, kept.body)
        told = await self.answers.told(caller, admitted)
        document = await asyncio.to_thread(json.loads, told.body)
        document["quality"]["findings"] = await self._findings(caller, question, admitted.etag)
        pictures = await self._pictures(document)
        report = await asyncio.to_thread(printed, document, pictures)
        body = await self._written(report, form, order)
        self._kept.keep(etag, KeptPicture(body, told.subjects))
        return ReportAnswer(etag, body)

    async def _findings(self, caller: Caller, question: Question, answer: str) -> dict[str, Any]:
        """Count what the edit checks notice of the records as they stood at the cut.

        Args:
            answer: identity of the answer that they go with, under which the counts are kept.
        """
        if answer in self._noticed:
            return self._noticed[answer]
        found = await findings.counts(
            self.database, self.trial, caller, question.centre, question.cut
        )
        by_severity: dict[str, int] = {}
        for (severity, _), count in found.items():
            by_severity[severity] = by_severity.get(severity, 0) + count
        counted = {
            "by_severity": by_severity,
            "by_rule": [
                {"severity": severity, "rule": rule, "count": count}
                for (severity, rule), count in sorted(found.items())
            ],
        }
        self._noticed[answer] = counted
        while len(self._noticed) > COUNTS_KEPT:
            self._noticed.popitem(last=False)
        return counted

    async def _pictures(self, document: Mapping[str, Any]) -> dict[str, str]:
        """Draw what the report shows, each from the figures that stand beside it."""
        return {
            name: await self._picture("kaplan-meier", document["endpoints"][name])
            for name in ENDPOINTS
        }

    async def _picture(self, chart: str, report: Mapping[str, Any]) -> str:
        drawn = await self.pool.draw(
            Order(chart=chart, form=Form.SVG), json.dumps(report, ensure_ascii=False).encode()
        )
        return drawn.decode()

    async def _written(self, report: Printed, form: ReportForm, order: Order) -> bytes:
        if form is ReportForm.HTML:
            return await asyncio.to_thread(page, report)
        return await self.pool.draw(order, await asyncio.to_thread(_for_paper, report))


def _for_paper(report: Printed) -> bytes:
    return json.dumps({**asdict(report), "author": AUTHOR}, ensure_ascii=False).encode()
