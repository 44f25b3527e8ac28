"""The CTCAE grade of one laboratory result as it is stored, for the answer to a write.

Most results are graded by themselves and cost no look at the database; those whose cuts depend on
the subject's baseline or therapies are graded beside the subject's other records. A severe one is
held against the subject's adverse events.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.access.centres import visible_centres
from app.database import Transaction
from app.schemas.record import Finding
from app.services.analysis_data import AnalysisCut, histories_of
from app.services.criteria.ctcae_labs.grading import grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.rules import looks_at_baseline
from app.services.derivations.laboratory.corrected_calcium import CA_TOTAL
from app.services.derivations.laboratory.graded_labs import graded_result, is_usable
from app.services.derivations.laboratory.lab_baseline import LabPeriod, lab_follow_up
from app.services.derivations.laboratory.unreported_grades import is_unreported, severe
from app.services.derivations.sampled_values import LabValue
from app.services.edit_checks.unreported_grades import LAB_GRADE_WITHOUT_AE
from app.services.json_values import WrittenJson, jsonable
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial

_LOOKED_AT: Final = frozenset({"infusions", "preparations", "therapies", "lab-results"})
_OF_EVENTS: Final = frozenset({"infusions", "adverse-events"})
_BY_THERAPY: Final = "INR"


async def grades_of(
    transaction: Transaction,
    trial: Trial,
    course: SubjectCourse,
    result: LabValue,
    cut: AnalysisCut,
) -> tuple[LabGrade, ...]:
    """Give the grade of a result per direction; empty for one that cannot be analysed."""
    if not is_usable(result) or (result.value is not None and result.value < Decimal(0)):
        return ()
    return await _graded(transaction, trial, course, result, cut)


async def findings_of(
    transaction: Transaction,
    trial: Trial,
    course: SubjectCourse,
    result: LabValue,
    grades: tuple[LabGrade, ...],
    cut: AnalysisCut,
) -> list[Finding]:
    """Notice a severe result after the infusion that no adverse event accounts for.

    The database is asked only about a severe one that names no event. What comes before the result
    is not looked at: each result of a run is noticed when it is written, the first one when it is
    listed.
    """
    treated = course.anchors.infusion is not None
    if not treated or result.adverse_event is not None or not severe(grades):
        return []
    every_day = replace(cut, cutoff=date.max)
    home, visible = {course.subject: course.centre}, visible_centres(transaction.authority)
    found = await histories_of(transaction, trial, home, visible, every_day, _OF_EVENTS)
    history = found[course.subject]
    follow_up = lab_follow_up(history, new_therapy=course.anchors.new_therapy)
    if (
        follow_up is None
        or follow_up.period(result.collected, result.visit) is not LabPeriod.POST_INFUSION
    ):
        return []
    unreported = is_unreported(result, grades, history.adverse_events)
    return [LAB_GRADE_WITHOUT_AE.at("value")] if unreported else []


async def _graded(
    transaction: Transaction,
    trial: Trial,
    course: SubjectCourse,
    result: LabValue,
    cut: AnalysisCut,
) -> tuple[LabGrade, ...]:
    if not _depends_on_others(result.analyte):
        return grade_lab_result(
            analyte=result.analyte,
            value=result.value,
            unit=result.unit,
            comparator=result.comparator,
            lower_limit=result.lower_limit,
            upper_limit=result.upper_limit,
        )
    home, visible = {course.subject: course.centre}, visible_centres(transaction.authority)
    found = await histories_of(transaction, trial, home, visible, cut, _LOOKED_AT)
    history = found[course.subject]
    return graded_result(history, trial, lab_follow_up(history, new_therapy=None), result)


def _depends_on_others(analyte: str) -> bool:
    """Tell whether a grade depends on the subject's other records: baseline, albumin, therapies."""
    return looks_at_baseline(analyte) or analyte in {CA_TOTAL, _BY_THERAPY}


def written(grades: Iterable[LabGrade]) -> WrittenJson:
    """Write grades as the answer has them."""
    return WrittenJson(f"[{', '.join(map(_written, grades))}]")


@lru_cache(4096)
def _written(grade: LabGrade) -> str:
    """Write one grade; of the results of a panel, many have the same."""
    members = {
        "direction": grade.direction,
        "term": grade.term,
        "grade": grade.grade,
        "grades": grade.grades,
        "needs": grade.needs,
        "without": grade.without,
        "rule": grade.rule,
        "scale": grade.scale,
        "restated": None if grade.restated is None else asdict(grade.restated),
        "ungraded_reason": grade.ungraded_reason,
    }
    return json.dumps(jsonable(members))
