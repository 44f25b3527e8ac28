"""Who is behind the figures of a report: deaths, serious events and those who left, by subject.

Source: ICH E3, sections 12.3.1 and 14.3; the trial's protocol, adverse events.

Decision: a listing holds coded words and days alone, nothing that somebody wrote in their own
words. A day is counted from the infusion, day 0; without one it is given by the calendar alone.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from app.services.derivations.subject.analysis import SubjectAnalysis


def listings(cohort: Sequence[SubjectAnalysis], until: date) -> dict[str, list[dict[str, Any]]]:
    """List the deaths, serious events and departures of a population up to the data cut-off."""
    return {
        "deaths": [row for subject in cohort for row in _death(subject)],
        "serious_events": [row for subject in cohort for row in _serious_events(subject)],
        "discontinuations": [row for subject in cohort for row in _discontinuation(subject, until)],
    }


def _death(analysis: SubjectAnalysis) -> Iterator[dict[str, Any]]:
    if analysis.died_on is not None:
        yield {
            **_subject(analysis),
            "died_on": analysis.died_on,
            "day": _day(analysis, analysis.died_on),
            "cause": analysis.adverse_events.death_cause,
            "fatal_event": next(
                (event.term for event in analysis.adverse_events.events if event.fatal), None
            ),
        }


def _serious_events(analysis: SubjectAnalysis) -> Iterator[dict[str, Any]]:
    for event in analysis.adverse_events.events:
        if event.serious:
            yield {
                **_subject(analysis),
                "term": event.term,
                "grade": event.grade,
                "astct_grade": event.astct_grade,
                "onset": event.onset,
                "day": None if event.onset is None else _day(analysis, event.onset),
                "end": event.end,
                "resolution": event.resolution,
                "related": event.related,
                "related_to_car_t": event.related_to_car_t,
                "fatal": event.fatal,
                "treatment_emergent": event.treatment_emergent,
                "left_out": event.left_out,
            }


def _discontinuation(analysis: SubjectAnalysis, until: date) -> Iterator[dict[str, Any]]:
    left = analysis.off_study_on
    if left is not None and left <= until:
        yield {
            **_subject(analysis),
            "left_on": left,
            "day": _day(analysis, left),
            "disposition": analysis.disposition,
            "last_known_alive": analysis.last_known_alive,
        }


def _subject(analysis: SubjectAnalysis) -> dict[str, Any]:
    return {"subject": analysis.subject, "centre": analysis.centre}


def _day(analysis: SubjectAnalysis, day: date) -> int | None:
    infused_on = analysis.milestones.infused_on
    return None if infused_on is None else (day - infused_on).days
