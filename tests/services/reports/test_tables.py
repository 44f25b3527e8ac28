"""What an answer comes to as a table."""

import csv
import io
import json
from typing import Any

import pytest

from app.csv_rows import written_table
from app.services.reports.tables import BOARD_COLUMNS, board_table, endpoint_table


def figures(document: Any) -> list[tuple[str, str, str, Any]]:
    _, rows = endpoint_table(json.dumps(document).encode())
    return [(row["table"], row["row"], row["member"], row["value"]) for row in rows]


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        pytest.param({"n": 60}, [("", "", "/n", 60)], id="a count"),
        pytest.param(
            {"rates": {"ORR": {"estimate": 0.7333, "lower": None}}},
            [("", "", "/rates/ORR/estimate", 0.7333), ("", "", "/rates/ORR/lower", None)],
            id="a rate and a limit that was not reached",
        ),
        pytest.param(
            {"curve": [{"time": 0, "survival": 1.0}, {"time": 31, "survival": 0.9833333}]},
            [
                ("/curve", "0", "/time", 0),
                ("/curve", "0", "/survival", 1.0),
                ("/curve", "1", "/time", 31),
                ("/curve", "1", "/survival", 0.9833333),
            ],
            id="a curve",
        ),
        pytest.param(
            {"tables": [{"name": "a", "levels": [{"n": 3}]}, {"levels": []}]},
            [
                ("/tables", "0", "/name", "a"),
                ("/tables/0/levels", "0", "/n", 3),
                ("/tables", "1", "/levels", []),
            ],
            id="a table within a table",
        ),
        pytest.param(
            {"by": {"10*9/L": {"a~b": ["CR", "sCR"]}}},
            [("", "", "/by/10*9~1L/a~0b", ["CR", "sCR"])],
            id="a name with a slash, and values together",
        ),
        pytest.param(
            {"rows": None, "n": 0}, [("", "", "/rows", None), ("", "", "/n", 0)], id="no rows"
        ),
    ],
)
def test_a_figure_is_a_line_with_its_place(
    document: Any, rows: list[tuple[str, str, str, Any]]
) -> None:
    assert figures(document) == rows


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("60", "60"),
        ("1.0", "1.0"),
        ("0.9833333333333333", "0.9833333333333333"),
        ("1e-05", "1e-05"),
        ("-0.0", "-0.0"),
        ("12345678901234567890", "12345678901234567890"),
        ("[58, 1.0, null, 1e-05]", '"[58, 1.0, null, 1e-05]"'),
        ('["2.50"]', '"[""2.50""]"'),
    ],
)
def test_a_number_keeps_its_digits_and_stays_one_within_a_part(written: str, cell: str) -> None:
    table = written_table(*endpoint_table(f'{{"x": {written}}}'.encode()))
    assert table == f"table,row,member,value\r\n,,/x,{cell}\r\n"
    told = f'{{"rows": [{{"USUBJID": "03-001", "of": {{"x": {written}}}}}]}}'
    rows = endpoint_table(told.encode())
    [_, (_, part)] = csv.reader(io.StringIO(written_table(*rows), newline=""))
    assert part == f'{{"x": {written}}}'


def test_rows_have_the_members_of_all_of_them_and_the_subject_first() -> None:
    told = {"n": 2, "rows": [{"days": 31, "USUBJID": "03-001"}, {"USUBJID": "03-002", "on": "x"}]}
    columns, rows = endpoint_table(json.dumps(told).encode())
    assert columns == ["USUBJID", "days", "on"]
    assert rows == [{"days": 31, "USUBJID": "03-001"}, {"USUBJID": "03-002", "on": "x"}]
    assert endpoint_table(b'{"n": 0, "rows": []}') == (["USUBJID"], [])


def test_the_board_is_a_line_a_visit() -> None:
    subject = {"subject": "03-001", "centre": "03", "state": "infused", "infused_on": "2026-03-02"}
    done = {"visit": "D28", "status": "done", "recorded": "done", "on": "2026-03-30"}
    board = {"subjects": [{**subject, "visits": [done],
                           "other_visits": [{"visit": "UNS", "on": "2026-04-02"}]}]}  # fmt: skip
    columns, rows = board_table(json.dumps(board).encode())
    assert columns == BOARD_COLUMNS
    assert rows == [
        {**subject, "scheduled": True, **done},
        {**subject, "scheduled": False, "visit": "UNS", "on": "2026-04-02"},
    ]
