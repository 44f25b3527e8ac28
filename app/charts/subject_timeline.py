"""One subject along one axis: preparation, infusion, visits, responses, events and therapies."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values, words
from app.charts.style import CATEGORIES, GRADES, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.row import Report, Row
from app.charts.tables.subject_timeline import THERAPY_NAMES, rows
from app.vocabularies.wording import counted

LANES: Final = ("preparation", "infusion", "visit", "response", "outcome")
SPANS: Final = ("adverse event", "therapy")
LANE: Final = 26
STEP: Final = 17
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "consent": ("circle", "#ffffff"),
    "enrolment": ("triangle-right", QUIET),
    "leukapheresis": ("triangle-down", "#ffffff"),
    "earlier lymphodepletion": ("square", "#ffffff"),
    "lymphodepletion": ("square", QUIET),
    "infusion": ("cross", INK),
    "progression": ("diamond", VERMILION),
    "new therapy": ("triangle-up", "#f0e442"),
    "screen failure": ("wedge", INK),
    "off study": ("triangle-left", "#ffffff"),
    "death": ("M-.8,-.8L.8,.8M.8,-.8L-.8,.8", INK),
}
TICKS: Final = (-365, -183, -91, -28, -7, 0, 7, 28, 91, 183, 365, 548, 731, 913, 1096, 1461)
THERAPY: Final = "#b8b8b8"


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw what happened on a day above what lasted, on one axis."""
    title = f"Timeline of subject {report['subject']}"
    found = rows(report, options)
    about = [counted(sum(row["lane"] == "adverse event" for row in found), "adverse event")]
    if report["on_study"] is not None:
        about.append(f"{words(report['on_study']['end'])}, last on {report['on_study']['until']}")
    if report["undated"]:
        about.append(f"{report['undated']} without any day, not drawn")
    about += [source(report), "named where they change", "arrow: no end is known"]
    if not found:
        return nobody(report, title, "No records as of this data cut.", about)
    days = [
        row[name] for row in found for name in ("since_day", "until_day") if row[name] is not None
    ]
    first, last = min(days) - 2, max(*days, 28) + 5
    scale = alt.Scale(type="sqrt", domain=[first, last], nice=False)
    ticks = [day for day in TICKS if first <= day <= last]
    spans = [row for row in found if row["lane"] in SPANS]
    parts = [
        _lanes(
            report,
            [row for row in found if row["lane"] in LANES],
            scale,
            ticks,
            last_part=not spans,
        )
    ]
    if spans:
        parts.append(_spans(report, spans, scale, ticks, last))
    picture = alt.vconcat(*parts, spacing=8).resolve_scale(
        color="independent", fill="independent", shape="independent"
    )
    return finished(picture, report, title, about)


def _axis(report: Report, ticks: list[int], *, shown: bool) -> alt.Axis:
    since = f"Days since {report['origin_is']} (square-root scale)"
    if shown:
        return alt.Axis(title=since, values=ticks)
    return alt.Axis(title=None, values=ticks, labels=False, ticks=False, domain=False)


def _lanes(
    report: Report, found: list[Row], scale: alt.Scale, ticks: list[int], *, last_part: bool
) -> Picture:
    day = alt.X("since_day:Q", scale=scale, axis=_axis(report, ticks, shown=last_part))
    lane = alt.Y(
        "lane:N",
        sort=list(LANES),
        scale=alt.Scale(domain=list(LANES)),
        axis=alt.Axis(title=None, ticks=False, domain=False, grid=True, labelFontWeight="bold"),
    )
    marked = [row | {"label": words(row["label"])} for row in found if words(row["label"]) in MARKS]
    visits = [row for row in found if row["lane"] == "visit"]
    responses = [row for row in found if row["lane"] == "response"]
    names = [name for name in MARKS if any(row["label"] == name for row in marked)]
    layers = [
        alt.Chart(values(visits))
        .mark_tick(thickness=1.2, size=12, color=QUIET, orient="vertical")
        .encode(x=day, y=lane),
        alt.Chart(values(responses))
        .mark_point(shape="square", filled=True, size=70, opacity=1, stroke=INK, strokeWidth=0.7)
        .encode(
            x=day,
            y=lane,
            color=alt.Color(
                "label:N",
                scale=alt.Scale(domain=list(CATEGORIES), range=list(CATEGORIES.values())),
                legend=None,
            ),
        ),
        alt.Chart(values(_changes(responses)))
        .mark_text(dy=-10, fontSize=8.5, align="left", dx=-4)
        .encode(x=day, y=lane, text="label:N"),
        alt.Chart(values(marked))
        .mark_point(filled=True, size=70, opacity=1, stroke=INK, strokeWidth=0.9)
        .encode(
            x=day,
            y=lane,
            shape=alt.Shape(
                "label:N",
                scale=alt.Scale(domain=names, range=[MARKS[name][0] for name in names]),
                legend=alt.Legend(title="Course", symbolFillColor="#ffffff", symbolStrokeWidth=1.2),
            ),
            fill=alt.Fill(
                "label:N",
                scale=alt.Scale(domain=names, range=[MARKS[name][1] for name in names]),
                legend=None,
            ),
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=LANE * len(LANES))


def _changes(responses: list[Row]) -> list[Row]:
    """Give the evaluations whose category is not that of the one before."""
    return [
        row
        for at, row in enumerate(responses)
        if at == 0 or responses[at - 1]["label"] != row["label"]
    ]


def _spans(
    report: Report, spans: list[Row], scale: alt.Scale, ticks: list[int], last: int
) -> Picture:
    shown = [
        row
        | {
            "line": row["label"] if row["lane"] == "adverse event" else _therapy(row["label"]),
            "grade_name": _grade(row),
            "end_day": last if row["until_day"] is None else row["until_day"],
            "goes_on": row["until_day"] is None,
            "said": f"{row['grade']}{' S' if row['serious'] else ''}" if row["grade"] else "",
        }
        for row in spans
    ]
    order = list(dict.fromkeys(row["line"] for row in sorted(shown, key=_place)))
    names = [
        name for name in (*GRADES, "therapy") if any(row["grade_name"] == name for row in shown)
    ]
    colours = {**GRADES, "therapy": THERAPY}
    line = alt.Y("line:N", sort=order, axis=alt.Axis(title=None, ticks=False, labelLimit=330))
    day = alt.X("since_day:Q", scale=scale, axis=_axis(report, ticks, shown=True))
    base = alt.Chart(values(shown)).encode(y=line)
    layers = [
        base.mark_bar(size=9, stroke=INK, strokeWidth=0.6).encode(
            x=day,
            x2="end_day:Q",
            color=alt.Color(
                "grade_name:N",
                scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
                legend=alt.Legend(title="Grade (S: serious)"),
            ),
        ),
        base.transform_filter("datum.goes_on")
        .mark_point(shape="M-.4,-.7L.8,0L-.4,.7Z", filled=True, fill=INK, size=55)
        .encode(x=alt.X("end_day:Q", scale=scale)),
        base.mark_text(align="right", dx=-3, fontSize=8.5).encode(x=day, text="said:N"),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=STEP * len(order))


def _therapy(kind: str) -> str:
    return f"{THERAPY_NAMES.get(kind, words(kind))} (therapy)"


def _grade(row: Row) -> str:
    if row["lane"] == "therapy":
        return "therapy"
    return "not graded" if row["grade"] is None else str(row["grade"])


def _place(row: Row) -> tuple[int, int, str]:
    return SPANS.index(row["lane"]), row["since_day"], row["line"]
