"""The best percent change of each subject's tracked marker."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = ("subject", "centre", "marker", "percent_change", "assessed_on", "best_response")
"""The members of every row, in their order."""


def rows(report: Report, _options: Mapping[str, Any]) -> list[Row]:
    """Give the subjects, from the greatest rise to the deepest fall."""
    found = [
        {
            "subject": row["USUBJID"],
            "centre": row["SITEID"],
            "marker": row["marker"],
            "percent_change": row["percent_change"],
            "assessed_on": row["assessed_on"],
            "best_response": row["best_response"],
        }
        for row in report["rows"]
    ]
    return sorted(
        found, key=lambda row: (-row["percent_change"], row["best_response"] or "", row["subject"])
    )
