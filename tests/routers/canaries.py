"""Records with a canary in every field that takes one: what somebody could write there."""

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from enum import Enum
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.schemas.record import RecordKind
from app.schemas.record_kinds import by_path
from tests.schemas.bodies import ABSENT, changed, refused
from tests.services.field_walk import FIELDS, INSTEAD, Leaf, _complete, _parts, _types, leaves

MARK: Final = "QZX"
"""Stands in every canary and in nothing else that the service answers."""

FURTHER: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    "subjects": (
        {
            "/enrolled_on": ABSENT,
            "/off_study": ABSENT,
            "/screen_failure": {"reason": "none", "criterion": "I1", "date": "2026-03-05"},
        },
    ),
    "preparations": (
        {"/lymphodepletion": [], "/lymphodepletion_omitted": "none", "/outcome": "other"},
    ),
    "infusions": (
        {
            "/out_of_specification": True,
            "/deviation": "none",
            "/interruptions": [
                {
                    "began_at": "2026-03-02T09:50+08:00",
                    "ended_at": "2026-03-02T09:55+08:00",
                    "reason": "none",
                }
            ],
        },
    ),
    "assessments": ({"/marrow/biopsy": {"value": "3", "unit": "%"}},),
    "adverse-events": (
        {
            "/term": "Nervous system disorders - Other, specify",
            "/other_specify": "none",
            "/aesi_kind": ABSENT,
            "/astct": ABSENT,
        },
    ),
    "visits": (
        {
            "/status": "missed",
            "/visited_on": ABSENT,
            "/ecog": ABSENT,
            "/weight": ABSENT,
            "/vital_signs": ABSENT,
            "/missed_because": "other",
            "/missed_because_text": "none",
        },
    ),
}
"""What the example of a kind says otherwise where a field needs another course of things."""

_numbers = itertools.count(100)


def texts(kind: str) -> list[Leaf]:
    """Give the fields of a kind that hold text; a date is none, whoever wrote it."""
    return [leaf for leaf in leaves(kind) if str in _types(_field(leaf).annotation)]


def _field(leaf: Leaf) -> FieldInfo:
    return leaf.owner.model_fields[leaf.path[-1]]


@cache
def bodies(path: str) -> tuple[list[dict[str, Any]], dict[tuple[str, ...], str]]:
    """Give bodies of a kind that the schema takes, and which canary stands in which field."""
    kind = by_path(path)
    assert kind is not None
    made: list[dict[str, Any]] = []
    placed: dict[tuple[str, ...], str] = {}
    for leaf in texts(path):
        canary = f"{MARK}{next(_numbers)}"
        for number, base in enumerate([*made, *_bases(kind)]):
            body = next(_with_canary(kind, base, leaf, canary), None)
            if body is not None:
                placed[leaf.path] = canary
                if number < len(made):
                    made[number] = body
                else:
                    made.append(body)
                break
    return made, placed


def _bases(kind: RecordKind) -> Iterator[dict[str, Any]]:
    without = {name: one for name, one in kind.example.items() if name != "source_id"}
    yield deepcopy(without)
    for changes in FURTHER.get(kind.path, ()):
        kept = {
            pointer: value
            for pointer, value in changes.items()
            if value is not ABSENT or pointer[1:] in without
        }
        yield changed(without, kept)
    for name, field in FIELDS[kind.path].model_fields.items():
        for part in _parts(field.annotation):
            yield {**deepcopy(without), name: _shaped(field.annotation, _whole(part))}
    with suppress(StopIteration):
        yield _whole(FIELDS[kind.path])


def _whole(shape: type[BaseModel]) -> dict[str, Any]:
    return deepcopy(_whole_once(shape))


@cache
def _whole_once(shape: type[BaseModel]) -> dict[str, Any]:
    return _complete(shape)


def _with_canary(
    kind: RecordKind, base: Mapping[str, Any], leaf: Leaf, canary: str
) -> Iterator[dict[str, Any]]:
    """Give the body with the canary in the field, in each way that is taken."""
    before = _value_at(base, leaf.path)
    if "_Numbered" in repr((_field(leaf).annotation, _field(leaf).metadata)):
        return
    written = [canary, f"{{{canary}}}"]
    if isinstance(before, str):
        written.insert(0, f"{before}{{{canary}}}")
    if leaf.path[-1] == "unit" and not before:
        written += [f"{unit}{{{canary}}}" for unit in getattr(leaf.owner, "units", ())]
    for text in written:
        for value in (text, [text]):
            for beside in _beside(leaf, value):
                body = _set(kind, dict(deepcopy(base)), leaf, value, beside)
                if _canaries(base) < _canaries(body) and not refused(kind, body):
                    yield body


def _canaries(body: Mapping[str, Any]) -> set[str]:
    return set(re.findall(rf"{MARK}\d+", repr(body)))


def _beside(leaf: Leaf, value: object) -> Iterator[dict[str, Any]]:
    """Give what has to stand beside a field for it to be taken."""
    yield {}
    yield {"analyte_system": "local"}
    yield {"kind": "other"}
    yield {"reason": "other"}
    yield {"value": None, "unit": None}
    yield {"value": None, "unit": None, "coded_value": None, "titre": None}
    for name, field in leaf.owner.model_fields.items():
        words = [one for one in _types(field.annotation) if isinstance(one, type)]
        for vocabulary in words:
            if issubclass(vocabulary, Enum):
                yield from ({name: word.value} for word in vocabulary)


def _set(
    kind: RecordKind, body: dict[str, Any], leaf: Leaf, value: object, beside: Mapping[str, Any]
) -> dict[str, Any]:
    place: Any = body
    shape: Any = FIELDS[kind.path]
    for step in leaf.path[:-1]:
        annotation = shape.model_fields[step].annotation
        [shape] = _parts(annotation)
        if not place.get(step):
            place[step] = _shaped(annotation, _whole(shape))
        place = place[step][0] if isinstance(place[step], list) else place[step]
    if leaf.path[-1] in INSTEAD:
        for name in list(place):
            if name not in {"collected_on", "collected_at", "visit", "analyte", "lesion_id"}:
                field = leaf.owner.model_fields[name]
                if not field.is_required():
                    del place[name]
    place |= {name: one for name, one in beside.items() if name in leaf.owner.model_fields}
    place[leaf.path[-1]] = value
    for name in [name for name, one in place.items() if one is None]:
        del place[name]
    return body


def _shaped(annotation: Any, part: dict[str, Any]) -> Any:
    is_list = "list[" in str(annotation)
    return [part] if is_list else part


def _value_at(body: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = body
    for step in path:
        if isinstance(found, list):
            found = found[0] if found else None
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
