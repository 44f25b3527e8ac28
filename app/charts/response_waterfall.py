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
    "none": "nothing measurable at baseline",
    "not_infused": "not infused",
}
_OF_SERUM: Final = ((-25, "MR"), (-50, "PR"), (-90, "VGPR"))
THRESHOLDS: Final[Mapping[str, tuple[tuple[int, str], ...]]] = {
    "serum_m_protein": _OF_SERUM,
    "immunoglobulin": _OF_SERUM,
    "urine_m_protein": ((-50, "MR"), (-90, "PR")),
    "free_light_chains": ((-50, "PR"), (-90, "VGPR")),
    "marrow_plasma_cells": ((-50, "PR"),),
    "plasmacytomas": ((-50, "PR"),),
}
"""Falls that the criteria ask of each marker, in per cent; a marker without them has no lines.

They are drawn as help, over the bars of that marker alone; nothing follows from them. VGPR by urine
is an amount and no fall.

Source: IMWG 2016, table 4; for free light chains, marrow and plasmacytomas its footnotes.
"""
DASHES: Final[Mapping[str, list[int]]] = {"MR": [1, 2], "PR": [4, 2], "VGPR": [1, 0]}
"""How the line of a fall is drawn, by the level that asks for it."""
SHORT: Final[Mapping[str, str]] = {
    "serum_m_protein": "serum",
    "immunoglobulin": "immunoglobulin",
    "urine_m_protein": "urine",
    "free_light_chains": "light chains",
    "marrow_plasma_cells": "marrow",
    "plasmacytomas": "plasmacytomas",
}


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one bar a subject, from the greatest rise to the deepest fall."""
    found = rows(report, options)
    without = [
        f"{n} without one ({TRACKS.get(track, words(track))})"
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
        base.mark_bar(stroke=INK, strokeWidth=0.5).encode(
            y=change,
            color=alt.Color(
                "category:N",
                scale=alt.Scale(domain=categories, range=[CATEGORIES[one] for one in categories]),
                legend=alt.Legend(title="Best response", orient="top", direction="horizontal"),
            ),
        ),
        *_thresholds(found, subject, change),
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


def _thresholds(found: list[Row], subject: alt.X, change: alt.Y) -> list[Picture]:
    """Draw each fall that the criteria ask for over the bars that it holds for, and name it."""
    steps = [
        {"subject": row["subject"], "at": at, "asked_for": category}
        for row in found
        for at, category in THRESHOLDS.get(row["marker"], ())
    ]
    if not steps:
        return []
    markers = [name for name in THRESHOLDS if any(row["marker"] == name for row in found)]
    scale = change["scale"]
    over_bars = alt.Chart(values(steps)).encode(
        x=alt.X("subject:N", sort=subject["sort"], bandPosition=0),
        x2=alt.X2("subject:N", bandPosition=1),
        y=alt.Y("at:Q", scale=scale),
    )
    return [
        over_bars.mark_rule(color="#ffffff", strokeWidth=1.6),
        over_bars.mark_rule(color=INK, strokeWidth=1.1).encode(
            strokeDash=alt.StrokeDash(
                "asked_for:N",
                scale=alt.Scale(domain=list(DASHES), range=list(DASHES.values())),
                legend=alt.Legend(
                    title="Fall asked for",
                    orient="top",
                    direction="horizontal",
                    symbolType="stroke",
                    symbolSize=300,
                ),
            )
        ),
        alt.Chart(values(_names(markers)))
        .mark_text(align="left", dx=4, fontSize=9, color=QUIET, lineBreak="\n")
        .encode(y=alt.Y("at:Q", scale=scale), text="said:N", x=alt.value(WIDTH)),
    ]


def _names(markers: list[str]) -> list[Row]:
    """Say what each fall stands for, and for which markers where several are shown."""
    asked: dict[int, dict[str, list[str]]] = {}
    for marker in markers:
        for at, category in THRESHOLDS[marker]:
            asked.setdefault(at, {}).setdefault(category, []).append(SHORT[marker])
    return [
        {
            "at": at,
            "said": "\n".join(
                f"\u2212{-at} %: {category}"
                + (f" ({', '.join(shorts)})" if len(markers) > 1 else "")
                for category, shorts in by_category.items()
            ),
        }
        for at, by_category in sorted(asked.items(), reverse=True)
    ]


def _said(row: Row) -> str:
    said = row["best_response"] or "NE"
    return f"{said} (+{row['percent_change']:.0f} %)" if row["percent_change"] > HIGHEST else said
