"""The settings, as the README tells them."""

import re
from pathlib import Path

import pytest

from app.config import Settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
ROWS = dict(
    re.findall(r"^\| `((?:DAYZERO_|DATABASE_)[A-Z_]+)` \| ([^|]+) \|", README, re.MULTILINE)
)
IN_WORDS = {"none": (None, ()), "the built-in": (None,), "the data directory's": (None,)}


def variable(name: str) -> str:
    return "DATABASE_URL" if name == "database_url" else f"DAYZERO_{name.upper()}"


def test_the_readme_lists_every_setting_in_their_order() -> None:
    assert list(ROWS) == [variable(name) for name in Settings.model_fields]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_readme_says_what_holds_without_it(name: str) -> None:
    default, said = Settings.model_fields[name].default, ROWS[variable(name)].strip()
    if said in IN_WORDS:
        assert default in IN_WORDS[said]
    else:
        written = str(default).lower() if isinstance(default, bool) else str(default)
        assert said == f"`{written}`"
