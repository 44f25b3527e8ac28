"""Prints the report of the trial: the figures that the caller may know, on a page or on paper.

The figures are those of the summary at one data cut. Whom the listings name is noted as the rows of
an answer are, also when the report was kept from an earlier request.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.bounded_cache import BoundedCache
from app.database import Database
from app.printing.document import Printed
from app.printing.page import page
from app.printing.report import printed
from app.printing.words import ENDPOINTS
from app.services import findings
from app.services.caller import Caller
from app.services.drawing.forms import Form
from app.services.drawing.kept_pictures import KeptPicture, KeptPictures, kept_pictures
from app.services.drawing.order import TYPESET, Order
from app.services.drawing.pictures import picture_etag
from app.services.drawing.pool import DrawingPool
from app.services.entity_tags import is_held
from app.services.reports.question import Question
from app.services.trial_endpoints.answers import Admitted, Answers
from app.trial.trial import Trial

AUTHOR: Final = "Day Zero"
AT_ONCE: Final = 2
"""Pictures of one report that are drawn beside each other; others get their turns."""

REPORTS_KEPT: Final = 4
"""Reports whose pages are written once more when another form is asked for."""

_DRAWN: Final[Mapping[str, str]] = {
    "enrolment": "enrolment",
    "response-over-time": "response",
    "adverse-events": "adverse-events",
    "car-kinetics": "car-kinetics",
}
"""Pictures beside the curves, each with the endpoint that it shows."""


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
    _kept: KeptPictures = field(default_factory=kept_pictures)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reports: BoundedCache[str, tuple[Printed, tuple[str, ...]]] = field(
        default_factory=lambda: BoundedCache(REPORTS_KEPT)
    )

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
        copy = f"{admitted.copy} {etag}"
        kept = self._kept.get(copy)
        if kept is not None:
            if kept.subjects:
                await self.answers.note(caller, kept.subjects)
            return ReportAnswer(etag, kept.body)
        report, subjects = await self._made(caller, admitted)
        body = await self._written(report, form, order)
        self._kept.keep(copy, KeptPicture(body, subjects))
        return ReportAnswer(etag, body)

    async def _made(self, caller: Caller, admitted: Admitted) -> tuple[Printed, tuple[str, ...]]:
        """Make the report that was admitted, and name the subjects in it; the latest are kept."""
        async with self._making:
            made = self._reports.get(admitted.copy)
            if made is not None:
                if made[1]:
                    await self.answers.note(caller, made[1])
                return made
            told = await self.answers.told(caller, admitted)
            document = await asyncio.to_thread(json.loads, told.body)
            document["quality"]["findings"] = await self._findings(caller, admitted.question)
            pictures = await self._pictures(document)
            made = await asyncio.to_thread(printed, document, pictures), told.subjects
            self._reports.keep(admitted.copy, made)
            return made

    async def _findings(self, caller: Caller, question: Question) -> dict[str, Any]:
        """Count what the edit checks notice of the records as they stood at the cut."""
        found = await findings.counts(
            self.database, self.trial, caller, question.centre, question.cut
        )
        by_severity: Counter[str] = Counter()
        for (severity, _), count in found.items():
            by_severity[severity] += count
        return {
            "by_severity": by_severity,
            "by_rule": [
                {"severity": severity, "rule": rule, "count": count}
                for (severity, rule), count in sorted(found.items())
            ],
        }

    async def _pictures(self, document: Mapping[str, Any]) -> dict[str, str]:
        """Draw what the report shows, each from the figures that stand beside it."""
        endpoints = document["endpoints"]
        wanted = [
            *((name, "kaplan-meier", endpoints[name]) for name in ENDPOINTS),
            *((name, name, endpoints[of]) for name, of in _DRAWN.items()),
            *((name, name, report) for name, report in document.get("pictured", {}).items()),
        ]
        drawn: dict[str, str] = {}

        async def some(first: int) -> None:
            for name, chart, report in wanted[first::AT_ONCE]:
                drawn[name] = await self._picture(chart, report)

        drawing = [asyncio.create_task(some(first)) for first in range(AT_ONCE)]
        try:
            await asyncio.gather(*drawing)
        finally:
            for task in drawing:
                task.cancel()
        return drawn

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
