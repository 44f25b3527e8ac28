"""A subject's results of one analyte over time, with reference range and grades."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, values
from app.charts.style import GRADES, GREEN, INK, QUIET, WIDTH
from app.charts.tables.lab_series import rows
from app.charts.tables.row import Report, Row
from app.vocabularies.wording import counted

HEIGHT: Final = 340
SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "0": ("circle", "#ffffff"),
    "1": ("square", GRADES["1"]),
    "2": ("triangle-up", GRADES["2"]),
    "3": ("diamond", GRADES["3"]),
    "4": ("cross", GRADES["4"]),
    "not graded": ("M-1,0L1,0", "#ffffff"),
}
"""Grade: shape and colour."""


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the results against the days since the infusion, or against the calendar without one."""
    title = f"{report['name'][:1].upper()}{report['name'][1:]} ({report['analyte']})"
    found = rows(report, options)
    about = [counted(len(found), "result")]
    if report["n_not_shown"]:
        about.append(f"{report['n_not_shown']} in words or another unit not shown")
    factors = sorted({row["restated_by"] for row in found if row["restated_by"]})
    if factors:
        about.append(
            f"other units restated by {'; '.join(factors)}; grades are of the unit reported"
        )
    if any(row["scale"] == "baseline" for row in found):
        about.append(
            "grades in multiples of an abnormal baseline, the baseline's own by the limits"
        )
    if report["n_not_plausible"]:
        about.append(f"{report['n_not_plausible']} not plausible and not shown")
    about += _of_the_range(found)
    if not found:
        return nobody(report, title, "No results of this analyte as of this data cut.", about)
    return finished(_series(report, found), report, title, about)


def _of_the_range(found: list[Row]) -> list[str]:
    """Say what the green lines are; a laboratory that gave one limit has no band."""
    given = [[row[limit] is not None for limit in ("lower_limit", "upper_limit")] for row in found]
    if any(map(all, given)):
        return ["band: reference range of the laboratory"]
    return ["dashed: limit of the laboratory's reference range"] if any(map(any, given)) else []


def _series(report: Report, found: list[Row]) -> Picture:
    shown = [
        row | {"grade_name": "not graded" if row["grade"] is None else str(row["grade"])}
        for row in found
    ]
    if report["infused_on"] is None:
        at: alt.X = alt.X("collected_on:T", axis=alt.Axis(title="Day of collection", grid=False))
    else:
        at = alt.X("day:Q", axis=alt.Axis(title="Days since infusion", grid=False))
    heights = [row["value"] for row in shown]
    scale = alt.Scale(zero=min(heights) < 0.5 * max(heights))
    level = alt.Y(
        "value:Q", scale=scale, axis=alt.Axis(title=f"{report['name']} ({report['unit']})")
    )
    base = alt.Chart(values(shown)).encode(x=at)
    names = [name for name in SHAPES if any(row["grade_name"] == name for row in shown)]
    layers = [*_range(base, scale), *_infusion(report)]
    layers += [
        base.mark_line(color=QUIET, strokeWidth=0.9).encode(y=level),
        base.mark_point(filled=True, size=42, opacity=1, stroke=INK, strokeWidth=0.8).encode(
            y=level,
            shape=alt.Shape(
                "grade_name:N",
                scale=alt.Scale(domain=names, range=[SHAPES[name][0] for name in names]),
                legend=alt.Legend(
                    title="CTCAE grade", symbolFillColor="#ffffff", symbolStrokeWidth=1.2
                ),
            ),
            fill=alt.Fill(
                "grade_name:N",
                scale=alt.Scale(domain=names, range=[SHAPES[name][1] for name in names]),
                legend=None,
            ),
        ),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _range(base: Picture, scale: alt.Scale) -> list[Picture]:
    both = base.transform_filter("isValid(datum.lower_limit) && isValid(datum.upper_limit)")
    limits = [
        base.transform_filter(f"isValid(datum.{limit})")
        .mark_line(interpolate="step-after", color=GREEN, strokeDash=[5, 3], strokeWidth=1)
        .encode(y=alt.Y(f"{limit}:Q", scale=scale))
        for limit in ("lower_limit", "upper_limit")
    ]
    band = both.mark_area(interpolate="step-after", color=GREEN, opacity=0.1).encode(
        y=alt.Y("lower_limit:Q", scale=scale), y2="upper_limit:Q"
    )
    return [band, *limits]


def _infusion(report: Report) -> list[Picture]:
    if report["infused_on"] is None:
        return []
    base = alt.Chart(values([{"day": 0, "said": "infusion"}])).encode(x="day:Q")
    return [
        base.mark_rule(color=INK, strokeWidth=1, strokeDash=[2, 2]),
        base.mark_text(align="left", dx=4, dy=-4, baseline="bottom").encode(
            y=alt.value(0), text="said:N"
        ),
    ]
