"""How the lines of an import are read, each on its own."""

import io
import json
from typing import Any

import pytest

from app.schemas.lab_result import LAB_RESULTS
from app.services.import_lines import BLOCK, LONGEST_LINE, Line, raw_lines, read_lines, result

LAB = {**LAB_RESULTS.example, "kind": "lab-results", "subject": "03-001", "source_id": "LIS:1"}


def read(body: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(body)))


def one(sent: Any) -> Line:
    (line,) = read(json.dumps(sent).encode())
    return line


def codes(line: Line) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in line.errors]


def test_a_sound_line_is_a_record_of_its_kind() -> None:
    line = one(LAB)
    assert line.errors == []
    assert (line.number, line.kind, line.subject, line.source_id) == (
        1, LAB_RESULTS, "03-001", "LIS:1",
    )  # fmt: skip
    assert line.payload is not None
    row = json.loads(line.row + "}")
    assert (row["value"], row["analyte"], row["source_id"]) == ("18", "PLT", "LIS:1")
    assert not {"kind", "subject"} & set(row)


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"\n \r\n\t\n", [], id="blank lines"),
        pytest.param(b"{}", [1], id="no line end"),
        pytest.param(b"{}\n", [1], id="a line end"),
        pytest.param(b"{}\r\n{}\r\n", [1, 2], id="CRLF"),
        pytest.param(b"\n{}\n\n{}", [2, 4], id="numbers count blank lines"),
        pytest.param(b"{}\r{}", [1], id="a bare CR ends no line"),
    ],
)
def test_lines_are_numbered_as_an_editor_does(body: bytes, numbers: list[int]) -> None:
    assert [line.number for line in read(body)] == numbers


@pytest.mark.parametrize("octets", [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, LONGEST_LINE - 1])
def test_a_line_is_whole_wherever_it_lies(octets: int) -> None:
    body = b"x" * octets + b"\n y\r\n\n" + b"z" * octets
    whole = [(1, b"x" * octets), (2, b"y"), (4, b"z" * octets)]
    assert list(raw_lines(io.BytesIO(body))) == whole


@pytest.mark.parametrize("octets", [LONGEST_LINE, LONGEST_LINE + BLOCK, 3 * LONGEST_LINE])
def test_a_line_that_is_too_long_costs_no_other(octets: int) -> None:
    body = b"x\n" + b"y" * octets + b"\nz\n" + b"y" * (octets + 1)
    assert list(raw_lines(io.BytesIO(body))) == [(1, b"x"), (2, None), (3, b"z"), (4, None)]


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(LONGEST_LINE, "unknown_kind", id="the longest"),
        pytest.param(LONGEST_LINE + 1, "line_too_long", id="one more"),
        pytest.param(5 * LONGEST_LINE, "line_too_long", id="far too long"),
    ],
)
def test_a_line_has_a_limit_and_the_next_one_is_read(octets: int, code: str) -> None:
    long = b'{"kind":"' + b"x" * (octets - 12) + b'"}\n'
    assert len(long) == octets
    first, second = read(long + json.dumps(LAB).encode())
    assert first.errors[0]["code"] == code
    assert (second.number, second.errors) == (2, [])


def test_a_line_that_is_too_long_may_be_the_last() -> None:
    (line,) = read(b"x" * (LONGEST_LINE + 10))
    assert codes(line) == [("", "line_too_long")]


@pytest.mark.parametrize(
    ("changes", "retracts", "refused"),
    [
        pytest.param({"retracted": True, "reason": "Wrong."}, True, [], id="retraction"),
        pytest.param({"retracted": False}, False, [], id="said not to be one"),
        pytest.param({"retracted": True}, True, [("/reason", "missing")], id="no reason"),
        pytest.param(
            {"retracted": "true", "reason": "Wrong."},
            False,
            [("/retracted", "not_a_boolean")],
            id="a word",
        ),
        pytest.param(
            {"retracted": None}, False, [("/retracted", "not_a_boolean")], id="null is no word"
        ),
        pytest.param(
            {"retracted": True, "reason": "Wrong.", "source_id": 7},
            True,
            [("/source_id", "string_type")],
            id="a source_id that is none",
        ),
        pytest.param(
            {"retracted": True, "reason": "Wrong.", "source_id": None},
            True,
            [("/source_id", "missing")],
            id="no source_id",
        ),
    ],
)
def test_a_retraction_says_so_and_why(
    changes: dict[str, Any], retracts: bool, refused: list[tuple[str, str]]
) -> None:
    line = one({**LAB, **changes})
    assert (line.payload is None) == retracts
    assert codes(line) == refused


def test_every_error_of_a_line_is_said_at_once() -> None:
    line = one(
        {**LAB, "subject": 3, "source_id": None, "reason": "", "value": "x", "specimen": "tea"}
    )
    assert sorted(codes(line)) == [
        ("/reason", "string_too_short"),
        ("/source_id", "missing"),
        ("/specimen", "not_a_code"),
        ("/subject", "unknown_subject"),
        ("/value", "not_a_number"),
    ]


def test_a_line_of_an_unknown_kind_keeps_its_source_id() -> None:
    assert one({**LAB, "kind": "labs"}).source_id == "LIS:1"
    assert one({**LAB, "kind": "labs", "source_id": 7}).source_id is None


def test_a_result_says_where_and_not_what() -> None:
    line = one({**LAB, "value": "31x", "laboratory": "Labor Süd\t"})
    written = result(line, "rejected", {})
    assert json.loads(written) == {
        "line": 1,
        "status": "rejected",
        "source_id": "LIS:1",
        "kind": "lab-results",
        "errors": line.errors,
    }
    assert "31x" not in written
    assert "Labor" not in written
