"""Expansion and persistence of the CAR-T cells: every subject's course, and the median."""

import math
from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, values
from app.charts.style import BLUE, FEWEST_FOR_A_LINE, INK, QUIET, VERMILION, WIDTH
from app.charts.tables.car_kinetics import samples, summaries, table
from app.charts.tables.row import Report, Row
from app.vocabularies.wording import counted

HEIGHT: Final = 400
HALO: Final = {"color": "#ffffff", "stroke": "#ffffff", "strokeWidth": 3}
"""What is drawn behind a number, so that it can be read upon lines."""
MATRICES: Final[Mapping[str, str]] = {
    "PB": "blood",
    "BM": "bone marrow",
    "CSF": "cerebrospinal fluid",
}
METHODS: Final[Mapping[str, str]] = {
    "qpcr": "quantitative PCR",
    "flow_pct": "flow cytometry, share of CD3+ cells",
    "flow_abs": "flow cytometry, cells counted",
}
UNITS: Final[Mapping[str, str]] = {
    "{copies}/ug": "copies per µg DNA",
    "{copies}/mL": "copies per mL",
    "%": "% of CD3+ cells",
    "/uL": "cells per µL",
}
DAYS: Final = (0, 1, 3, 7, 14, 21, 28, 61, 91, 183, 274, 365, 548, 731, 913, 1096)


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw one matrix and method; the subjects' own courses where the report has them."""
    shown = table(report, options)
    if shown is None:
        return nobody(
            report,
            "CAR-T cells",
            "No samples of this kind as of this data cut.",
            [
                MATRICES.get(options.get("matrix", ""), ""),
                METHODS.get(options.get("method", ""), ""),
            ],
        )
    analyte = shown["analyte"]
    title = f"CAR-T cells in {MATRICES[analyte['matrix']]}"
    courses = samples(report, shown)
    about = [
        METHODS[analyte["method"]] + (" (derived)" if analyte["derived"] else ""),
        f"{counted(shown['n'], 'subject')} with a sample, {shown['expanded']['x']} with expansion",
        "line: median by planned day, with its quartiles and the number of subjects behind it",
        f"none drawn where fewer than {FEWEST_FOR_A_LINE} have a sample",
        "below the limit of quantification (LLOQ): at half of it",
    ]
    if courses:
        about.append("grey: each subject, triangles below the limit")
    return finished(_course(shown, courses), report, title, about)


def _course(shown: Mapping[str, Any], courses: list[Row]) -> Picture:
    planned = summaries(shown)
    last = max([28.0, *(row["days"] for row in (*planned, *courses))])
    x = alt.X(
        "days:Q",
        scale=alt.Scale(type="sqrt", domain=[0, last], nice=False),
        axis=alt.Axis(
            title="Days since infusion (square-root scale)",
            values=[day for day in DAYS if day <= last],
            grid=False,
        ),
    )
    unit = UNITS.get(shown["analyte"]["unit"], shown["analyte"]["unit"])
    decades = _decades(
        [row[name] for row in planned for name in ("median", "lower_quartile", "upper_quartile")]
        + [row["concentration"] for row in courses]
        + [float(limit) for limit in shown["lloq"]]
    )
    scale = alt.Scale(type="log", domain=[decades[0], decades[-1]], nice=False)
    axis = alt.Axis(
        title=f"{unit} (log scale)", values=decades, labelExpr="format(datum.value, ',')"
    )

    def level(member: str) -> alt.Y:
        return alt.Y(f"{member}:Q", scale=scale, axis=axis)

    middle = _in_runs(planned)
    layers: list[Picture] = []
    if courses:
        layers += _spaghetti(courses, x, level("concentration"))
    layers += _limits(shown, level("lloq"))
    quartiles = [row for row in middle if row["lower_quartile"]]
    layers += [
        alt.Chart(values(quartiles))
        .mark_rule(color=BLUE, strokeWidth=2.4)
        .encode(x=x, y=level("lower_quartile"), y2="upper_quartile:Q"),
        alt.Chart(values(middle))
        .mark_line(
            color=BLUE,
            strokeWidth=2.8,
            point=alt.OverlayMarkDef(
                filled=True, fill="#ffffff", stroke=BLUE, size=46, shape="circle"
            ),
        )
        .encode(x=x, y=level("median"), detail="run:N"),
        *(
            alt.Chart(values(middle))
            .mark_text(dy=-12, fontSize=10, **ink)
            .encode(x=x, y=level("median"), text="n:Q")
            for ink in (HALO, {"color": INK})
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _in_runs(planned: list[Row]) -> list[Row]:
    """Give the planned days that enough subjects stand behind, in runs without another between.

    Source: the trial's endpoint definitions, section 4, a line drawn over subjects.
    """
    runs = 0
    drawn_days: list[Row] = []
    for row in planned:
        if row["n"] < FEWEST_FOR_A_LINE:
            runs += 1
        elif row["median"]:
            drawn_days.append({**row, "run": runs})
    return drawn_days


def _decades(levels: list[float | None]) -> list[float]:
    """Give the powers of ten from below the lowest level to above the highest."""
    found = [level for level in levels if level]
    if not found:
        return [1, 10]
    first, last = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found)))
    return [float(f"1e{power}") for power in range(first, max(last, first + 1) + 1)]


def _spaghetti(courses: list[Row], x: alt.X, level: alt.Y) -> list[Picture]:
    base = alt.Chart(values(courses)).encode(x=x, y=level, detail="subject:N")
    return [
        base.mark_line(color="#8c8c8c", strokeWidth=0.8, opacity=0.55),
        base.transform_filter("!datum.below_lloq").mark_circle(
            size=9, color="#8c8c8c", opacity=0.6, aria=False
        ),
        base.transform_filter("datum.below_lloq").mark_point(
            shape="triangle-down", size=22, strokeWidth=0.8, color=QUIET, opacity=0.7
        ),
    ]


def _limits(shown: Mapping[str, Any], level: alt.Y) -> list[Picture]:
    limits = [{"lloq": float(limit), "said": f"LLOQ {float(limit):g}"} for limit in shown["lloq"]]
    if not limits:
        return []
    base = alt.Chart(values(limits)).encode(y=level)
    return [
        base.mark_rule(strokeDash=[6, 4], color=VERMILION, strokeWidth=1.4),
        base.mark_text(align="right", baseline="bottom", dy=-3, color=INK).encode(
            x=alt.value(WIDTH), text="said:N"
        ),
    ]
