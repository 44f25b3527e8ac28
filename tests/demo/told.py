"""A demonstration trial as the tests look at it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from app.demo.records import CentreRecords, Record, Reference, SubjectAsSent, TrialRecords
from app.demo.synthetic import synthetic_trial
from app.demo.synthetic.course import SyntheticCourse, courses

SEED = 1
SOME_RECORD = "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a"


@cache
def trial(seed: int = SEED) -> TrialRecords:
    return synthetic_trial(seed)


@cache
def subjects() -> tuple[tuple[CentreRecords, SubjectAsSent], ...]:
    return tuple((centre, subject) for centre in trial().centres for subject in centre.subjects)


@cache
def of_course() -> dict[SyntheticCourse, SubjectAsSent]:
    """Give every enrolled subject's course with what is told of it."""
    by_enrolment = {subject.enrolment.source_id: subject for _, subject in subjects()}
    return {course: by_enrolment[f"{course.subject}:DM"] for course in courses(SEED)}


def of_kind(kind: str, told: SubjectAsSent | None = None) -> Iterator[Record]:
    for _, subject in subjects():
        if told is None or subject is told:
            everything = (*subject.singly, *subject.in_bulk, *subject.adjudications)
            for record in (subject.enrolment, *everything):
                if record.kind == kind:
                    yield record


def resolved(value: Any) -> Any:
    """Give a body with some record's identity for each reference."""
    if isinstance(value, Reference):
        return SOME_RECORD
    if isinstance(value, dict):
        return {name: resolved(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(member) for member in value]
    return value
