"""Each picture by the name in its address. Importing this imports what draws: hundreds of MB."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.charts import kaplan_meier
from app.charts.tables.row import Report

Draw = Callable[[Report, Mapping[str, Any]], dict[str, Any]]

PICTURES: Final[Mapping[str, Draw]] = {
    "kaplan-meier": kaplan_meier.drawn,
}
