"""What an endpoint or the board answers, as the rows of a table.

Numbers keep the digits that the answer has, alone in a cell and within a part: answers are written
by Python, and the shortest text of a number is the same whoever writes it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Row = Mapping[str, Any]

FIGURE_COLUMNS: Final = ("table", "row", "member", "value")
BOARD_COLUMNS: Final = (
    "subject", "centre", "state", "infused_on", "visit", "scheduled", "status", "recorded", "on",
    "target", "window_from", "window_to",
)  # fmt: skip
_SUBJECT: Final = "USUBJID"
_OF_SUBJECT: Final = BOARD_COLUMNS[:4]


def endpoint_table(answer: bytes) -> tuple[Sequence[str], list[Row]]:
    """Give the columns and rows of an endpoint's answer.

    With ``rows`` they are the rows of the answer, one a subject, one column a member: the subject,
    then the members of all rows in the order in which they come.

    Without, they are the figures, one a row: the list of the answer that it stands in, as a JSON
    pointer, with the row of that list from 0 on, both empty where it stands in no list; the member
    of that row, as a JSON pointer from there; and the value. A list of values is one value.

    Source: RFC 6901, for the pointers.
    """
    document = _read(answer)
    rows = document.get("rows")
    if isinstance(rows, list):
        return list(dict.fromkeys([_SUBJECT, *(name for row in rows for name in row)])), rows
    return FIGURE_COLUMNS, list(_figures(document, "", "", ""))


def board_table(answer: bytes) -> tuple[Sequence[str], list[Row]]:
    """Give the columns and rows of the status board: one a visit of a subject.

    ``scheduled`` is false of a visit outside the calendar, which has no status.
    """
    return BOARD_COLUMNS, list(_visits(_read(answer)))


def _read(answer: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(answer)
    return document


def _figures(value: Any, table: str, row: str, member: str) -> Iterator[Row]:
    if isinstance(value, dict):
        for name, part in value.items():
            escaped = name.replace("~", "~0").replace("/", "~1")
            yield from _figures(part, table, row, f"{member}/{escaped}")
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        within = f"{table}{f'/{row}' if row else ''}{member}"
        for place, part in enumerate(value):
            yield from _figures(part, within, str(place), "")
    else:
        yield {"table": table, "row": row, "member": member, "value": value}


def _visits(board: Mapping[str, Any]) -> Iterator[Row]:
    for subject in board["subjects"]:
        of_subject = {name: subject[name] for name in _OF_SUBJECT}
        for visit in subject["visits"]:
            yield {**of_subject, "scheduled": True, **visit}
        for visit in subject["other_visits"]:
            yield {**of_subject, "scheduled": False, **visit}
