"""The rows behind each picture, by the name in its address."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.charts.tables import kaplan_meier
from app.charts.tables.row import Report, Row

Tabulate = Callable[[Report, Mapping[str, Any]], list[Row]]

TABLES: Final[Mapping[str, Tabulate]] = {
    "kaplan-meier": kaplan_meier.rows,
}
