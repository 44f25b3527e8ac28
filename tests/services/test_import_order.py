"""What the lines of one file are to each other."""

import io
import json
from typing import Any

import pytest

from app.schemas.adverse_event import ADVERSE_EVENTS
from app.schemas.enrolment import ENROLMENTS
from app.schemas.lab_result import LAB_RESULTS
from app.schemas.record import RecordKind
from app.services.import_lines import Line, read_lines
from app.services.import_order import TURN, FileOrder, order_of


def line(kind: RecordKind, source_id: str, /, **changes: Any) -> bytes:
    subject = {} if kind.one_per_subject else {"subject": "03-001"}
    sent = {**kind.example, **subject, "kind": kind.path, "source_id": source_id, **changes}
    return json.dumps(sent).encode()


def lab(source_id: str, /, **changes: Any) -> bytes:
    return line(LAB_RESULTS, source_id, **changes)


def retraction(source_id: str, /, **changes: Any) -> bytes:
    return lab(source_id, **{"retracted": True, "reason": "Wrong sample.", **changes})


LINES = {
    "corrections": ([lab("1", value="1"), lab("2"), lab("1", value="2"), lab("1")], [1, 3], []),
    "each record once": ([lab("1"), lab("2"), lab("3")], [], []),
    "another kind": ([lab("1"), line(ADVERSE_EVENTS, "1")], [], []),
    "another subject": ([lab("1"), lab("1", subject="03-002")], [], []),
    "a retraction": ([lab("1"), retraction("1")], [1], []),
    "a word after a retraction": ([lab("1"), retraction("1"), lab("1")], [1], [3]),
    "a retraction after a retraction": ([retraction("1"), retraction("1")], [1], []),
    "another's retraction": ([retraction("1", subject="03-002"), lab("1")], [], []),
    "a line that says nothing": ([lab("1"), lab("1", value="many"), b"{}", b"[]"], [], []),
    "a retraction that says nothing": ([retraction("1", reason=None), lab("1")], [], []),
    "an escaped source_id": ([lab("Ä"), lab("1"), lab("Ä").replace(b"\\u00c4", "Ä".encode())],
                             [1], []),
    "an enrolment and what is said of the subject it made": (
        [line(ENROLMENTS, "1"), line(ENROLMENTS, "1", subject="03-001")], [1], []),
    "enrolments of two centres": (
        [line(ENROLMENTS, "1"), line(ENROLMENTS, "1", centre="05")], [], []),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "superseded", "too_late"), LINES.values(), ids=LINES.keys())
async def test_a_file_has_earlier_words_and_last_ones(
    sent: list[bytes], superseded: list[int], too_late: list[int]
) -> None:
    body = io.BytesIO(b"\n".join(sent))
    for order in (FileOrder.of(read_lines(io.BytesIO(body.getvalue()))), await order_of(body)):
        marked: list[Line] = []
        for read in read_lines(io.BytesIO(body.getvalue())):
            sound = not read.errors
            marked.append(order.mark(read))
            if sound and read.errors:
                assert [error["code"] for error in read.errors] == ["record_voided"]
                assert read.number in too_late
        assert [one.number for one in marked if one.superseded] == superseded
        assert {one.number for one in marked if one.errors} >= set(too_late)
    assert body.tell() == 0


async def test_what_is_no_json_does_not_stop_the_reading() -> None:
    odd = [b"\xff", b"[" * 100_000, b"1" * 10_000, b'{"kind": 1, "source_id": []}', b"x" * 2**20]
    lines = [*odd, lab("1"), *odd, b"y" * (2**20 + 1), lab("1", value="2"), *odd]
    body = io.BytesIO(b"\n".join(lines))
    order = await order_of(body)
    marked = [order.mark(read) for read in read_lines(body)]
    assert [one.number for one in marked if one.superseded] == [6]


async def test_it_finds_the_words_of_a_long_file() -> None:
    many = [lab(str(number)) for number in range(2, 2 * TURN)]
    body = io.BytesIO(b"\n".join([lab("1"), *many, lab("1", value="2")]))
    order = await order_of(body)
    first, *rest = [order.mark(read) for read in read_lines(body)]
    assert first.superseded
    assert not any(one.superseded for one in rest)
