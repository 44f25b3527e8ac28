"""Severe laboratory results after the infusion that no adverse event of the subject accounts for.

A grade alone is no adverse event: it becomes one when it is clinically significant, was treated or
led to action, which a number does not say. So a severe result without an event is shown to somebody
who can tell.

Source: the trial's protocol, adverse events from laboratory results; CTCAE 5.0 for grade and term.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.derivations.laboratory.graded_labs import AnalyteLabs, GradedLab
from app.services.derivations.laboratory.lab_baseline import LabPeriod
from app.services.derivations.possible_days import may_cover
from app.services.derivations.sampled_values import LabValue
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.laboratory_grading import AbnormalityDirection

SEVERE: Final = 3
"""CTCAE grade from which a result is severe; of several grades left open the lowest counts."""


def unreported_grades(labs: AnalyteLabs, events: Collection[AdverseEvent]) -> Iterator[GradedLab]:
    """Give, of each run of severe results of an analyte, the first that no event accounts for.

    A run is what lies between two results that are graded and not severe, in one direction. It is
    counted among the results that follow the infusion, up to new therapy and the horizon.

    Decision: a result that cannot be graded neither belongs to a run nor ends it.
    """
    for direction in AbnormalityDirection:
        shown = False
        for result in labs.in_period(LabPeriod.POST_INFUSION):
            grade = next((one for one in result.grades if one.direction is direction), None)
            if grade is None or grade.lowest is None:
                continue
            if grade.lowest < SEVERE:
                shown = False
            elif not shown and not is_reported(result.value, grade, events):
                shown = True
                yield result


def is_unreported(
    result: LabValue, grades: Iterable[LabGrade], events: Collection[AdverseEvent]
) -> bool:
    """Tell whether a result is severe in a direction and no event accounts for it there."""
    return any(not is_reported(result, grade, events) for grade in severe(grades))


def severe(grades: Iterable[LabGrade]) -> tuple[LabGrade, ...]:
    """Give the directions in which a result is certainly severe."""
    return tuple(grade for grade in grades if grade.lowest is not None and grade.lowest >= SEVERE)


def is_reported(result: LabValue, grade: LabGrade, events: Iterable[AdverseEvent]) -> bool:
    """Tell whether an adverse event accounts for a grade.

    The one that the result names does, of whatever term; so does one of the grade's own term that
    may cover the day.

    Decision: an event of a lower grade accounts for it too: the event is known, and its grade is
    the investigator's. An event without an end goes on.
    """
    if result.adverse_event is not None:
        return True
    day = result.collected.earliest
    return any(
        event.term == grade.term and may_cover(event.onset, event.end, day) for event in events
    )
