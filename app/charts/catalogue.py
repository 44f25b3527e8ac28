"""Each picture by the name in its address. Importing this imports what draws: hundreds of MB."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from app.charts.named_charts import CHARTS, module_of
from app.charts.tables.row import Report

Draw = Callable[[Report, Mapping[str, Any]], dict[str, Any]]

PICTURES: Final[Mapping[str, Draw]] = {
    name: import_module(f"app.charts.{module_of(name)}").drawn for name in CHARTS
}
