"""One subject's myeloma markers and CAR-T cells under one another, its responses marked."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import BLUE, GREEN, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.row import Report, Row
from app.charts.tables.subject_markers import CELLS, MARKERS, RESPONSE, rows

HEIGHT: Final = 150
SHAPES: Final = (
    ("circle", BLUE),
    ("square", VERMILION),
    ("diamond", GREEN),
    ("triangle-up", INK),
    ("cross", QUIET),
)
"""Shape and colour of the series of a panel, in their order."""
UNITS: Final[Mapping[str, str]] = {
    "mg/(24.h)": "mg/24 h",
    "{copies}/ug": "copies/µg DNA",
    "{copies}/mL": "copies/mL",
    "%": "% of CD3+",
    "/uL": "cells/µL",
}


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a panel for each marker and each unit of cells, on one axis of days.

    On a logarithmic scale, which has no place for it, 0 stands at half the lowest value shown, as a
    hollow triangle; on both, a result below the limit of quantification stands at half of it so.
    """
    title = f"Markers of subject {report['subject']}"
    found = rows(report, options)
    logarithmic = options.get("scale", "linear") == "log"
    about = [f"{'logarithmic' if logarithmic else 'linear'} scale", source(report)]
    about.append("dashed: the category changes there")
    if report["n_not_shown"]:
        about.append(f"{report['n_not_shown']} held for an error or in no such unit, not shown")
    measured = [row for row in found if row["marker"] != RESPONSE]
    if not measured:
        return nobody(report, title, "No values of markers as of this data cut.", about)
    about.append("hollow triangle: below the limit, at half of it; or 0 on a logarithmic scale")
    responses = [row for row in found if row["marker"] == RESPONSE]
    days = [row["days"] for row in (*measured, *responses)]
    across = alt.Scale(domain=[min(days) - 3, max(*days, 28) + 3], nice=False)
    panels = _panels(measured)
    parts = [
        _panel(
            one,
            _changes(responses),
            across,
            since=f"Days since {report['origin_is']}" if place == len(panels) - 1 else None,
            labelled=place == 0,
            logarithmic=logarithmic,
        )
        for place, one in enumerate(panels)
    ]
    picture = alt.vconcat(*parts, spacing=14).resolve_scale(
        color="independent", shape="independent", y="independent"
    )
    return finished(picture, report, title, about)


def _panels(measured: Sequence[Row]) -> list[list[Row]]:
    """Give what is drawn together: one marker in one unit, the myeloma's before the cells'."""
    names = [*MARKERS.values(), CELLS]
    kinds = sorted(
        {(names.index(row["marker"]), row["unit"]) for row in measured},
        key=lambda kind: (kind[0], kind[1]),
    )
    return [
        [row for row in measured if (names.index(row["marker"]), row["unit"]) == kind]
        for kind in kinds
    ]


def _changes(responses: Sequence[Row]) -> list[Row]:
    """Give the evaluations whose category is not that of the one before."""
    return [
        row
        for at, row in enumerate(responses)
        if at == 0 or responses[at - 1]["series"] != row["series"]
    ]


def _panel(
    found: Sequence[Row],
    changes: Sequence[Row],
    across: alt.Scale,
    *,
    since: str | None,
    labelled: bool,
    logarithmic: bool,
) -> Picture:
    shown = _placed(found, logarithmic=logarithmic)
    axis = alt.Axis(title=since, grid=False) if since else alt.Axis(title=None, labels=False)
    day = alt.X("days:Q", scale=across, axis=axis)
    unit = UNITS.get(found[0]["unit"], found[0]["unit"])
    name = str(found[0]["marker"])
    scale = alt.Scale(type="log", nice=True) if logarithmic else alt.Scale(zero=True)
    level = alt.Y(
        "level:Q",
        scale=scale,
        axis=alt.Axis(
            title=f"{name[:1].upper()}{name[1:]} ({unit})", titleFontSize=10.5, tickCount=4
        ),
    )
    series = list(dict.fromkeys(row["series"] for row in shown))
    styles = [SHAPES[place % len(SHAPES)] for place in range(len(series))]
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=series, range=[style[1] for style in styles]),
        legend=alt.Legend(title=None, symbolType="circle") if len(series) > 1 else None,
    )
    shape = alt.Shape(
        "series:N",
        scale=alt.Scale(domain=series, range=[style[0] for style in styles]),
        legend=alt.Legend(title=None) if len(series) > 1 else None,
    )
    base = alt.Chart(values(shown)).encode(x=day, y=level)
    layers = [
        *_marked(changes, day, labelled=labelled),
        base.mark_line(strokeWidth=1.2).encode(color=colour, strokeDash=_dashes(series)),
        base.transform_filter("!datum.at_limit")
        .mark_point(filled=True, size=42, opacity=1)
        .encode(color=colour, shape=shape),
        base.transform_filter("datum.at_limit").mark_point(
            shape="triangle-down", size=42, color=INK, fill="#ffffff", filled=False, opacity=1
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _dashes(series: Sequence[str]) -> alt.StrokeDash:
    dashes = [[1, 0], [5, 3], [2, 2], [8, 3, 2, 3], [1, 3]]
    chosen = [dashes[place % len(dashes)] for place in range(len(series))]
    return alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=list(series), range=chosen), legend=None
    )


def _marked(changes: Sequence[Row], day: alt.X, *, labelled: bool) -> list[Picture]:
    if not changes:
        return []
    base = alt.Chart(values(changes)).encode(x=day)
    rule = base.mark_rule(color=QUIET, strokeWidth=0.8, strokeDash=[3, 3])
    if not labelled:
        return [rule]
    text = base.mark_text(align="left", dx=2, dy=-3, baseline="bottom", fontSize=9)
    return [rule, text.encode(y=alt.value(0), text="series:N")]


def _placed(found: Sequence[Row], *, logarithmic: bool) -> list[Row]:
    """Give each value its height: what stands for one below a limit, or for 0, is said to."""
    levels = [row["value"] for row in found if row["value"]]
    levels += [row["lloq"] for row in found if row["value"] is None and row["lloq"]]
    lowest = min(levels, default=1.0)
    placed = []
    for row in found:
        level, at_limit = row["value"], False
        if level is None:
            level, at_limit = (row["lloq"] or lowest) / 2, True
        if logarithmic and level <= 0:
            level, at_limit = lowest / 2, True
        placed.append({**row, "level": level, "at_limit": at_limit})
    return placed
