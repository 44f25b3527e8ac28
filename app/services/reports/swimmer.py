"""Each infused subject's time on study, with its responses and what happened, for one picture."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from app.services.derivations.subject.analysis import ResponseDay, SubjectAnalysis
from app.services.derivations.time_to_event.time_on_study import time_on_study
from app.services.derivations.time_to_event.unconfirmed_progression import unconfirmed_progression
from app.services.reports.cohort import members
from app.services.reports.question import Question
from app.services.reports.response import best_of
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseCategory, ResponseSource


def swimmer_report(
    question: Question, analyses: Sequence[SubjectAnalysis], _trial: Trial
) -> dict[str, Any]:
    """Report the subjects of the population who were infused, each with the days that matter."""
    rows = [
        row for member in members(analyses, question) if (row := _row(member, question)) is not None
    ]
    return {"n_infused": len(rows), "rows": rows}


def _row(analysis: SubjectAnalysis, question: Question) -> dict[str, Any] | None:
    infused_on = analysis.milestones.infused_on
    facts = analysis.facts.get((question.response_source, "infusion"))
    response = analysis.responses.get(question.response_source)
    if infused_on is None or facts is None:
        return None
    at = facts.at_horizon
    reported = analysis.facts.get((ResponseSource.INVESTIGATOR, "infusion"), facts).at_horizon
    on_study = time_on_study(at, off_study_on=analysis.off_study_on)
    progression_on = at.progression.day if at.progression else None
    new_therapy_on = at.new_therapy.day if at.new_therapy else None
    last = min(day for day in (on_study.until, progression_on, new_therapy_on) if day is not None)
    return {
        "USUBJID": analysis.subject,
        "SITEID": analysis.centre,
        "infused_on": infused_on,
        "until": on_study.until,
        "end": on_study.end,
        "best_response": best_of(analysis, question.response_source),
        "segments": list(segments(response.days if response else (), last)),
        "progression_on": progression_on,
        "unconfirmed_progression_on": unconfirmed_progression(at, reported),
        "new_therapy_on": new_therapy_on,
        "died_on": at.death.day if at.death else None,
    }


def segments(days: Sequence[ResponseDay], last: date) -> Iterator[dict[str, Any]]:
    """Give from when to when each best confirmed category stood.

    A category stands from its visit to the next change, the last one to ``last``: progression, new
    therapy or the end of the time on study. Not evaluable and progression are no category of these.
    """
    changes: list[ResponseDay] = []
    for day in days:
        if not day.in_endpoint_set or day.assessed_on > last:
            continue
        if not changes or changes[-1].running is not day.running:
            changes.append(day)
    ends = [later.assessed_on for later in changes[1:]]
    for change, until in zip(changes, [*ends, last], strict=False):
        if change.running not in {ResponseCategory.NE, ResponseCategory.PD}:
            yield {"category": change.running, "since": change.assessed_on, "until": until}
