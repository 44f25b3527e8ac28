"""Shifts of laboratory grades from baseline to the worst after infusion."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, values
from app.charts.style import INK, QUIET
from app.charts.tables.lab_shift import NOT_GRADED, PANELS, panels, rows
from app.charts.tables.row import Report, Row

TITLE: Final = "Laboratory shift from baseline to worst grade"
CELL: Final = 29
COLUMNS: Final = 3
GRADES: Final = ("0", "1", "2", "3", "4", NOT_GRADED)
_DARK: Final = 0.5
"""Share of the subjects from which on the ground of a cell asks for white ink."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a table of counts for each analyte and direction."""
    found = rows(report, options)
    about = [
        report["rule_set"]["ae_grading"] + " laboratory grades",
        "outlined: the grade did not change; to the right of it, it got worse",
        "numbers: subjects; the darker, the more of the n; none: not graded",
    ]
    if any(row["shift_scale"] == "limits" for row in found):
        about.append("by the limits: terms that CTCAE grades in multiples of an abnormal baseline")
    if "analyte" not in options:
        about.append(f"up to {PANELS} analytes with the most subjects of grade 3 or more")
    if not found:
        return nobody(report, TITLE, "No graded results as of this data cut.", about)
    return finished(_panels(_cells(panels(report, options), found)), report, TITLE, about)


def _cells(tables: list[Mapping[str, Any]], found: list[Row]) -> list[Row]:
    """Give every cell of every panel, the empty ones too."""
    counts = {
        (row["analyte"], row["direction"], row["baseline_grade"], row["worst_grade"]): row
        for row in found
    }
    cells = []
    for at, table in enumerate(tables):
        analyte, direction, n = table["analyte"], table["direction"], table["n_with_results"]
        scale = ", by the limits" if table["shift_scale"] == "limits" else ""
        name = f"{at:02}|{analyte} {direction.lower()}{scale}, n = {n}|{table['term']}"
        for baseline in GRADES:
            for worst in GRADES:
                row = counts.get((analyte, direction, baseline, worst))
                subjects = row["subjects"] if row else 0
                cells.append(
                    {
                        "panel": name,
                        "baseline_grade": baseline,
                        "worst_grade": worst,
                        "subjects": subjects,
                        "share": subjects / n,
                    }
                )
    return cells


def _panels(cells: list[Row]) -> Picture:
    base = alt.Chart().encode(
        x=alt.X(
            "worst_grade:N",
            scale=alt.Scale(domain=list(GRADES)),
            axis=alt.Axis(title="Worst grade", labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y(
            "baseline_grade:N",
            scale=alt.Scale(domain=list(GRADES)),
            axis=alt.Axis(title="Baseline grade", ticks=False, domain=False),
        ),
    )
    ground = base.mark_rect(stroke="#d0d0d0", strokeWidth=0.6, aria=False).encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[0, 1], range=["#f4f8fc", "#08306b"]),
            legend=None,
        )
    )
    unchanged = base.transform_filter(
        f"datum.baseline_grade == datum.worst_grade && datum.worst_grade != '{NOT_GRADED}'"
    ).mark_rect(fill=None, stroke=QUIET, strokeWidth=1.1, aria=False)
    counts = (
        base.transform_filter("datum.subjects > 0")
        .mark_text(fontSize=11)
        .encode(
            text="subjects:Q",
            color=alt.condition(f"datum.share > {_DARK}", alt.value("#ffffff"), alt.value(INK)),
        )
    )
    side = CELL * len(GRADES)
    header = alt.Header(
        title=None,
        labelExpr="slice(split(datum.label, '|'), 1)",
        labelAnchor="start",
        labelFontSize=11,
        labelPadding=6,
        labelLimit=side + 60,
    )
    return (
        alt.layer(ground, unchanged, counts, data=values(cells))
        .properties(width=side, height=side)
        .facet(facet=alt.Facet("panel:N", header=header), columns=COLUMNS, spacing=20)
        .resolve_axis(x="independent", y="independent")
    )
