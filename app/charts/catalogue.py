"""Each picture by the name in its address. Importing this imports what draws: hundreds of MB."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.charts import (
    adverse_events,
    car_kinetics,
    enrolment,
    kaplan_meier,
    lab_series,
    lab_shift,
    response_over_time,
    response_waterfall,
    subject_markers,
    subject_timeline,
    swimmer,
)
from app.charts.tables.row import Report

Draw = Callable[[Report, Mapping[str, Any]], dict[str, Any]]

PICTURES: Final[Mapping[str, Draw]] = {
    "swimmer": swimmer.drawn,
    "kaplan-meier": kaplan_meier.drawn,
    "response-waterfall": response_waterfall.drawn,
    "response-over-time": response_over_time.drawn,
    "car-kinetics": car_kinetics.drawn,
    "adverse-events": adverse_events.drawn,
    "lab-shift": lab_shift.drawn,
    "lab-series": lab_series.drawn,
    "enrolment": enrolment.drawn,
    "subject-timeline": subject_timeline.drawn,
    "subject-markers": subject_markers.drawn,
}
