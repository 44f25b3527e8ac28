"""Accrual against the target, and what each centre has enrolled."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, values
from app.charts.style import BLUE, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.enrolment import rows, target
from app.charts.tables.row import Report, Row
from app.vocabularies.wording import counted

TITLE: Final = "Enrolment"
HEIGHT: Final = 280
STEP: Final = 26
_SERIES: Final = (("enrolled", "enrolled_total"), ("infused", "infused_total"))


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the running totals above the centres."""
    found = rows(report, options)
    total, slots = report["total"], report["slots"]
    about = [
        f"{total['screened']} screened, {total['enrolled']} enrolled, {total['infused']} infused",
        f"{counted(total['screen_failed'], 'screen failure')}, {total['off_study']} off study",
    ]
    if slots["left"] is not None:
        about.append(f"{slots['left']} of {counted(slots['total'], 'slot')} left")
    months = [row for row in found if row["month"]]
    if not months:
        return nobody(report, TITLE, "No subjects enrolled as of this data cut.", about)
    centres = [row for row in found if row["centre"]]
    picture = alt.vconcat(_accrual(months, target(report)), _centres(centres), spacing=28)
    return finished(picture, report, TITLE, about)


def _accrual(months: list[Row], aim: int | None) -> Picture:
    first = months[0]["month"]
    totals = [{"at": f"{first}-01", "series": name, "subjects": 0} for name, _ in _SERIES] + [
        {"at": _next_month(row["month"]), "series": name, "subjects": row[member]}
        for row in months
        for name, member in _SERIES
    ]
    highest = max(aim or 0, *(row["subjects"] for row in totals))
    at = alt.X("at:T", axis=alt.Axis(title="Month", format="%b %Y", grid=False, labelAngle=0))
    subjects = alt.Y(
        "subjects:Q",
        scale=alt.Scale(domain=[0, highest * 1.1], nice=False),
        axis=alt.Axis(title="Subjects, running total", tickMinStep=1),
    )
    names = [name for name, _ in _SERIES]
    lines = (
        alt.Chart(values(totals))
        .mark_line(strokeWidth=2.2)
        .encode(
            x=at,
            y=subjects,
            color=alt.Color(
                "series:N",
                scale=alt.Scale(domain=names, range=[BLUE, VERMILION]),
                legend=alt.Legend(
                    title=None,
                    orient="top",
                    direction="horizontal",
                    symbolType="stroke",
                    symbolSize=300,
                ),
            ),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]])
            ),
        )
    )
    layers = [lines]
    if aim is not None:
        goal = alt.Chart(values([{"subjects": aim, "said": f"target {aim}"}])).encode(y=subjects)
        layers += [
            goal.mark_rule(strokeDash=[2, 3], color=INK),
            goal.mark_text(align="right", baseline="bottom", dy=-3).encode(
                text="said:N", x=alt.value(WIDTH)
            ),
        ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _centres(centres: list[Row]) -> Picture:
    centre = alt.Y("centre:N", axis=alt.Axis(title="Centre", ticks=False))
    highest = max(max(row["screened_total"], row["planned"] or 0) for row in centres)
    planned = any(row["planned"] is not None for row in centres)
    marks = "outer bar: enrolled, inner bar: infused" + (", line: planned" if planned else "")
    subjects = alt.X(
        "enrolled_total:Q",
        scale=alt.Scale(domain=[0, max(highest, 1) * 1.25], nice=False),
        axis=alt.Axis(title=f"Subjects ({marks})", tickMinStep=1, grid=False),
    )
    base = alt.Chart(values([row | {"said": _said(row)} for row in centres])).encode(y=centre)
    layers = [
        base.mark_bar(fill="#d6e6f2", stroke=BLUE, size=16).encode(x=subjects),
        base.mark_bar(fill=BLUE, size=7).encode(x="infused_total:Q"),
        base.mark_text(align="left", dx=6, fontSize=10, color=QUIET)
        .encode(x="end:Q", text="said:N")
        .transform_calculate(end="max(datum.enrolled_total, datum.planned || 0)"),
    ]
    if planned:
        layers.append(
            base.transform_filter("isValid(datum.planned)")
            .mark_tick(thickness=2, size=20, color=INK)
            .encode(x="planned:Q")
        )
    return alt.layer(*layers).properties(width=WIDTH, height=STEP * len(centres))


def _said(row: Row) -> str:
    planned = f" of {row['planned']} planned" if row["planned"] is not None else ""
    return f"{row['enrolled_total']} enrolled{planned}, {row['infused_total']} infused"


def _next_month(month: str) -> str:
    """Give the first day after a month, as which its totals stand."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}-01"
