"""One subject's results of one analyte."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "subject", "analyte", "collected_on", "day", "comparator", "value", "unit", "restated_by",
    "lower_limit", "upper_limit", "grade", "scale", "direction", "period",
    "clinically_significant",
)  # fmt: skip
"""The members of every row, in their order."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give the results in the order of collection; days count from the infusion.

    ``value`` and limits have the digits as sent, in ``unit``, unless a factor restated them, which
    ``restated_by`` names; None where nothing was said.
    """
    return [
        {
            "subject": report["subject"],
            "analyte": report["analyte"],
            "collected_on": result["collected_on"],
            "day": result["day"],
            "comparator": result["comparator"],
            "value": _number(result["value"]),
            "unit": report["unit"],
            "restated_by": result["restated_by"],
            "lower_limit": _number(result["lower_limit"]),
            "upper_limit": _number(result["upper_limit"]),
            "grade": result["grade"],
            "scale": result["scale"],
            "direction": result["direction"],
            "period": result["period"],
            "clinically_significant": result["clinically_significant"],
        }
        for result in report["results"]
    ]


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
