"""The CTCAE grade of one laboratory result as it is stored, for the answer to a write or a read.

Most results are graded by themselves and cost no look at the database; those whose cuts depend on
the subject's baseline or therapies are graded beside the subject's other records.
"""

from decimal import Decimal
from typing import Any, Final

from app.access.centres import visible_centres
from app.database import Transaction
from app.services.analysis_data import AnalysisCut, histories_of
from app.services.criteria.ctcae_labs.grading import grade_lab_result
from app.services.criteria.ctcae_labs.lab_grade import LabGrade
from app.services.criteria.ctcae_labs.rules import looks_at_baseline
from app.services.derivations.graded_labs import graded_result, is_usable
from app.services.derivations.lab_baseline import lab_follow_up
from app.services.derivations.subject_history import LabValue
from app.trial.trial import Trial

_LOOKED_AT: Final = frozenset({"infusions", "preparations", "therapies", "lab-results"})
_BY_THERAPY: Final = "INR"


async def grades_of(
    transaction: Transaction,
    trial: Trial,
    subject: str,
    centre: str,
    result: LabValue,
    cut: AnalysisCut,
) -> list[dict[str, Any]]:
    """Give the grade of a result per direction; empty for one that cannot be analysed."""
    if not is_usable(result) or (result.value is not None and result.value < Decimal(0)):
        return []
    return [
        _written(grade) for grade in await _graded(transaction, trial, subject, centre, result, cut)
    ]


async def _graded(
    transaction: Transaction,
    trial: Trial,
    subject: str,
    centre: str,
    result: LabValue,
    cut: AnalysisCut,
) -> tuple[LabGrade, ...]:
    if not looks_at_baseline(result.analyte) and result.analyte != _BY_THERAPY:
        return grade_lab_result(
            analyte=result.analyte,
            value=result.value,
            unit=result.unit,
            comparator=result.comparator,
            lower_limit=result.lower_limit,
            upper_limit=result.upper_limit,
        )
    visible = visible_centres(transaction.authority)
    found = await histories_of(transaction, trial, {subject: centre}, visible, cut, _LOOKED_AT)
    history = found[subject]
    return graded_result(history, trial, lab_follow_up(history, new_therapy=None), result)


def _written(grade: LabGrade) -> dict[str, Any]:
    return {
        "direction": grade.direction,
        "term": grade.term,
        "grade": grade.grade,
        "grades": grade.grades,
        "needs": grade.needs,
        "without": grade.without,
        "rule": grade.rule,
        "ungraded_reason": grade.ungraded_reason,
    }
