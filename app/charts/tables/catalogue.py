"""The rows behind each picture, by the name in its address."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.charts.tables import (
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
from app.charts.tables.row import Report, Row

Tabulate = Callable[[Report, Mapping[str, Any]], list[Row]]

TABLES: Final[Mapping[str, Tabulate]] = {
    "swimmer": swimmer.rows,
    "kaplan-meier": kaplan_meier.rows,
    "response-waterfall": response_waterfall.rows,
    "response-over-time": response_over_time.rows,
    "car-kinetics": car_kinetics.rows,
    "adverse-events": adverse_events.rows,
    "lab-shift": lab_shift.rows,
    "lab-series": lab_series.rows,
    "enrolment": enrolment.rows,
    "subject-timeline": subject_timeline.rows,
    "subject-markers": subject_markers.rows,
}
