"""Adverse events by worst grade."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, values, words
from app.charts.style import GRADES, INK, WIDTH, text_on
from app.charts.tables.adverse_events import rows, terms, window
from app.charts.tables.row import Report, Row
from app.vocabularies.wording import counted

TITLE: Final = "Adverse events by worst grade"
STEP: Final = 19
PLOT: Final = WIDTH - 140
LEAST_PIXELS_FOR_A_LABEL: Final = 13


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a bar for each term, the worst grade from the left."""
    found = rows(report, options)
    shown, known = len({row["term"] for row in found}), len(terms(report, options))
    asked = words(options.get("window", "treatment_emergent"))
    about = [
        f"window: {asked}, {counted(window(report, options)['n'], 'subject')}",
        f"{shown} most frequent of {known} terms" if shown < known else counted(known, "term"),
        "a subject counts once a term",
    ]
    if not found:
        return nobody(report, TITLE, "No adverse events as of this data cut.", about)
    return finished(_bars(_stacked(found)), report, TITLE, about)


def _stacked(found: list[Row]) -> list[Row]:
    """Say from where to where each grade reaches, and what is written on it."""
    stacked: list[Row] = []
    reached: dict[str, int] = {}
    for row in found:
        start = reached.get(row["term"], 0)
        reached[row["term"]] = end = start + row["subjects"]
        wide = row["subjects"] * PLOT / max(row["n"], 1) >= LEAST_PIXELS_FOR_A_LABEL
        stacked.append(
            row
            | {
                "start": start,
                "end": end,
                "middle": (start + end) / 2,
                "ink": text_on(GRADES[row["worst_grade"]]),
                "label": str(row["subjects"]) if wide else "",
            }
        )
    return [row for row in stacked if row["subjects"]]


def _bars(found: list[Row]) -> Picture:
    order = list(dict.fromkeys(row["term"] for row in found))
    n = found[0]["n"]
    term = alt.Y(
        "term:N", sort=order, axis=alt.Axis(title=None, labelLimit=330, ticks=False, labelPadding=6)
    )
    subjects = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, n], nice=False),
        axis=alt.Axis(title=f"Subjects (of {n})", tickMinStep=1),
    )
    base = alt.Chart(values(found)).encode(y=term)
    bars = base.mark_bar(stroke=INK, strokeWidth=0.5).encode(
        x=subjects,
        x2="end:Q",
        color=alt.Color(
            "worst_grade:N",
            scale=alt.Scale(domain=list(GRADES), range=list(GRADES.values())),
            legend=alt.Legend(title="Worst grade", orient="top", direction="horizontal"),
        ),
    )
    labels = base.mark_text(fontSize=9.5).encode(
        x="middle:Q", text="label:N", color=alt.Color("ink:N", scale=None)
    )
    ends: dict[str, int] = {}
    for row in found:
        ends[row["term"]] = row["end"]
    totals = [
        {"term": name, "end": end, "said": f"{end} ({100 * end / n:.0f} %)"}
        for name, end in ends.items()
    ]
    beside = (
        alt.Chart(values(totals))
        .mark_text(align="left", dx=5, fontSize=10)
        .encode(y=term, x="end:Q", text="said:N")
    )
    return alt.layer(bars, labels, beside).properties(width=PLOT, height=STEP * len(order))
