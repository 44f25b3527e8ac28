"""Best responses over time, stacked."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import CATEGORIES, INK, QUIET, WIDTH, text_on
from app.charts.tables.response_over_time import rows
from app.charts.tables.row import Report, Row

TITLE: Final = "Best confirmed response over time"
HEIGHT: Final = 380
LEAST_FOR_A_LABEL: Final = 3.6
"""Per cent of the subjects whose share of a bar is high enough for its name."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a bar for each visit, the deepest category at the bottom."""
    found = rows(report, options)
    about = ["by the end of each visit's window", *_without(report), source(report)]
    if not found or not report["N"]:
        return nobody(report, TITLE, "No subjects have an evaluation as of this data cut.", about)
    picture = alt.vconcat(_bars(_stacked(found)), _closed(found), spacing=10).resolve_scale(
        x="shared"
    )
    return finished(picture, report, TITLE, about)


def _without(report: Report) -> list[str]:
    """Say how many of the subjects could not be evaluated at all, and for want of what."""
    counts = (
        ("n_missing", "without an evaluation"),
        ("n_unmeasurable_at_baseline", "with nothing measurable at baseline"),
    )
    return [f"{report[name]} {said}" for name, said in counts if report.get(name)]


def _stacked(found: list[Row]) -> list[Row]:
    """Say from where to where each category reaches, and what is written on it."""
    stacked, below = [], {row["visit"]: 0.0 for row in found}
    for row in found:
        start = below[row["visit"]]
        below[row["visit"]] = end = start + row["percent"]
        stacked.append(
            row
            | {
                "start": start,
                "end": end,
                "middle": (start + end) / 2,
                "ink": text_on(CATEGORIES[row["category"]]),
                "label": f"{row['category']} {row['subjects']}"
                if row["percent"] >= LEAST_FOR_A_LABEL
                else "",
            }
        )
    return stacked


def _visits(found: list[Row]) -> list[str]:
    return list(dict.fromkeys(row["visit"] for row in found))


def _bars(found: list[Row]) -> Picture:
    base = alt.Chart(values([row for row in found if row["subjects"]])).encode(
        x=alt.X(
            "visit:N",
            sort=_visits(found),
            scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
            axis=alt.Axis(title="Visit (months since infusion)", labelAngle=0),
        )
    )
    bars = base.mark_bar(stroke=INK, strokeWidth=0.5).encode(
        y=alt.Y("start:Q", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(title="Subjects (%)")),
        y2="end:Q",
        color=alt.Color(
            "category:N",
            scale=alt.Scale(domain=list(CATEGORIES), range=list(CATEGORIES.values())),
            legend=alt.Legend(title="Best response", values=list(reversed(CATEGORIES))),
        ),
    )
    labels = base.mark_text(fontSize=9).encode(
        y="middle:Q", text="label:N", color=alt.Color("ink:N", scale=None)
    )
    return alt.layer(bars, labels).properties(width=WIDTH, height=HEIGHT)


def _closed(found: list[Row]) -> Picture:
    closed = [
        {"visit": row["visit"], "line": "Window closed", "n": row["n_window_closed"]}
        for row in found
        if row["category"] == "sCR"
    ]
    return (
        alt.Chart(values(closed))
        .mark_text(fontSize=11, color=QUIET)
        .encode(
            x=alt.X("visit:N", sort=_visits(found), axis=None),
            y=alt.Y(
                "line:N",
                axis=alt.Axis(title=None, domain=False, ticks=False, labelFontWeight="bold"),
            ),
            text="n:Q",
        )
        .properties(width=WIDTH, height=18)
    )
