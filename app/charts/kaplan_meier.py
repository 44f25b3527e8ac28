"""A time to an event: the curve with its band and censor ticks, and who was at risk beneath."""

from collections.abc import Mapping
from typing import Any, Final

import altair as alt

from app.charts.caption import Picture, finished, nobody, source, values
from app.charts.style import BLUE, FEWEST_FOR_A_LINE, INK, QUIET, WIDTH
from app.charts.tables.kaplan_meier import COUNTS, at_risk, rows
from app.charts.tables.row import Report, Row
from app.vocabularies.times_to_event import TIMES_TO_EVENT
from app.vocabularies.wording import NOT_REACHED, between, counted

HEIGHT: Final = 340
ROW: Final = 17
"""Height of a line of the table, in pixels."""
SHORTEST_AXIS: Final = 1
"""Months of an axis whose data end before."""

ON_EVALUATIONS: Final = frozenset({"progression-free-survival", "duration-of-response"})
"""Times that censor who has no baseline evaluation on the first day."""
A_MOMENT: Final = 1e-9
"""Months by which two ways of reckoning the same time may differ."""
TICK: Final = "M0,-1L0,1"


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the curve over its table.

    The axis ends with the data, or with the ``horizon`` of the options, in months, where that is
    later: nothing of a curve is ever cut off.
    """
    title, steps = TIMES_TO_EVENT[report["endpoint"]].title, rows(report, options)
    about = _about(report, steps)
    if not steps:
        return nobody(report, title, "No subjects have this time as of this data cut.", about)
    last = max(SHORTEST_AXIS, steps[-1]["months"], options.get("horizon", 0))
    scale = alt.Scale(domain=[0, last], nice=False)
    picture = alt.vconcat(
        _curve(report, steps, scale, _ticks(last)), _table(report, scale, last), spacing=12
    ).resolve_scale(x="shared")
    return finished(picture, report, title, about)


def _ticks(last: float) -> list[int]:
    """Give the months under the axis: half-yearly, quarterly or monthly as the axis is long."""
    apart = 6 if last > 12 else 3 if last > 6 else 1
    return list(range(0, int(last) + 1, apart))


def _curve(report: Report, steps: list[Row], scale: alt.Scale, ticks: list[int]) -> Picture:
    months = alt.X(
        "months:Q",
        scale=scale,
        axis=alt.Axis(
            title=f"Months since {_origin(report)}", values=ticks, format="d", grid=False
        ),
    )
    share = alt.Y(
        "survival_percent:Q",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(title=TIMES_TO_EVENT[report["endpoint"]].share, tickCount=5),
    )
    base = alt.Chart(values(steps)).encode(x=months)
    band = (
        alt.Chart(values(_band(steps)))
        .encode(x=months)
        .mark_area(interpolate="step-after", color=BLUE, opacity=0.16)
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
        *_median(report, steps, scale),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _band(steps: list[Row]) -> list[Row]:
    """Give the steps with limits, and the step at which the last of them end."""
    known = [row for row in steps if row["lower_percent"] is not None]
    beyond = next((row for row in steps if row["months"] > known[-1]["months"]), None)
    if beyond is None:
        return known
    return [*known, {**known[-1], "months": beyond["months"]}]


def _median(report: Report, steps: list[Row], scale: alt.Scale) -> list[Picture]:
    """Lead from 50 % to the curve and down to the axis, where enough subjects stand behind it."""
    median, n = report["median"]["estimate_months"], _at_the_median(report, steps)
    if median is None or n < FEWEST_FOR_A_LINE:
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
    said = f"median {median:.1f}, n = {n}"
    label = (
        alt.Chart(values([{"months": median, "percent": 50, "said": said}]))
        .mark_text(align="left", baseline="bottom", dx=5, dy=-3)
        .encode(x=alt.X("months:Q", scale=scale), y="percent:Q", text="said:N")
    )
    return [line, label]


def _at_the_median(report: Report, steps: list[Row]) -> int:
    """Count the subjects at risk at the median; 0: it was not reached.

    Source: the trial's endpoint definitions, section 4, a line drawn over subjects.

    Decision: behind the line of a median stand those who are at risk at its time.
    """
    median = report["median"]["estimate_months"]
    if median is None:
        return 0
    return next((int(row["n_risk"]) for row in steps if row["months"] >= median - A_MOMENT), 0)


def _table(report: Report, scale: alt.Scale, last: float) -> Picture:
    """Write who was at risk, at the report's landmarks that the axis comes to."""
    names = [name for name, _ in COUNTS]
    axis = alt.Axis(
        title=None, domain=False, ticks=False, labelFontWeight="bold", labelPadding=20, grid=False
    )
    return (
        alt.Chart(values([row for row in at_risk(report) if row["months"] <= last]))
        .mark_text(fontSize=11)
        .encode(
            x=alt.X("months:Q", scale=scale, axis=None),
            y=alt.Y("count:N", sort=names, axis=axis),
            text="n:Q",
        )
        .properties(width=WIDTH, height=ROW * len(names))
    )


def _about(report: Report, steps: list[Row]) -> list[str]:
    return [
        f"{counted(report['n_event'], 'event')}, {report['n_censored']} censored",
        f"median {_median_words(report)}",
        *_median_without_line(report, steps),
        f"Kaplan-Meier, band: {100 * report['conf_level']:g} % limits ({report['conf_type']})",
        "ticks: censored",
        *_without_baseline(report),
        f"definition: {report['definition']['words']}",
        source(report),
    ]


def _median_words(report: Report) -> str:
    median = report["median"]
    if median["withheld"] is not None:
        return f"not given: {median['withheld']}"
    reached, lower, upper = (
        None if median[name] is None else f"{median[name]:.1f}"
        for name in ("estimate_months", "lower_months", "upper_months")
    )
    found = NOT_REACHED if reached is None else f"{reached} months"
    return f"{found} ({100 * report['conf_level']:g} % CI {between(lower, upper)})"


def _median_without_line(report: Report, steps: list[Row]) -> list[str]:
    """Say why no line leads to a median that was reached."""
    if report["median"]["estimate_months"] is None:
        return []
    n = _at_the_median(report, steps)
    return [] if n >= FEWEST_FOR_A_LINE else [f"no line to the median: {n} at risk there"]


def _without_baseline(report: Report) -> list[str]:
    """Say how many are censored on their first day because nothing was evaluated before.

    Times that rest on no evaluation, and so lack none, say it only where somebody is counted.
    """
    n = report["n_without_baseline"]
    if not n and report["endpoint"] not in ON_EVALUATIONS:
        return []
    return [f"{n} of {report['n']} without a baseline evaluation"]


def _origin(report: Report) -> str:
    if report["endpoint"] == "duration-of-response":
        return "first response"
    return str(report["origin"])
