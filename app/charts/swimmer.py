"""Time on study of each subject, with its responses."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import CATEGORIES, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.row import Report, Row
from app.charts.tables.swimmer import rows

TITLE: Final = "Time on study and response"
STEP: Final = 13.5
SHOWN: Final = tuple(name for name in CATEGORIES if name not in {"PD", "NE"})
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "progression": ("diamond", VERMILION),
    "new therapy": ("triangle-up", "#f0e442"),
    "death": ("M-.8,-.8L.8,.8M.8,-.8L-.8,.8", INK),
    "left study": ("M-.16,-.9H.16V.9H-.16Z", INK),
    "ongoing": ("M-.4,-.7L.8,0L-.4,.7Z", INK),
}
"""What happened: its shape and its colour."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one bar a subject, the longest on top."""
    found = rows(report, options)
    subjects = [row for row in found if row["shows"] == "on study"]
    counts = Counter(row["shows"] for row in found)
    about = [
        f"{len(subjects)} infused subjects",
        f"{counts['ongoing']} ongoing",
        f"{counts['progression']} progressions, {counts['death']} deaths",
        "best confirmed response so far",
        source(report),
    ]
    if not subjects:
        return nobody(report, TITLE, "No subjects infused as of this data cut.", about)
    return finished(_bars(found, subjects), report, TITLE, about)


def _bars(found: list[Row], subjects: list[Row]) -> Picture:
    last = max(6, 6 * -(-max(row["until_months"] for row in found) // 6))
    order = [row["subject"] for row in subjects]
    subject = alt.Y(
        "subject:N",
        sort=order,
        scale=alt.Scale(paddingInner=0.25, paddingOuter=0.15),
        axis=alt.Axis(title="Subject", labelFontSize=9, ticks=False, domain=False, labelPadding=6),
    )
    since = alt.X(
        "since_months:Q",
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(title="Months since infusion", values=list(range(0, int(last) + 1, 3))),
    )
    layers = [
        alt.Chart(values(subjects))
        .mark_bar(fill="#f2f2f2", stroke="#9a9a9a", strokeWidth=0.6)
        .encode(y=subject, x=since, x2="until_months:Q"),
        alt.Chart(values([row for row in found if row["shows"] == "response"]))
        .mark_bar(stroke=INK, strokeWidth=0.4)
        .encode(
            y=subject,
            x=since,
            x2="until_months:Q",
            color=alt.Color(
                "category:N",
                scale=alt.Scale(domain=list(SHOWN), range=[CATEGORIES[one] for one in SHOWN]),
                legend=alt.Legend(title="Response"),
            ),
        ),
        alt.Chart(values(_ends(found, subjects)))
        .mark_text(align="left", dx=13, fontSize=8.5, color=QUIET)
        .encode(y=subject, x="at:Q", text="best_response:N"),
        alt.Chart(values([row for row in found if row["shows"] in MARKS]))
        .mark_point(filled=True, size=62, opacity=1, stroke=INK, strokeWidth=0.9)
        .encode(
            y=subject,
            x=since,
            shape=alt.Shape(
                "shows:N",
                scale=alt.Scale(domain=list(MARKS), range=[shape for shape, _ in MARKS.values()]),
                legend=alt.Legend(
                    title="What happened", symbolFillColor="#ffffff", symbolStrokeWidth=1.2
                ),
            ),
            fill=alt.Fill(
                "shows:N",
                scale=alt.Scale(domain=list(MARKS), range=[colour for _, colour in MARKS.values()]),
                legend=None,
            ),
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=STEP * len(order) + 6)


def _ends(found: list[Row], subjects: list[Row]) -> list[Row]:
    """Say where the last thing of each bar stands, beside which the best response is written."""
    last: dict[str, float] = {}
    for row in found:
        last[row["subject"]] = max(last.get(row["subject"], 0), row["until_months"])
    return [
        {
            "subject": row["subject"],
            "best_response": row["best_response"] or "not assessed",
            "at": last[row["subject"]],
        }
        for row in subjects
    ]
