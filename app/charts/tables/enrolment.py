"""Who was enrolled and infused, month by month and centre by centre."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "month", "centre", "enrolled", "infused", "enrolled_total", "infused_total", "screened_total",
    "planned",
)  # fmt: skip
"""The members of every row, in their order."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give the running totals of each month, then the totals of each centre.

    ``planned``: subjects that the trial file expects of a centre; None: it does not say.
    """
    return [*map(_month, report["accrual"]), *map(_centre, report["by_centre"])]


def target(report: Report) -> int | None:
    """Give the subjects that are aimed at: the slots of the trial, else the plan of the centres.

    None: the report is of some centres only, and the trial file does not say what they plan.
    """
    if report["slots"]["taken"] is not None:
        slots: int = report["slots"]["total"]
        return slots
    planned = [centre["planned"] for centre in report["by_centre"]]
    return sum(planned) if planned and None not in planned else None


def _month(month: Mapping[str, Any]) -> Row:
    return {
        "month": month["month"],
        "centre": None,
        "enrolled": month["enrolled"],
        "infused": month["infused"],
        "enrolled_total": month["enrolled_total"],
        "infused_total": month["infused_total"],
        "screened_total": None,
        "planned": None,
    }


def _centre(centre: Mapping[str, Any]) -> Row:
    return {
        "month": None,
        "centre": centre["centre"],
        "enrolled": None,
        "infused": None,
        "enrolled_total": centre["enrolled"],
        "infused_total": centre["infused"],
        "screened_total": centre["screened"],
        "planned": centre["planned"],
    }
