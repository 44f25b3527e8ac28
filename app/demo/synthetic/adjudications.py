"""What the response reviewers made of the evaluations on which an endpoint of a subject turns.

They read every progression and the first complete response, and agree with the investigators.
"""

from collections.abc import Iterable
from typing import Final

from app.demo.records import Record
from app.demo.synthetic.course import SyntheticCourse

_COMPLETE: Final = frozenset({"CR", "sCR"})
_RATIONALE: Final = {
    "imaging": "New lesion on PET/CT, read independently by two reviewers.",
    "biochemical": "M-protein or free light chains up by 25 % and more from the lowest value.",
    "complete": "Immunofixation negative in serum and urine, few plasma cells in the marrow.",
}


def adjudications(course: SyntheticCourse, evaluations: Iterable[Record]) -> tuple[Record, ...]:
    """Tell the verdicts on a subject's evaluations, in the order of these."""
    told, complete = [], False
    for evaluation in evaluations:
        category = evaluation.body.get("investigator_response")
        if category == "PD":
            told.append(_verdict(course, evaluation, course.progression_kind or "biochemical"))
        elif category in _COMPLETE and not complete:
            complete = True
            told.append(_verdict(course, evaluation, "complete"))
    return tuple(told)


def _verdict(course: SyntheticCourse, evaluation: Record, on: str) -> Record:
    body = {
        "assessment": evaluation.reference,
        "assessment_version": 1,
        "response": evaluation.body["investigator_response"],
        "rationale": _RATIONALE[on],
    }
    if "investigator_pd_basis" in evaluation.body:
        body["pd_basis"] = evaluation.body["investigator_pd_basis"]
    code = evaluation.source_id.rpartition(":")[2]
    return Record("adjudications", f"{course.subject}:IRC:{code}", body)
