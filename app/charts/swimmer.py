"""Time on study of each subject, with its responses."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import CATEGORIES, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.row import Report, Row
from app.charts.tables.swimmer import rows
from app.vocabularies.wording import counted

TITLE: Final = "Time on study and response"
STEP: Final = 13.5
APART: Final = 3
"""Months between the ticks of the axis, which ends with the first beyond the data."""
ROOM: Final = 1
"""Months that the axis leaves for what is written beside a bar."""
SHOWN: Final = tuple(name for name in CATEGORIES if name not in {"PD", "NE"})
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "progression": ("diamond", VERMILION),
    "unconfirmed progression": ("diamond", "#ffffff"),
    "new therapy": ("triangle-up", "#f0e442"),
    "death": ("M-.8,-.8L.8,.8M.8,-.8L-.8,.8", INK),
    "left study": ("M-.16,-.9H.16V.9H-.16Z", INK),
    "ongoing": ("M-.4,-.7L.8,0L-.4,.7Z", INK),
}
"""What happened: its shape and its colour."""

BEFORE: Final = "before the first evaluation that counts"
AFTER: Final = "after progression or new therapy"
STRETCHES: Final[Mapping[str, str]] = {
    BEFORE: "M-1,-.45H-.6M-.2,-.45H.2M.6,-.45H1M-1,.45H-.6M-.2,.45H.2M.6,.45H1",
    AFTER: "M-1,-.06H1V.06H-1Z",
}
"""Time without a response: an empty bar between dashes, or a thin dark line; as legends show it."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one bar a subject, the longest on top."""
    found = rows(report, options)
    subjects = [row for row in found if row["shows"] == "on study"]
    counts = Counter(row["shows"] for row in found)
    about = [
        counted(len(subjects), "infused subject"),
        f"{counts['ongoing']} ongoing",
        counted(counts["progression"], "progression"),
        counted(counts["unconfirmed progression"], "unconfirmed progression"),
        counted(counts["death"], "death"),
        "best confirmed response so far",
        source(report),
    ]
    if not subjects:
        return nobody(report, TITLE, "No subjects infused as of this data cut.", about)
    return finished(_bars(found, subjects), report, TITLE, about)


def _bars(found: list[Row], subjects: list[Row]) -> Picture:
    last = APART * -(-(max(row["until_months"] for row in found) + ROOM) // APART)
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
        axis=alt.Axis(
            title="Months since infusion", values=list(range(0, int(last) + 1, APART)), format="d"
        ),
    )
    stretches = _stretches(found, subjects)
    layers = [
        *_without_response(stretches, subject, since),
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
        _happenings([row for row in found if row["shows"] in MARKS], subject, since),
    ]
    return (
        alt.layer(*layers)
        .resolve_scale(shape="independent", fill="independent")
        .properties(width=WIDTH, height=STEP * len(order) + 6)
    )


def _without_response(stretches: list[Row], subject: alt.Y, since: alt.X) -> list[Picture]:
    """Draw the time that no response stood, told apart by form and not by its grey alone."""
    base = alt.Chart(values(stretches)).encode(y=subject, x=since, x2="until_months:Q")
    legend = alt.Legend(
        title="Without a category", symbolFillColor=INK, symbolSize=190, symbolOpacity=1
    )
    return [
        base.transform_filter(f"datum.stretch == '{BEFORE}'").mark_bar(
            fill="#ffffff", stroke=QUIET, strokeWidth=0.8, strokeDash=[2, 2]
        ),
        base.transform_filter(f"datum.stretch == '{AFTER}'").mark_bar(fill="#4d4d4d", height=2.4),
        alt.Chart(values(stretches))
        .mark_point(size=0, opacity=0)
        .encode(
            y=subject,
            x=since,
            shape=alt.Shape(
                "stretch:N",
                scale=alt.Scale(domain=list(STRETCHES), range=list(STRETCHES.values())),
                legend=legend,
            ),
        ),
    ]


def _happenings(happened: list[Row], subject: alt.Y, since: alt.X) -> Picture:
    colours = alt.Scale(domain=list(MARKS), range=[colour for _, colour in MARKS.values()])
    return (
        alt.Chart(values(happened))
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
                scale=colours,
                legend=None,
            ),
        )
    )


def _stretches(found: list[Row], subjects: list[Row]) -> list[Row]:
    """Give from when to when no response stood: until the first, and from the end of the last.

    Without any response the first stretch lasts to progression or new therapy, whichever is first.
    """
    responses: dict[str, list[Row]] = {row["subject"]: [] for row in subjects}
    ended = {row["subject"]: row["until_months"] for row in subjects}
    for row in found:
        if row["shows"] == "response":
            responses[row["subject"]].append(row)
        elif row["shows"] in {"progression", "new therapy"}:
            ended[row["subject"]] = min(ended[row["subject"]], row["since_months"])
    stretches = []
    for row in subjects:
        subject, until = row["subject"], row["until_months"]
        first = min((one["since_months"] for one in responses[subject]), default=ended[subject])
        for stretch, since, to in ((BEFORE, 0.0, first), (AFTER, ended[subject], until)):
            if since < to:
                stretches.append(
                    {
                        "subject": subject,
                        "stretch": stretch,
                        "since_months": since,
                        "until_months": to,
                    }
                )
    return stretches


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
