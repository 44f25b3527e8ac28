"""Each picture by the name in its address: what it shows, of which answer, and what it is asked.

A picture ``lab-shift`` has its rows in `tables/lab_shift.py` (``rows``) and is drawn in
`lab_shift.py` (``drawn``). Importing this imports nothing that draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Asks = Literal[
    "cohort",
    "responses",
    "survival",
    "kinetics",
    "adverse events",
    "shifts",
    "series",
    "timeline",
    "markers",
]
"""What a picture can be asked, by a word; the parameters stand in `app/routers/chart_query.py`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture.

    Attributes:
        asks: what it can be asked.
        shows: what is to be seen, as a title.
        endpoint: whose answer it shows; None: the query says, or it is of one subject.
        rows: whether it is of subjects, and seeing it is reading their records; None: it is of
            them only for whom their records are open.
    """

    asks: Asks
    shows: str
    endpoint: str | None = None
    rows: bool | None = False


CHARTS: Final[Mapping[str, Chart]] = {
    "swimmer": Chart(
        asks="responses", shows="time on study of each subject", endpoint="swimmer", rows=True
    ),
    "kaplan-meier": Chart(asks="survival", shows="a time to an event"),
    "response-waterfall": Chart(
        asks="responses",
        shows="best change of each subject's marker",
        endpoint="response-waterfall",
        rows=True,
    ),
    "response-over-time": Chart(
        asks="responses", shows="best responses by visit", endpoint="response"
    ),
    "car-kinetics": Chart(
        asks="kinetics", shows="course of the CAR-T cells", endpoint="car-kinetics", rows=None
    ),
    "adverse-events": Chart(
        asks="adverse events", shows="adverse events by worst grade", endpoint="adverse-events"
    ),
    "lab-shift": Chart(
        asks="shifts", shows="shifts of laboratory grades", endpoint="lab-abnormalities"
    ),
    "lab-series": Chart(asks="series", shows="a subject's results of one analyte", rows=True),
    "enrolment": Chart(asks="cohort", shows="accrual against the target", endpoint="enrolment"),
    "subject-timeline": Chart(asks="timeline", shows="what happened to a subject", rows=True),
    "subject-markers": Chart(
        asks="markers", shows="a subject's myeloma markers and CAR-T cells over time", rows=True
    ),
}


def module_of(name: str) -> str:
    """Give the name of the modules of a picture: ``lab-shift`` has ``lab_shift``."""
    return name.replace("-", "_")
