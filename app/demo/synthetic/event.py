"""How an adverse event and the therapies given for it are told."""

from datetime import date, timedelta
from typing import Any, Final

from app.demo.records import Record
from app.demo.synthetic.course import SyntheticCourse
from app.demo.synthetic.enrolment import OFFSET

RECOVERED: Final = "RECOVERED/RESOLVED"
NOT_RECOVERED: Final = "NOT RECOVERED/NOT RESOLVED"


def moment(course: SyntheticCourse, day: float) -> str:
    """Write a day with its fraction as date, time and offset."""
    minutes = int((day % 1) * 24 * 60)
    return f"{course.on(day).isoformat()}T{minutes // 60:02d}:{minutes % 60:02d}{OFFSET}"


def adverse_event(
    course: SyntheticCourse,
    identity: str,
    term: str,
    grade: int,
    onset: str,
    end: str | None,
    **more: Any,
) -> Record:
    """Tell an adverse event; one without an end has not resolved.

    Args:
        identity: tells it from the subject's other events.
        more: further fields, or others than the usual.
    """
    usual = {"car_t": "possible", "lymphodepletion": "possible", "disease": "unlikely"}
    body: dict[str, Any] = {
        "term": term,
        "grade": grade,
        "onset": onset,
        "ongoing": end is None,
        "outcome": NOT_RECOVERED if end is None else RECOVERED,
        "serious": False,
        "causality": usual,
        "action_taken": "NOT APPLICABLE",
    }
    if end is not None:
        body["end"] = end
    return Record("adverse-events", f"{course.subject}:AE:{identity}", {**body, **more})


def serious(
    course: SyntheticCourse, day: float, *criteria: str, after_hours: int = 9
) -> dict[str, Any]:
    """Give what a serious event has beside it: its criteria, and its report within a day."""
    return {
        "serious": True,
        "seriousness_criteria": list(criteria),
        "aware_at": moment(course, day + 0.05),
        "reported_at": moment(course, day + 0.05 + after_hours / 24),
    }


def therapy(
    course: SyntheticCourse,
    identity: str,
    kind: str,
    start: str,
    event: Record | None = None,
    **more: Any,
) -> Record:
    """Tell a therapy, and the event it was given for."""
    body: dict[str, Any] = {"therapy_kind": kind, "start": start, **more}
    if event is not None:
        body["adverse_events"] = [event.reference]
    return Record("therapies", f"{course.subject}:CM:{identity}", body)


def last_told(course: SyntheticCourse) -> date:
    """Give the last day that anything is told of."""
    return course.infusion + timedelta(days=course.last_day)
