"""How many subjects had each adverse event, by its worst grade."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = ("term", "system_organ_class", "worst_grade", "subjects", "n")
"""The members of every row, in their order."""
GRADES: Final[Mapping[str, str]] = {
    "grade_5": "5",
    "grade_4": "4",
    "grade_3": "3",
    "grade_2": "2",
    "grade_1": "1",
    "missing": "not graded",
}
"""Members of the counts, the worst first."""


def window(report: Report, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the table of the window that is shown."""
    table: Mapping[str, Any] = report["tables"][options.get("window", "treatment_emergent")]
    return table


def terms(report: Report, options: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give every term of the window, the most frequent first and by name where as frequent."""
    found = [row for row in window(report, options)["rows"] if row["level"] == "term"]
    return sorted(found, key=lambda row: (-row["counts"]["subjects"]["x"], row["term"]))


def rows(report: Report, options: Mapping[str, Any]) -> list[Row]:
    """Give the subjects of each worst grade of the terms that are shown."""
    return [
        {
            "term": row["term"],
            "system_organ_class": row["system_organ_class"],
            "worst_grade": grade,
            "subjects": row["counts"]["grades"][member],
            "n": window(report, options)["n"],
        }
        for row in terms(report, options)[: options.get("limit", 30)]
        for member, grade in GRADES.items()
    ]
