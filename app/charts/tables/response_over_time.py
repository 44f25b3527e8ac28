"""Best responses by the end of each visit's window: how many subjects are in each category."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = ("visit", "n_window_closed", "category", "subjects", "n", "percent")
"""The members of every row, in their order."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give each category of each visit whose window has closed for somebody.

    The denominator is everybody, at every visit; ``n_window_closed`` of them are past its window,
    of the others the category so far counts.
    """
    return [
        {
            "visit": month["visit"],
            "n_window_closed": month["window_closed"],
            "category": category,
            "subjects": rate["x"],
            "n": rate["N"],
            "percent": rate["percent"],
        }
        for month in report["by_month"]
        if month["window_closed"]
        for category, rate in month["categories"].items()
    ]
