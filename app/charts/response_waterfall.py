"""The best change of the marker that each subject's response follows, with the response."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values, words
from app.charts.style import CATEGORIES, INK, QUIET, WIDTH
from app.charts.tables.response_waterfall import rows
from app.charts.tables.row import Report, Row

TITLE: Final = "Best change of the tracked marker"
HEIGHT: Final = 360
HIGHEST: Final = 100
"""Per cent at which a rise is cut off, so that falls stay readable; its label says how far."""

SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "serum_m_protein": ("circle", "serum M-protein"),
    "immunoglobulin": ("triangle-left", "quantitative immunoglobulin"),
    "urine_m_protein": ("square", "urine M-protein"),
    "free_light_chains": ("triangle-up", "difference of free light chains"),
    "marrow_plasma_cells": ("diamond", "marrow plasma cells"),
    "plasmacytomas": ("cross", "plasmacytomas"),
    "circulating_plasma_cells": ("triangle-down", "circulating plasma cells"),
}
TRACKS: Final[Mapping[str, str]] = {
    "serum_urine": "serum or urine M-protein",
    "none": "nothing measurable",
    "not_infused": "not infused",
}
THRESHOLDS: Final = ((-25, "\u221225 %: MR"), (-50, "\u221250 %: PR"), (-90, "\u221290 %: VGPR"))
"""Falls that IMWG 2016 asks for, of serum M-protein; drawn as help, nothing follows from them."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one bar a subject, from the greatest rise to the deepest fall."""
    found = rows(report, options)
    without = [
        f"{n} without ({TRACKS.get(track, words(track))})"
        for track, n in report["without_change"].items()
    ]
    about = [
        f"{report['n_with_change']} with a change from baseline",
        *without,
        "before progression and new therapy",
        f"category: best confirmed, {source(report)}",
    ]
    if not found:
        return nobody(report, TITLE, "No subjects with a change as of this data cut.", about)
    return finished(_bars(found), report, TITLE, about)


def _bars(found: list[Row]) -> Picture:
    shown = [
        row
        | {
            "cut": min(row["percent_change"], HIGHEST),
            "marker_name": SHAPES[row["marker"]][1],
            "category": row["best_response"] or "NE",
            "said": _said(row),
        }
        for row in found
    ]
    present = [names for key, names in SHAPES.items() if any(row["marker"] == key for row in found)]
    highest = max([10.0, *(row["cut"] for row in shown)])
    subject = alt.X(
        "subject:N",
        sort=[row["subject"] for row in found],
        scale=alt.Scale(paddingInner=0.2),
        axis=alt.Axis(title="Subject", labelAngle=-90, labelFontSize=8, ticks=False),
    )
    change = alt.Y(
        "cut:Q",
        scale=alt.Scale(domain=[-105, highest + 18], nice=False),
        axis=alt.Axis(title="Change from baseline (%)", values=list(range(-100, HIGHEST + 1, 25))),
    )
    base = alt.Chart(values(shown)).encode(x=subject)
    categories = [name for name in CATEGORIES if any(row["category"] == name for row in shown)]
    layers = [
        alt.Chart(values([{"at": at} for at, _ in THRESHOLDS]))
        .mark_rule(strokeDash=[4, 3], color=QUIET, strokeWidth=0.8)
        .encode(y=alt.Y("at:Q", scale=change["scale"])),
        alt.Chart(values([{"at": at, "said": said} for at, said in THRESHOLDS]))
        .mark_text(align="left", dx=4, fontSize=9, color=QUIET)
        .encode(y="at:Q", text="said:N", x=alt.value(WIDTH)),
        base.mark_bar(stroke=INK, strokeWidth=0.5).encode(
            y=change,
            color=alt.Color(
                "category:N",
                scale=alt.Scale(domain=categories, range=[CATEGORIES[one] for one in categories]),
                legend=alt.Legend(title="Best response", orient="top", direction="horizontal"),
            ),
        ),
        base.mark_point(filled=True, size=26, stroke=INK, strokeWidth=0.9, opacity=1).encode(
            y=change,
            fill=alt.Fill(
                "marker_name:N",
                scale=alt.Scale(domain=[name for _, name in present], range=["#ffffff"]),
                legend=None,
            ),
            shape=alt.Shape(
                "marker_name:N",
                scale=alt.Scale(
                    domain=[name for _, name in present], range=[shape for shape, _ in present]
                ),
                legend=alt.Legend(
                    title="Marker",
                    orient="top",
                    direction="horizontal",
                    symbolFillColor="#ffffff",
                    symbolStrokeWidth=1.2,
                ),
            ),
        ),
        base.transform_filter("datum.cut <= 0")
        .mark_text(angle=270, align="left", dx=5, fontSize=8.5)
        .encode(y=alt.datum(0), text="said:N"),
        base.transform_filter("datum.cut > 0")
        .mark_text(angle=270, align="right", dx=-5, fontSize=8.5)
        .encode(y=alt.datum(0), text="said:N"),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _said(row: Row) -> str:
    said = row["best_response"] or "NE"
    return f"{said} (+{row['percent_change']:.0f} %)" if row["percent_change"] > HIGHEST else said
