"""A time to an event: the curve with its band and censor ticks, and who was at risk beneath."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import BLUE, INK, QUIET, WIDTH
from app.charts.tables.kaplan_meier import COUNTS, at_risk, rows
from app.charts.tables.row import Report, Row
from app.vocabularies.times_to_event import TIMES_TO_EVENT

HEIGHT: Final = 340
ROW: Final = 17
"""Height of a line of the table, in pixels."""

TICK: Final = "M0,-1L0,1"


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the curve over its table."""
    title, steps = TIMES_TO_EVENT[report["endpoint"]].title, rows(report, options)
    about = _about(report)
    if not steps:
        return nobody(report, title, "No subjects have this time as of this data cut.", about)
    last = max(report["horizon_months"], 6 * -(-steps[-1]["months"] // 6))
    scale = alt.Scale(domain=[0, last], nice=False)
    ticks = list(range(0, int(last) + 1, 6))
    picture = alt.vconcat(
        _curve(report, steps, scale, ticks), _table(report, scale), spacing=12
    ).resolve_scale(x="shared")
    return finished(picture, report, title, about)


def _curve(report: Report, steps: list[Row], scale: alt.Scale, ticks: list[int]) -> Picture:
    months = alt.X(
        "months:Q",
        scale=scale,
        axis=alt.Axis(title=f"Months since {_origin(report)}", values=ticks, grid=False),
    )
    share = alt.Y(
        "survival_percent:Q",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(title=TIMES_TO_EVENT[report["endpoint"]].share, tickCount=5),
    )
    base = alt.Chart(values(steps)).encode(x=months)
    band = base.transform_filter("isValid(datum.lower_percent)").mark_area(
        interpolate="step-after", color=BLUE, opacity=0.16
    )
    censored = (
        base.transform_filter("datum.n_censor > 0")
        .mark_point(shape=TICK, size=60, strokeWidth=1.2, color=INK)
        .encode(y=share)
    )
    layers = [
        band.encode(y="lower_percent:Q", y2="upper_percent:Q"),
        base.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2.2).encode(y=share),
        censored,
        *_median(report, scale),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _median(report: Report, scale: alt.Scale) -> list[Picture]:
    """Lead from 50 % to the curve and down to the axis, where the median was reached."""
    median = report["median"]["estimate_months"]
    if median is None:
        return []
    corners = [(0, 50), (median, 50), (median, 0)]
    path = [{"at": at, "months": x, "percent": y} for at, (x, y) in enumerate(corners)]
    line = (
        alt.Chart(values(path))
        .mark_line(strokeDash=[5, 4], strokeWidth=1.1, color=QUIET)
        .encode(
            x=alt.X("months:Q", scale=scale),
            y=alt.Y("percent:Q"),
            order=alt.Order("at:Q"),
        )
    )
    label = (
        alt.Chart(values([{"months": median, "percent": 50, "said": f"median {median:.1f}"}]))
        .mark_text(align="left", baseline="bottom", dx=5, dy=-3)
        .encode(x=alt.X("months:Q", scale=scale), y="percent:Q", text="said:N")
    )
    return [line, label]


def _table(report: Report, scale: alt.Scale) -> Picture:
    names = [name for name, _ in COUNTS]
    axis = alt.Axis(
        title=None, domain=False, ticks=False, labelFontWeight="bold", labelPadding=20, grid=False
    )
    return (
        alt.Chart(values(at_risk(report)))
        .mark_text(fontSize=11)
        .encode(
            x=alt.X("months:Q", scale=scale, axis=None),
            y=alt.Y("count:N", sort=names, axis=axis),
            text="n:Q",
        )
        .properties(width=WIDTH, height=ROW * len(names))
    )


def _about(report: Report) -> list[str]:
    return [
        f"{report['n_event']} events, {report['n_censored']} censored",
        f"median {_median_words(report)}",
        f"Kaplan-Meier, {100 * report['conf_level']:g} % limits ({report['conf_type']})",
        *_without_baseline(report),
        f"definition: {report['definition']['words']}",
        source(report),
    ]


def _median_words(report: Report) -> str:
    median = report["median"]
    if median["withheld"] is not None:
        return f"not given: {median['withheld']}"
    reached, lower, upper = (
        "not reached" if median[name] is None else f"{median[name]:.1f}"
        for name in ("estimate_months", "lower_months", "upper_months")
    )
    unit = "" if median["estimate_months"] is None else " months"
    return f"{reached}{unit} ({100 * report['conf_level']:g} % CI {lower} to {upper})"


def _without_baseline(report: Report) -> list[str]:
    """Say how many are censored on their first day because nothing was evaluated before."""
    n = report["n_without_baseline"]
    return [f"{n} of {report['n']} without a baseline evaluation"] if n else []


def _origin(report: Report) -> str:
    if report["endpoint"] == "duration-of-response":
        return "first response"
    return str(report["origin"])
