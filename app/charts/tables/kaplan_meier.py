"""The steps of a time to an event, and who was at risk."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "days", "months", "n_risk", "n_event", "n_censor", "survival_percent", "lower_percent",
    "upper_percent",
)  # fmt: skip
"""The members of every row, in their order."""
COUNTS: Final[tuple[tuple[str, str], ...]] = (
    ("At risk", "n_risk"),
    ("Events", "n_event"),
    ("Censored", "n_censor"),
)
"""The lines of the table under the axis, and the members of a landmark that they show."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give the steps of the curve, from the start on.

    Days and months since the origin; shares in per cent; None where a limit cannot be told.
    """
    if not report["curve"]:
        return []
    start = {"time": 0.0, "n_risk": report["n"], "n_event": 0, "n_censor": 0}
    start |= {"survival": 1.0, "lower": 1.0, "upper": 1.0}
    return [
        {
            "days": step["time"],
            "months": step["time"] / report["days_per_month"],
            "n_risk": step["n_risk"],
            "n_event": step["n_event"],
            "n_censor": step["n_censor"],
            "survival_percent": _percent(step["survival"]),
            "lower_percent": _percent(step["lower"]),
            "upper_percent": _percent(step["upper"]),
        }
        for step in (start, *report["curve"])
    ]


def at_risk(report: Report) -> list[Row]:
    """Give the table under the axis: the report's own landmarks, and everybody at the start.

    Events and censored subjects are counted up to and including the month.
    """
    start = {"months": 0, "n_risk": report["n"], "n_event": 0, "n_censor": 0}
    return [
        {"months": point["months"], "count": name, "n": point[member]}
        for point in (start, *report["landmarks"])
        for name, member in COUNTS
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
