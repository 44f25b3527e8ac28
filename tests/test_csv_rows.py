"""How rows are written as CSV: for programs as they are, for people so that nothing runs."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from app.csv_rows import BYTE_ORDER_MARK, CsvForm, guarded, written_rows, written_table

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "-2-3", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
            "  =1", "\uff1d1+1", "-", "+", "--1", "-1e", "=\"x\"", "-1,5",
            "+49 89 1234"]  # fmt: skip
NO_FORMULAS = ["-97.5", "-0", "+5", "1e-05", "-1E+3", "CRS", "3+4", "a=b", "", "'=1", "2026-03",
               "<0.5", "1-2", "\u00c5ngstr\u00f6m"]  # fmt: skip


def read(written: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"
    rows = [{"term": text}]
    assert read(written_table(["term"], rows, CsvForm.SPREADSHEET)) == [["term"], [f"'{text}"]]
    assert read(written_table(["term"], rows)) == [["term"], [text]]


@pytest.mark.parametrize("text", NO_FORMULAS)
def test_a_text_that_would_not_run_stays(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, "-3"),
        (Decimal("-2.50"), "-2.50"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ([], "[]"),
        ('say "no", twice', 'say "no", twice'),
        ("two\nlines", "two\nlines"),
    ],
)
@pytest.mark.parametrize("form", list(CsvForm))
def test_a_value_is_one_cell(value: Any, cell: str, form: CsvForm) -> None:
    assert read(written_table(["a", "b"], [{"a": value, "b": 1}], form))[1] == [cell, "1"]


def test_there_is_one_header_and_lines_end_with_crlf() -> None:
    assert written_table(["a", "b"], [{"b": "2"}]) == "a,b\r\n,2\r\n"
    assert written_rows(["a"], [{"a": "1"}, {"a": "2"}]) == "1\r\n2\r\n"
    assert written_table(["a"], [], CsvForm.SPREADSHEET) == "\ufeffa\r\n"
