"""The rows behind each picture, by the name in its address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from app.charts.named_charts import CHARTS, module_of
from app.charts.tables.row import Report, Row


@dataclass(frozen=True, slots=True)
class Table:
    """What one picture shows.

    Attributes:
        columns: the members of every row, which a table without rows has too.
        rows: gives them of a report and of what was asked.
    """

    columns: tuple[str, ...]
    rows: Callable[[Report, Mapping[str, Any]], list[Row]]


def _table_of(module: ModuleType) -> Table:
    return Table(module.COLUMNS, module.rows)


TABLES: Final[Mapping[str, Table]] = {
    name: _table_of(import_module(f"app.charts.tables.{module_of(name)}")) for name in CHARTS
}
