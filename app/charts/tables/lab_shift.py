"""From which grade at baseline to which worst grade subjects went, analyte by analyte."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = (
    "analyte", "direction", "term", "shift_scale", "baseline_grade", "worst_grade", "subjects",
    "n_with_results",
)  # fmt: skip
"""The members of every row, in their order."""
PANELS: Final = 9
NOT_GRADED: Final = "none"


def panels(report: Report, options: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the tables that are shown: of the analyte asked for, else the worst ones.

    Those with the most subjects of grade 3 or more come first, then those with the most subjects
    who got worse; an analyte without a CTCAE term in a direction has no grades to show.
    """
    graded = [table for table in report["tables"] if table["term"] and table["n_with_results"]]
    if "analyte" in options:
        return [table for table in graded if table["analyte"] == options["analyte"]]
    return sorted(graded, key=_place)[:PANELS]


def rows(report: Report, options: Mapping[str, Any]) -> list[Row]:
    """Give the subjects of each shift that is shown; ``none``: no baseline, or none graded.

    Both grades are of ``shift_scale``: by the limits, or from the baseline's own grade to that of
    CTCAE 5.0.
    """
    return [
        {
            "analyte": table["analyte"],
            "direction": table["direction"],
            "term": table["term"],
            "shift_scale": table["shift_scale"],
            "baseline_grade": _grade(shift["baseline_grade"]),
            "worst_grade": _grade(shift["worst_grade"]),
            "subjects": shift["subjects"],
            "n_with_results": table["n_with_results"],
        }
        for table in panels(report, options)
        for shift in table["shift"]
    ]


def _place(table: Mapping[str, Any]) -> tuple[int, int, str, str]:
    worse = sum(
        shift["subjects"]
        for shift in table["shift"]
        if (shift["worst_grade"] or 0) > (shift["baseline_grade"] or 0)
    )
    return (-table["grade_3_or_more"]["x"], -worse, table["analyte"], table["direction"])


def _grade(grade: int | None) -> str:
    return NOT_GRADED if grade is None else str(grade)
