"""Rows behind a picture, and how they are written as CSV."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.csv_rows import CsvForm, written_table

Report = Mapping[str, Any]
"""A report as JSON has it."""

Row = dict[str, Any]


def written_as_csv(rows: Sequence[Row], form: CsvForm = CsvForm.PLAIN) -> bytes:
    """Write rows under the names of their members; of no rows there is nothing to write."""
    return written_table(list(rows[0]), rows, form).encode() if rows else b""
