"""The rule book as a document to read, and as data for the service that has no tests beside it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from app.services.rule_book.docstrings import Said
from app.services.rule_book.reading import ROOMS, Rule

KEPT = Path(__file__).with_name("rules.json")
"""The rule book as the service gives it."""

DOCUMENT = Path("docs", "rules.md")
"""The rule book as people read it, from the root of the project."""


def as_data(rules: Sequence[Rule]) -> str:
    """Write the rules as JSON, the same text for the same rules."""
    return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False, indent=1) + "\n"


def as_markdown(rules: Sequence[Rule]) -> str:
    """Write the rules as a document with a chapter for each room."""
    return "\n".join(_lines(rules)).rstrip() + "\n"


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    yield "# The rules"
    yield ""
    yield (
        "Every rule by which Day Zero makes a category, a grade or a figure, with its boundaries, "
        "its source, what was decided where the source is silent, and the tests that hold it. "
        "Written from the rules themselves by `make rules`."
    )
    for room, of_room in groupby(rules, key=lambda rule: rule.room):
        yield ""
        yield f"## {ROOMS[room]}"
        for rule in of_room:
            yield ""
            yield f"### `{rule.module.removeprefix('app.services.')}`"
            yield from _said(rule.said)
            if rule.boundaries:
                yield ""
                yield "| Boundary | Value | Meaning |"
                yield "|---|---|---|"
                for one in rule.boundaries:
                    meaning = one.meaning.replace("|", "\\|")
                    yield f"| `{one.name}` | {one.value} | {meaning} |"
            for function in rule.functions:
                yield ""
                yield f"**`{function.name}`**"
                yield from _said(function.said)
            if rule.tests:
                yield ""
                yield "Held by " + ", ".join(f"`{test}`" for test in rule.tests) + "."


def _said(said: Said) -> Iterator[str]:
    for paragraph in (said.title, *said.text):
        yield ""
        yield paragraph
    for name, texts in (("Source", said.sources), ("Decision", said.decisions)):
        for text in texts:
            yield ""
            yield f"*{name}:* {text}"
