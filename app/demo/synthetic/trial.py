"""The whole invented trial: every subject's records, and the corrections that come later."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from app.demo.records import CentreRecords, Correction, Record, SubjectAsSent, TrialRecords
from app.demo.synthetic.adjudications import adjudications
from app.demo.synthetic.assessments import assessments
from app.demo.synthetic.centres import CENTRES
from app.demo.synthetic.contacts import follow_ups, later_therapies, leaving, visit_records
from app.demo.synthetic.course import SyntheticCourse, courses
from app.demo.synthetic.enrolment import enrolment, infusion, preparation, screen_failures
from app.demo.synthetic.expansion import kinetics
from app.demo.synthetic.further_kinds import further_records
from app.demo.synthetic.immune_toxicity import crs, icans, neurological_assessments
from app.demo.synthetic.laboratory import lab_results
from app.demo.synthetic.other_toxicity import (
    cytopenias,
    fatal_infection,
    hypogammaglobulinaemia,
    infections,
    other_events,
)

TRIAL_CODE: Final = "DAYZERO"
_AFTER_INFUSION: Final[tuple[Callable[[SyntheticCourse], Iterable[Record]], ...]] = (
    crs, icans, neurological_assessments, cytopenias, infections, hypogammaglobulinaemia,
    other_events, fatal_infection, later_therapies,
)  # fmt: skip
"""What is told of the infused only; an event before what refers to it."""


def synthetic_trial(seed: int = 1) -> TrialRecords:
    """Invent the trial of a seed."""
    drawn = courses(seed)
    failures = screen_failures(seed)
    told = {course: _told_of(course) for course in drawn}
    _correct_some(told)
    _tell_of_every_kind(told)
    return TrialRecords(
        TRIAL_CODE,
        tuple(
            CentreRecords(
                code=centre.code,
                name=centre.name,
                canary=centre.prefix,
                proof=centre.proof,
                subjects=(
                    *(records for course, records in told.items() if course.centre is centre),
                    *(SubjectAsSent(record) for of, record in failures if of is centre),
                ),
            )
            for centre in CENTRES
        ),
    )


def _told_of(course: SyntheticCourse) -> SubjectAsSent:
    singly = [preparation(course)]
    if course.infused:
        singly.append(infusion(course))
        for tell in _AFTER_INFUSION:
            singly += tell(course)
    evaluations = assessments(course)
    singly += evaluations
    singly += visit_records(course)
    singly += follow_ups(course)
    return SubjectAsSent(
        enrolment=enrolment(course),
        singly=tuple(singly),
        in_bulk=(*lab_results(course), *(kinetics(course) if course.infused else ())),
        adjudications=adjudications(course, evaluations),
        changes=leaving(course),
    )


def _tell_of_every_kind(told: dict[SyntheticCourse, SubjectAsSent]) -> None:
    """Let the first who was infused have a record of each kind that nobody else has."""
    first = next(course for course in told if course.infused)
    kinds = {
        record.kind
        for records in told.values()
        for record in (records.enrolment, *records.singly, *records.in_bulk)
    }
    further = further_records(first, kinds)
    told[first] = replace(told[first], singly=(*told[first].singly, *further))


def _correct_some(told: dict[SyntheticCourse, SubjectAsSent]) -> None:
    """Let four subjects' centres each make a mistake, and correct it.

    An onset is amended with its reason, an event entered twice is voided, a count ten times too
    high is corrected at its source and sent again with a later file. The calcium of an evaluation
    is amended after the reviewers judged it, and leaves their adjudication stale.
    """
    stable = [course for course in told if course.infused and course.death is None]
    mistaken = next(course for course in stable if course.crs_grade >= 2)
    told[mistaken] = _onset_mistaken(told[mistaken], f"{mistaken.subject}:AE:CRS")
    doubled = next(course for course in stable if course is not mistaken)
    told[doubled] = _entered_twice(told[doubled])
    counted = next(course for course in stable if course not in {mistaken, doubled})
    told[counted] = _ten_times(told[counted], f"{counted.subject}:LB:H12:PLT")
    chosen = {mistaken, doubled, counted}
    judged = next(
        course for course in stable if course not in chosen and told[course].adjudications
    )
    told[judged] = _calcium_misread(told[judged])


def _onset_mistaken(records: SubjectAsSent, source_id: str) -> SubjectAsSent:
    right = next(record for record in records.singly if record.source_id == source_id)
    onset = str(right.body["onset"])
    later = date.fromisoformat(onset[:10]) + timedelta(days=1)
    wrong = replace(right, body={**right.body, "onset": later.isoformat() + onset[10:]})
    change = Correction(right, "Onset corrected from the ward chart: one day earlier.")
    return _with(records, right, wrong, change)


def _entered_twice(records: SubjectAsSent) -> SubjectAsSent:
    event = next(record for record in records.singly if record.kind == "adverse-events")
    twice = replace(event, source_id=f"{event.source_id}:2")
    place = records.singly.index(event) + 1
    singly = (*records.singly[:place], twice, *records.singly[place:])
    change = Correction(twice, "Entered twice.", voided=True)
    return replace(records, singly=singly, changes=(*records.changes, change))


def _ten_times(records: SubjectAsSent, source_id: str) -> SubjectAsSent:
    right = next(record for record in records.in_bulk if record.source_id == source_id)
    body: dict[str, Any] = {**right.body, "value": f"{right.body['value']}0"}
    change = Correction(right, "The laboratory corrected a misread result.", by_import=True)
    return _with(records, right, replace(right, body=body), change)


def _calcium_misread(records: SubjectAsSent) -> SubjectAsSent:
    """Let the centre correct the evaluation that was judged first, after the verdict."""
    judged = records.adjudications[0].body["assessment"]
    right = next(record for record in records.singly if record.reference == judged)
    calcium = right.body["corrected_calcium"]
    misread = {**calcium, "value": {"mmol/L": "2.55", "mg/dL": "10.2"}[calcium["unit"]]}
    wrong = replace(right, body={**right.body, "corrected_calcium": misread})
    change = Correction(
        right, "Corrected for the albumin of the same day; no myeloma marker changes."
    )
    return _with(records, right, wrong, change)


def _with(
    records: SubjectAsSent, right: Record, wrong: Record, change: Correction
) -> SubjectAsSent:
    def swapped(told: tuple[Record, ...]) -> tuple[Record, ...]:
        return tuple(wrong if record is right else record for record in told)

    return replace(
        records,
        singly=swapped(records.singly),
        in_bulk=swapped(records.in_bulk),
        changes=(*records.changes, change),
    )
