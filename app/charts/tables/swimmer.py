"""Each subject's time on study: its responses, and what happened when."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "subject", "centre", "best_response", "study_end", "shows", "category", "since_days",
    "until_days", "since_months", "until_months",
)  # fmt: skip
"""The members of every row, in their order."""
HAPPENINGS: Final[tuple[tuple[str, str], ...]] = (
    ("progression", "progression_on"),
    ("unconfirmed progression", "unconfirmed_progression_on"),
    ("new therapy", "new_therapy_on"),
    ("death", "died_on"),
)
"""What is marked on a bar, and the member of the report that has its day."""

ENDS: Final[Mapping[str, str]] = {
    "ongoing": "ongoing",
    "lost": "left study",
    "withdrew": "left study",
    "off_study": "left study",
}
"""What is marked at the end of a bar; a death is marked on its own day, a completion is not."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give everything that is drawn, the longest time on study first.

    ``shows``: ``on study``, ``response`` with its category, what happened, or ``ongoing`` or
    ``left study`` at the end of a bar. Months count from the infusion.
    """
    days_per_month = report["days_per_month"]
    subjects = sorted(report["rows"], key=lambda row: (-_days(row, row["until"]), row["USUBJID"]))
    return [
        row
        | {"since_months": _months(row["since_days"], days_per_month)}
        | {"until_months": _months(row["until_days"], days_per_month)}
        for subject in subjects
        for row in _subject(subject)
    ]


def _subject(subject: Mapping[str, Any]) -> Iterator[Row]:
    until = _days(subject, subject["until"])
    yield _row(subject, "on study", 0, until)
    for segment in subject["segments"]:
        since, to = _days(subject, segment["since"]), _days(subject, segment["until"])
        yield _row(subject, "response", since, to) | {"category": segment["category"]}
    for name, member in HAPPENINGS:
        if subject[member] is not None:
            day = _days(subject, subject[member])
            yield _row(subject, name, day, day)
    if (mark := ENDS.get(subject["end"])) is not None:
        yield _row(subject, mark, until, until)


def _row(subject: Mapping[str, Any], shows: str, since: int, until: int) -> Row:
    return {
        "subject": subject["USUBJID"],
        "centre": subject["SITEID"],
        "best_response": subject["best_response"],
        "study_end": subject["end"],
        "shows": shows,
        "category": None,
        "since_days": since,
        "until_days": until,
    }


def _days(subject: Mapping[str, Any], day: str) -> int:
    return (date.fromisoformat(day) - date.fromisoformat(subject["infused_on"])).days


def _months(days: int, days_per_month: float) -> float:
    return days / days_per_month
