"""Rows as CSV, for every answer that has them: one header, commas, CRLF (RFC 4180), UTF-8.

None is an empty cell, a truth value ``true`` or ``false``, a list or an object its JSON.

There are two forms. The plain one is for machines: each cell is the value, whatever it begins with.
The other is for a person who opens it in a spreadsheet: it begins with a byte order mark, by which
Excel knows UTF-8, and a text that the program would run as a formula gets an apostrophe before it.

Decision: guarded is a text whose first character that is no blank is ``=``, ``+``, ``-``, ``@``, a
tab or a carriage return, also their full-width twins, unless the whole of it is a number. A
negative number is data and stays one; nothing that calculates is a number.

Source: OWASP, CSV Injection, for the characters; RFC 4180 for the rest.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

BYTE_ORDER_MARK: Final = "\ufeff"
_BEGINS_A_FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class CsvForm(StrEnum):
    """For whom a CSV is written."""

    PLAIN = "plain"
    SPREADSHEET = "spreadsheet"


def written_header(columns: Sequence[str], form: CsvForm = CsvForm.PLAIN) -> str:
    """Write the line of the columns, with which a CSV begins."""
    mark = BYTE_ORDER_MARK if form is CsvForm.SPREADSHEET else ""
    return mark + _lines([columns])


def written_rows(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    form: CsvForm = CsvForm.PLAIN,
) -> str:
    """Write rows in the order of the columns; a member that a row lacks is an empty cell."""
    return _lines([_cell(row.get(column), form) for column in columns] for row in rows)


def written_table(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    form: CsvForm = CsvForm.PLAIN,
) -> str:
    """Write a whole CSV: the columns and the rows."""
    return written_header(columns, form) + written_rows(columns, rows, form)


def guarded(text: str) -> str:
    """Give a text as a spreadsheet shows it and does not run it."""
    inner = text.lstrip(" \u00a0")
    if inner.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _cell(value: Any, form: CsvForm) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and form is CsvForm.SPREADSHEET:
        return guarded(value)
    return value


def _lines(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
