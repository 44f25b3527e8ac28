"""What happened to one subject, day by day, for one picture.

Nothing in it was written in a person's own words but the codes of visits, which may be of none of
the schedule's: events have their CTCAE terms, therapies their kinds.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.services.derivations.lymphodepletion import lymphodepletion_of
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.safety.analysed_adverse_event import AnalysedAdverseEvent
from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.subject_history import SubjectHistory
from app.services.derivations.time_to_event.time_on_study import time_on_study
from app.trial.trial import Trial
from app.vocabularies.imwg import ResponseSource


def subject_timeline(
    history: SubjectHistory, trial: Trial, source: ResponseSource
) -> dict[str, Any]:
    """Give the days of a subject up to the data cut.

    ``origin`` is the infusion, else the enrolment, else the consent, else the first day of all;
    None: nothing is dated. ``undated`` counts the adverse events and therapies of which no day is
    known; an adverse event of unknown onset that counts as after the infusion begins with it.
    """
    analysis = analyse(history, trial)
    reached = analysis.milestones
    happened = sorted(
        (
            event
            for event in _happened(history, analysis, source)
            if event["on"] <= history.data_cut
        ),
        key=lambda event: event["on"],
    )
    lasted = list(_spans(history, analysis))
    spans = sorted(
        (
            span
            for span in lasted
            if span["since"] is not None and span["since"] <= history.data_cut
        ),
        key=lambda span: (span["since"], span["label"]),
    )
    first = min(
        [event["on"] for event in happened] + [span["since"] for span in spans], default=None
    )
    return {
        "origin": reached.infused_on or reached.enrolled_on or reached.consented_on or first,
        "origin_is": next(
            (
                name
                for name, day in (
                    ("infusion", reached.infused_on),
                    ("enrolment", reached.enrolled_on),
                    ("consent", reached.consented_on),
                )
                if day is not None
            ),
            "the first record",
        ),
        "response_source": source,
        "on_study": _on_study(analysis, source),
        "events": happened,
        "spans": spans,
        "undated": sum(span["since"] is None for span in lasted),
    }


def _on_study(analysis: SubjectAnalysis, source: ResponseSource) -> dict[str, Any] | None:
    facts = analysis.facts.get((source, "infusion"))
    if facts is None:
        return None
    on_study = time_on_study(facts.at_horizon, off_study_on=analysis.off_study_on)
    return {"until": on_study.until, "end": on_study.end}


def _happened(
    history: SubjectHistory, analysis: SubjectAnalysis, source: ResponseSource
) -> Iterator[dict[str, Any]]:
    reached = analysis.milestones
    for kind, day in (
        ("consent", reached.consented_on),
        ("enrolment", reached.enrolled_on),
        ("screen_failure", analysis.screen_failed_on),
        ("off_study", analysis.off_study_on),
    ):
        if day is not None:
            yield _event("course", kind, day)
    earlier = {
        (course.preparation, dose)
        for course in lymphodepletion_of(history).earlier
        for dose in course.doses
    }
    for preparation in history.preparations:
        for day in preparation.leukapheresis_on:
            yield _event("course", "leukapheresis", day)
        for dose in preparation.lymphodepletion:
            before = (preparation.record.record_id, dose) in earlier
            kind = "earlier_lymphodepletion" if before else "lymphodepletion"
            yield _event("course", kind, dose.earliest)
    for infusion in history.infusions:
        yield _event("course", "infusion", infusion.day)
    for visit in history.visits:
        if visit.visited_on is not None:
            yield _event("visit", "visit", visit.visited_on) | {"visit": visit.code}
    response = analysis.responses.get(source)
    for evaluated in response.days if response is not None else ():
        yield _event("response", evaluated.category.value, evaluated.assessed_on)
    yield from _outcomes(analysis, source)


def _outcomes(analysis: SubjectAnalysis, source: ResponseSource) -> Iterator[dict[str, Any]]:
    facts = analysis.facts.get((source, "infusion")) or analysis.facts.get((source, "enrolment"))
    if facts is None:
        return
    at_cut = facts.at_cut
    for kind, found in (
        ("progression", at_cut.progression),
        ("new_therapy", at_cut.new_therapy),
        ("death", at_cut.death),
    ):
        if found is not None:
            yield _event("course", kind, found.day)


def _spans(history: SubjectHistory, analysis: SubjectAnalysis) -> Iterator[dict[str, Any]]:
    """Give what lasted: each adverse event once, whatever records it was reported in."""
    events: dict[tuple[RecordRef, str], list[AnalysedAdverseEvent]] = {}
    for event in analysis.adverse_events.events:
        events.setdefault((event.event, event.term), []).append(event)
    for (_, term), records in events.items():
        ends = [record.end for record in records if record.end is not None]
        grades = [record.grade for record in records if record.grade is not None]
        begun = [day for record in records if (day := record.began_on or record.end) is not None]
        yield {
            "lane": "adverse_event",
            "label": term,
            "since": min(begun, default=None),
            "until": max(ends) if len(ends) == len(records) else None,
            "grade": max(grades, default=None),
            "serious": any(record.serious for record in records),
        }
    for therapy in history.therapies:
        begins, ends_on = therapy.start or therapy.end, therapy.end
        yield {
            "lane": "therapy",
            "label": therapy.kind.value,
            "since": begins.earliest if begins is not None else None,
            "until": ends_on.latest if ends_on is not None else None,
            "grade": None,
            "serious": None,
        }


def _event(lane: str, kind: str, day: date) -> dict[str, Any]:
    return {"lane": lane, "kind": kind, "on": day}
