"""What happened to one subject, in days since the infusion."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "subject", "lane", "label", "since_on", "until_on", "since_day", "until_day", "grade",
    "serious",
)  # fmt: skip
"""The members of every row, in their order."""
PREPARATION: Final = frozenset(
    {"consent", "enrolment", "leukapheresis", "earlier_lymphodepletion", "lymphodepletion"}
)
THERAPY_NAMES: Final[Mapping[str, str]] = {
    "new_anti_myeloma": "new anti-myeloma",
    "car_t_reinfusion": "CAR-T reinfusion",
    "cd34_boost": "CD34+ boost",
    "g_csf": "G-CSF",
    "ivig": "IVIG",
}
"""Kinds of therapy whose names are more than their codes."""
OUTCOMES: Final = frozenset({"screen_failure", "progression", "new_therapy", "death", "off_study"})


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give what happened on a day, then what lasted; ``until_day`` None: it had not ended."""
    if report["origin"] is None:
        return []
    origin = date.fromisoformat(report["origin"])
    days = [
        {
            "subject": report["subject"],
            "lane": _lane(event),
            "label": event.get("visit") or event["kind"],
            "since_on": event["on"],
            "until_on": event["on"],
            "since_day": _day(event["on"], origin),
            "until_day": _day(event["on"], origin),
            "grade": None,
            "serious": None,
        }
        for event in report["events"]
    ]
    spans = [
        {
            "subject": report["subject"],
            "lane": span["lane"].replace("_", " "),
            "label": span["label"],
            "since_on": span["since"],
            "until_on": span["until"],
            "since_day": _day(span["since"], origin),
            "until_day": None if span["until"] is None else _day(span["until"], origin),
            "grade": span["grade"],
            "serious": span["serious"],
        }
        for span in report["spans"]
    ]
    return [*days, *spans]


def _lane(event: Mapping[str, Any]) -> str:
    if event["lane"] != "course":
        return str(event["lane"])
    if event["kind"] in PREPARATION:
        return "preparation"
    return "outcome" if event["kind"] in OUTCOMES else "infusion"


def _day(day: str, origin: date) -> int:
    return (date.fromisoformat(day) - origin).days
