"""What Pydantic found, in words that help."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
from app.schemas.record_errors import FORMS, message_of

ROOMS = ("access", "models", "routers", "schemas")
"""Rooms whose refusals a caller sees; a trial file is read by its operator."""


def forms() -> Iterator[str]:
    """Give the regular expressions that Pydantic itself holds a text to."""
    for room in ROOMS:
        for path in sorted(Path(*app.__path__, room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.keyword(arg="pattern", value=ast.Constant(value=str() as form)):
                        yield form


def test_every_form_has_words() -> None:
    found = set(forms())
    assert found
    assert found <= set(FORMS)


@pytest.mark.parametrize("pattern", [*FORMS, "^anything[0-9]$"])
def test_a_form_is_told_in_words(pattern: str) -> None:
    message = message_of(
        {
            "type": "string_pattern_mismatch",
            "msg": f"String should match pattern '{pattern}'",
            "ctx": {"pattern": pattern},
        }
    )
    assert pattern not in message
    assert message.startswith(("write", "take", "leave"))
