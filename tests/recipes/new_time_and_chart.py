"""The recipes for a new time to an event and for a new picture, followed once each.

They are what `CONTRIBUTING.md` says under "A new time to an event" and "A new picture".
"""

from typing import Final

from tests.recipes.tree import Tree

TIME: Final = "failure-free-survival"
TITLE: Final = "Failure-free survival"
CHART: Final = "screened-by-centre"

_RULE: Final = """\
    "failure-free-survival": NamedTime(
        derive=lambda facts, of: event_free_survival(facts, definition="pfs", horizon=of.horizon),
        words=lambda _: "progression or death of any cause, whatever was given",
        parts={"failure": ("event", {})},
    ),
"""
_WORDS: Final = """\
    "failure-free-survival": TimeWords("Failure-free survival", "Free of failure (%)"),
"""

_ROWS: Final = '''\
"""How many subjects each centre screened."""

from collections.abc import Mapping
from typing import Any, Final

from app.charts.tables.row import Report, Row

COLUMNS: Final = ("centre", "screened")


def rows(report: Report, _: Mapping[str, Any]) -> list[Row]:
    """Give a row for each centre."""
    return [
        {"centre": one["centre"], "screened": one["screened"]} for one in report["by_centre"]
    ]
'''
_DRAWN: Final = '''\
"""How many subjects each centre screened, as bars."""

from collections.abc import Mapping
from typing import Any

import altair as alt

from app.charts.caption import finished, values
from app.charts.tables.row import Report
from app.charts.tables.screened_by_centre import rows


def drawn(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a bar for each centre."""
    bars = alt.Chart(values(rows(report, options))).mark_bar().encode(x="screened:Q", y="centre:N")
    return finished(bars, report, "Screened by centre")
'''
_CHART: Final = """\
    "screened-by-centre": Chart(
        asks="cohort", shows="how many each centre screened", endpoint="enrolment"
    ),
"""


def a_time(tree: Tree) -> None:
    """Add a time to an event."""
    tree.insert(
        "app/services/derivations/time_to_event/named_times.py",
        _RULE,
        before='}\n"""By the name in the address.',
    )
    tree.insert(
        "app/vocabularies/times_to_event.py", _WORDS, before='}\n"""By the name in the address,'
    )


def a_chart(tree: Tree) -> None:
    """Add a picture."""
    tree.write("app/charts/tables/screened_by_centre.py", _ROWS)
    tree.write("app/charts/screened_by_centre.py", _DRAWN)
    tree.insert("app/charts/named_charts.py", _CHART, before="}\n\n\ndef module_of")
