"""The rows behind each picture, by the name in its address."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

from app.charts.named_charts import CHARTS, module_of
from app.charts.tables.row import Report, Row

Tabulate = Callable[[Report, Mapping[str, Any]], list[Row]]

TABLES: Final[Mapping[str, Tabulate]] = {
    name: import_module(f"app.charts.tables.{module_of(name)}").rows for name in CHARTS
}
