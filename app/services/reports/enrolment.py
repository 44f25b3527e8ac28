"""Who was screened, enrolled, infused and left, by centre and over time.

Source: the trial's design, enrolment; CONSORT 2010 for what a flow of participants counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.json_values import jsonable
from app.services.reports.question import Question
from app.trial.trial import Trial


def flow(analyses: Sequence[SubjectAnalysis]) -> dict[str, int]:
    """Count how far subjects came."""
    return {
        "screened": sum(analysis.milestones.consented_on is not None for analysis in analyses),
        "screen_failed": sum(analysis.screen_failed_on is not None for analysis in analyses),
        "enrolled": sum(analysis.milestones.enrolled_on is not None for analysis in analyses),
        "apheresed": sum(analysis.milestones.apheresed_on is not None for analysis in analyses),
        "lymphodepleted": sum(
            analysis.milestones.lymphodepleted_on is not None for analysis in analyses
        ),
        "infused": sum(analysis.milestones.infused_on is not None for analysis in analyses),
        "off_study": sum(analysis.off_study_on is not None for analysis in analyses),
        "died": sum(analysis.died_on is not None for analysis in analyses),
    }


def by_centre(analyses: Sequence[SubjectAnalysis]) -> list[dict[str, Any]]:
    """Count the same centre by centre."""
    centres = sorted({analysis.centre for analysis in analyses})
    return [
        {"centre": centre, **flow([analysis for analysis in analyses if analysis.centre == centre])}
        for centre in centres
    ]


def dispositions(analyses: Sequence[SubjectAnalysis]) -> dict[str, int]:
    """Count how the subjects who left the trial left it."""
    counts = Counter(
        analysis.disposition.value if analysis.disposition else "unknown"
        for analysis in analyses
        if analysis.off_study_on is not None
    )
    return dict(sorted(counts.items()))


def accrual(analyses: Sequence[SubjectAnalysis]) -> list[dict[str, Any]]:
    """Give enrolments and infusions month by month, each with its running total."""
    enrolled = _by_month(analysis.milestones.enrolled_on for analysis in analyses)
    infused = _by_month(analysis.milestones.infused_on for analysis in analyses)
    months = _months(enrolled.keys() | infused.keys())
    running = zip(
        accumulate(enrolled[month] for month in months),
        accumulate(infused[month] for month in months),
        strict=True,
    )
    return [
        {
            "month": month,
            "enrolled": enrolled[month],
            "infused": infused[month],
            "enrolled_total": enrolled_total,
            "infused_total": infused_total,
        }
        for month, (enrolled_total, infused_total) in zip(months, running, strict=True)
    ]


def _by_month(days: Iterable[date | None]) -> Counter[str]:
    return Counter(f"{day:%Y-%m}" for day in days if day is not None)


def _months(months: Iterable[str]) -> list[str]:
    """Give every month from the first to the last, the empty ones too."""
    ordered = sorted(months)
    if not ordered:
        return []
    first, last = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (ordered[0], ordered[-1]))
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1)]


def enrolment_report(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Report enrolment over every subject, whatever the population asked about.

    A claimed slot is given back only where the trial says so: of an enrolment voided before any
    infusion, and of a subject that left the study without one. The slots of the trial are known to
    whoever sees every centre, and to nobody else.
    ``planned``: subjects that the trial file expects of a centre; None: it does not say.
    """
    taken = _taken(question, analyses, trial)
    planned = {centre.code: centre.subjects for centre in trial.centres.planned}
    return {
        "population": "screened",
        "n": len(analyses),
        "total": flow(analyses),
        "by_centre": [
            {**counted, "planned": planned.get(counted["centre"])}
            for counted in by_centre(analyses)
        ],
        "dispositions": dispositions(analyses),
        "slots": {
            "total": trial.slots,
            "taken": taken,
            "left": None if taken is None else trial.slots - taken,
        },
        "accrual": accrual(analyses),
        "rows": (
            {
                "USUBJID": analysis.subject,
                "SITEID": analysis.centre,
                "populations": analysis.populations,
                **jsonable(analysis.milestones),
                "screen_failed_on": analysis.screen_failed_on,
                "disposition": analysis.disposition,
                "off_study_on": analysis.off_study_on,
                "died_on": analysis.died_on,
            }
            for analysis in analyses
        ),
    }


def _taken(question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial) -> int | None:
    """Give how many slots are taken at the cut; None: the caller does not see the whole trial."""
    if question.slots_taken is None or trial.trial.slot_released_by != "not_infused":
        return question.slots_taken
    return question.slots_taken - sum(
        subject.milestones.enrolled_on is not None
        and subject.milestones.infused_on is None
        and subject.off_study_on is not None
        for subject in analyses
    )
