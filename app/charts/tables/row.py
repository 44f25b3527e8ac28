"""Rows behind a picture, and how they are written as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

Report = Mapping[str, Any]
"""A report as JSON has it."""

Row = dict[str, Any]

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def written_as_csv(rows: Sequence[Row]) -> bytes:
    """Write rows under the names of their members (RFC 4180); None is an empty cell.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; a number stays
    one, whatever its sign.
    """
    written = io.StringIO()
    out = csv.writer(written)
    if rows:
        out.writerow(rows[0])
        out.writerows([_cell(value) for value in row.values()] for row in rows)
    return written.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return value
