"""Subjects by scheduled visits, each with where it stands on the day of the data cut.

Source: the trial's protocol, schedule of assessments; see the derivation of scheduled visits.

Decision: a visit is due by what could be known: on the clinical cut-off, but never on a day after
the last change that counts. Everybody with an enrolment record is on the board.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.subject_status import SubjectStatus, subject_status
from app.services.derivations.visits.scheduled_visits import ScheduledVisit
from app.services.reports.question import ENGINE_VERSION, Question, rule_set
from app.trial.trial import Trial
from app.trial.visit_status import ScheduledVisitStatus
from app.trial.visits import Visit


def status_board(
    question: Question, analyses: Sequence[SubjectAnalysis], trial: Trial
) -> dict[str, Any]:
    """Give the board of the subjects that the question is about."""
    known_on = question.cut.known_on
    until = question.cutoff or known_on
    today = min(until, known_on)
    subjects = [_subject(analysis, today, until) for analysis in analyses]
    columns = [visit for visit in trial.schedule.visits if not visit.after_an_event]
    return {
        "centre": question.centre,
        "n": len(subjects),
        "as_of": question.cut.seq,
        "cutoff": question.cutoff,
        "data_cutoff": until,
        "status_on": today,
        "rule_set": rule_set(trial),
        "engine_version": ENGINE_VERSION,
        "statuses": [
            {"code": status, "meaning": status.display} for status in ScheduledVisitStatus
        ],
        "visits": [
            {**_column(visit), "counts": _counts(_standing(subjects, visit.code))}
            for visit in columns
        ],
        "subjects": subjects,
        "counts": _counts(visit for subject in subjects for visit in subject["visits"]),
    }


def _column(visit: Visit) -> dict[str, Any]:
    counts_from = visit.anchor.replace("_", " ")
    return {
        "code": visit.code,
        "label": counts_from if visit.target == 0 else f"{counts_from} {visit.target:+d} d",
        "anchor": visit.anchor,
        "day": visit.target,
        "before": visit.before,
        "after": visit.after,
        "disease_evaluation": visit.disease_evaluation,
    }


def _subject(analysis: SubjectAnalysis, today: date, until: date) -> dict[str, Any]:
    visits = analysis.visits
    return {
        "subject": analysis.subject,
        "centre": analysis.centre,
        "state": _state(analysis, until),
        "infused_on": analysis.milestones.infused_on,
        "visits": [_visit(visit, visit.status(today, visits.stops)) for visit in visits.scheduled],
        "other_visits": [{"visit": visit.code, "on": visit.on} for visit in visits.others],
    }


def _visit(visit: ScheduledVisit, status: ScheduledVisitStatus) -> dict[str, Any]:
    return {
        "visit": visit.code,
        "status": status,
        "recorded": visit.recorded,
        "on": visit.on,
        "target": visit.window.target if visit.window else None,
        "window_from": visit.window.first_day if visit.window else None,
        "window_to": visit.window.last_day if visit.window else None,
    }


def _state(analysis: SubjectAnalysis, until: date) -> SubjectStatus:
    """Give how far a subject has come at the cut."""
    reached = analysis.milestones
    return subject_status(
        enrolled=reached.enrolled_on is not None,
        screen_failed=_by(analysis.screen_failed_on, until) is not None,
        infused=reached.infused_on is not None,
        off_study=_by(analysis.off_study_on, until) is not None,
        died=analysis.died_on is not None,
    )


def _by(day: date | None, until: date) -> date | None:
    return day if day is not None and day <= until else None


def _standing(subjects: Iterable[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [visit for subject in subjects for visit in subject["visits"] if visit["visit"] == code]


def _counts(visits: Iterable[dict[str, Any]]) -> dict[str, int]:
    found = Counter(visit["status"] for visit in visits)
    return {status.value: found[status] for status in ScheduledVisitStatus}
