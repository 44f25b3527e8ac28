"""Nobody takes a day or an order from the text of a moment, but the rooms that are there for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("models", "schemas", "services", "routers", "charts", "printing", "trial")

READ_WRITTEN_DATES = {
    "app/models/dates.py",  # the types of what is written
    "app/schemas/chronology.py",  # the door, where no centre is known
    "app/services/written_dates.py",
    "app/services/edit_checks/offsets.py",  # looks at the offset itself
}
HAVE_THE_CENTRES_CLOCK = {
    "app/services/derivations/moments.py",
    "app/services/derivations/subject_history.py",
    "app/services/derivations/set_aside.py",
    "app/services/derivations/time_to_event/last_known_alive.py",
    "app/services/derivations/safety/safety_follow_up.py",
}
"""Where a moment of the history, which is on the centre's clock, becomes its day."""


def cuts(tree: ast.AST) -> Iterator[int]:
    """Lines that cut the first ten characters, a day, from a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            upper = node.slice.upper
            if (isinstance(upper, ast.Constant) and upper.value == 10) or (
                isinstance(upper, ast.Name) and "FULL" in upper.id
            ):
                yield node.lineno


def reads_moments(tree: ast.AST) -> Iterator[int]:
    """Lines that read a moment from a text by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "datetime.fromisoformat":
            yield node.lineno


def days_of_moments(tree: ast.AST) -> Iterator[int]:
    """Lines that take the day of a moment on whatever clock it has."""
    for node in ast.walk(tree):
        call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if call and node.func.attr == "date" and not node.args:  # type: ignore[attr-defined]
            yield node.lineno


@pytest.mark.parametrize(
    ("finds", "rooms"),
    [
        pytest.param(cuts, READ_WRITTEN_DATES, id="a day cut from a text"),
        pytest.param(reads_moments, READ_WRITTEN_DATES, id="a moment read from a text"),
        pytest.param(
            days_of_moments, READ_WRITTEN_DATES | HAVE_THE_CENTRES_CLOCK, id="the day of a moment"
        ),
    ],
)
def test_only_the_rooms_of_dates_read_them(finds: object, rooms: set[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ROOMS
        for path in sorted((ROOT / "app" / room).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in rooms
        for line in finds(ast.parse(path.read_text(encoding="utf-8")))  # type: ignore[operator]
    ]
    assert not found, found


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("day = str(sent)[:10]", cuts),
        ("day = text[:_FULL]", cuts),
        ("at = datetime.fromisoformat(text)", reads_moments),
        ("day = at.date()", days_of_moments),
    ],
)
def test_it_finds_what_it_looks_for(text: str, finds: object) -> None:
    assert list(finds(ast.parse(text))) == [1]  # type: ignore[operator]
    assert not list(finds(ast.parse("day = possible_days(text, zone).day")))  # type: ignore[operator]
