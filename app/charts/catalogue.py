"""Each picture by the name in its address. Importing this imports what draws: hundreds of MB."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.charts import (
    adverse_events,
    car_kinetics,
    enrolment,
    kaplan_meier,
    lab_shift,
    response_over_time,
)
from app.charts.tables.row import Report

Draw = Callable[[Report, Mapping[str, Any]], dict[str, Any]]

PICTURES: Final[Mapping[str, Draw]] = {
    "kaplan-meier": kaplan_meier.drawn,
    "response-over-time": response_over_time.drawn,
    "car-kinetics": car_kinetics.drawn,
    "adverse-events": adverse_events.drawn,
    "lab-shift": lab_shift.drawn,
    "enrolment": enrolment.drawn,
}
