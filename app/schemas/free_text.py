"""Leaves out what somebody wrote in their own words, for roles that get data without free text."""

import json
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from app.models.text import WrittenText
from app.schemas.record import RecordKind

OF_A_VOCABULARY = frozenset({"term", "recorded_by"})
"""Members that are text, but in words that we know."""


def without_free_text(kind: RecordKind, document: str) -> str:
    """Give a document with null wherever free text would stand; a list keeps its length.

    Decision: one-line texts go too. Nobody can promise that a line of one's own names nobody.
    """
    return json.dumps(_stripped(kind.view, json.loads(document)), ensure_ascii=False)


def _stripped(shape: type[BaseModel], document: dict[str, Any]) -> dict[str, Any]:
    written, parts = _places(shape)
    for name, value in document.items():
        if value is None:
            continue
        if name in written:
            document[name] = [None] * len(value) if isinstance(value, list) else None
        elif name in parts and isinstance(value, list):
            document[name] = [_stripped(parts[name], part) for part in value]
        elif name in parts:
            document[name] = _stripped(parts[name], value)
    return document


@cache
def _places(shape: type[BaseModel]) -> tuple[frozenset[str], dict[str, type[BaseModel]]]:
    """Give the members of a shape that are free text, and those that are parts of their own."""
    written, parts = {"reason"}, {}
    for name, field in shape.model_fields.items():
        if name in OF_A_VOCABULARY:
            continue
        annotations = list(_within(field.annotation))
        if any(isinstance(one, WrittenText) for one in (*field.metadata, *annotations)):
            written.add(name)
        for one in annotations:
            if isinstance(one, type) and issubclass(one, BaseModel):
                parts[name] = one
    return frozenset(written), parts


def _within(annotation: Any) -> Any:
    """Give everything that an annotation is made of."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for argument in get_args(annotation):
        yield from _within(argument)
