"""Finds out which fields of the records anybody reads, by looking on while everything is asked.

A field may be read where it stands, as the edit checks do, or in the value that it becomes in a
subject's history: there, what another value of the field changes is what has to be read.
"""

from __future__ import annotations

import dataclasses
import sys
import typing
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from itertools import islice
from types import ModuleType
from typing import Any, Final

import pytest
from pydantic import BaseModel, ValidationError

from app.schemas.record_kinds import RECORD_KINDS
from app.services import analysis_values as values
from app.services.criteria import astct_findings
from app.services.criteria.imwg import evaluation
from app.services.derivations import possible_days, sampled_values, subject_history
from app.services.derivations.subject_history import SubjectHistory
from app.services.edit_checks import LabSample, SubjectRecords
from app.trial.trial import Trial
from tests.subjects.stored import Stored, StoredSubject

Place = tuple[type[Any], str]
"""A class and the name of one of its members."""
Way = tuple[Place, ...]
"""From the history of a subject, or a sample, down to a value: the member of each on the way."""
Told = tuple[str, uuid.UUID, Mapping[str, Any]]
"""Kind, identity and content of a record."""

FIELDS: Final[Mapping[str, type[BaseModel]]] = {kind.path: kind.fields for kind in RECORD_KINDS}
HISTORY: Final[tuple[ModuleType, ...]] = (
    subject_history,
    sampled_values,
    possible_days,
    evaluation,
    astct_findings,
)
READERS: Final = tuple(
    f"app.services.{room}"
    for room in (
        "criteria",
        "derivations",
        "statistics",
        "reports",
        "edit_checks",
        "trial_endpoints",
    )
)
COPYISTS: Final = frozenset(
    {
        "app.services.criteria.imwg.merging",
        "app.services.edit_checks.date_members",
        "app.services.edit_checks.plausibility",
        "app.services.measured_values",
        "app.services.json_values",
    }
)
"""Modules that hand every member on, or look at every date or number, whatever it is of."""
OF_THE_OTHERS: Final = frozenset({"confirmed_implausible"})
"""Members that speak of the numbers of their record; who looks at every number reads them."""
INSTEAD: Final = frozenset(
    {"not_done", "not_assessed", "not_evaluable", "ice_not_done", "ice_not_done_reason"}
)
"""Members that stand where others are not; a record that has everything is without them."""
OTHERS: Final = 3
"""How many other values of a field are tried."""
KNOWN_ON: Final = date(2026, 10, 15)
ASSESSMENT: Final = uuid.UUID(int=1)
CANDIDATES: Final = (
    *("1", "2", True, False, 1, 2, 5, 1961, 1962, "38", "70", "71", "170", "0.00001", "1:80"),
    *("2026-03-05", "2026-03-06", "2026-03-05T10:00+08:00", "2026-03-06T11:00+08:00"),
    *("27.1", "28.0", "10029205", "10029206"),
    *(str(ASSESSMENT), str(uuid.UUID(int=2)), "words", "others"),
)
"""What a field that is no code may say; the first that it takes is what it says."""


@dataclass(frozen=True)
class Leaf:
    """A field that holds a value, or a list of values, and no parts."""

    kind: str
    path: tuple[str, ...]
    owner: type[BaseModel]

    @property
    def place(self) -> Place:
        return self.owner, self.path[-1]


def leaves(kind: str) -> Iterator[Leaf]:
    """Give the fields of a kind, those of its parts among them."""
    return _leaves(kind, FIELDS[kind], ())


def _leaves(kind: str, shape: type[BaseModel], way: tuple[str, ...]) -> Iterator[Leaf]:
    for name, field in shape.model_fields.items():
        parts = _parts(field.annotation)
        if not parts:
            yield Leaf(kind, (*way, name), shape)
        for part in parts:
            yield from _leaves(kind, part, (*way, name))


def _types(annotation: Any) -> Iterator[Any]:
    inner = typing.get_args(annotation)
    if not inner:
        yield annotation
    for one in inner:
        yield from _types(one)


def _parts(annotation: Any) -> list[type[BaseModel]]:
    return [
        one for one in _types(annotation) if isinstance(one, type) and issubclass(one, BaseModel)
    ]


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is list or any(
        _is_list(one) for one in typing.get_args(annotation)
    )


@cache
def complete(kind: str) -> dict[str, Any]:
    """Give a record of a kind that has a value for everything, as JSON."""
    return _complete(FIELDS[kind])


def _complete(shape: type[BaseModel]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in shape.model_fields.items():
        if name in INSTEAD:
            continue
        parts = _parts(field.annotation)
        value: Any = _complete(parts[0]) if parts else next(_possible(shape, name, found), None)
        found[name] = [value] if _is_list(field.annotation) and parts else value
    return found


def _possible(shape: type[BaseModel], name: str, beside: Mapping[str, Any]) -> Iterator[Any]:
    """Give values that a field can have beside what its record says already."""
    annotation = shape.model_fields[name].annotation
    kinds = list(_types(annotation))
    words = [one for one in kinds if isinstance(one, str)]
    for one in kinds:
        if isinstance(one, type) and issubclass(one, Enum):
            words += [word.value for word in one]
    units = getattr(shape, "units", ()) if name == "unit" else ()
    for candidate in (*units, *words, *_examples(shape, name), *CANDIDATES):
        value = [candidate] if _is_list(annotation) else candidate
        if _is_accepted(shape, name, {**beside, name: value}):
            yield value


def _examples(shape: type[BaseModel], name: str) -> list[Any]:
    """Give what the contract shows of a field."""
    found: list[Any] = _described(shape)[name].get("examples", [])
    return found


@cache
def _described(shape: type[BaseModel]) -> dict[str, Any]:
    properties: dict[str, Any] = shape.model_json_schema()["properties"]
    return properties


def _is_accepted(shape: type[BaseModel], name: str, document: Mapping[str, Any]) -> bool:
    """Tell whether a field can have its value, whatever else the document lacks as yet."""
    without = {member: value for member, value in document.items() if member != name}
    brought = _faults(shape, document) - _faults(shape, without)
    return not any(where[:1] in {(), (name,)} for where, _ in brought)


def _faults(
    shape: type[BaseModel], document: Mapping[str, Any]
) -> set[tuple[tuple[Any, ...], str]]:
    try:
        shape.model_validate(document)
    except ValidationError as refused:
        return {(error["loc"], error["type"]) for error in refused.errors()}
    return set()


def becomes(leaf: Leaf, trial: Trial) -> frozenset[Way]:
    """Give the ways to what a field decides, in a history or in what the checks see."""
    found: set[Way] = set()
    for document in _beside(leaf):
        before = _seen(leaf.kind, document, trial)
        for changed in _altered(leaf, document):
            after = _seen(leaf.kind, changed, trial)
            for one, other in zip(before, after, strict=True):
                found.update(_differences((), one, other))
    return frozenset(found)


def is_choice(leaf: Leaf) -> bool:
    """Tell whether a field can say more than one thing."""
    read = FIELDS[leaf.kind].model_validate
    return any(
        read(document) != read(changed)
        for document in _beside(leaf)
        for changed in _altered(leaf, document)
    )


def _beside(leaf: Leaf) -> Iterator[dict[str, Any]]:
    """Give records in which a field can be changed: what it stands instead of is left out once."""
    document = complete(leaf.kind)
    yield document
    if leaf.path[-1] in INSTEAD:
        for sibling in _within(document, leaf.path[:-1]):
            with suppress(ValidationError):
                without = _with(document, (*leaf.path[:-1], sibling), None)
                FIELDS[leaf.kind].model_validate(without)
                yield without


def _within(document: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        document = document[step]
        document = document[0] if isinstance(document, list) else document
    return document


def _altered(leaf: Leaf, document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give records that differ from one in a field alone: another value of it, or none."""
    shape = FIELDS[leaf.kind]
    for step in leaf.path[:-1]:
        [shape] = _parts(shape.model_fields[step].annotation)
    beside, name = _within(document, leaf.path[:-1]), leaf.path[-1]
    others = (one for one in _possible(shape, name, beside) if one != beside.get(name))
    for value in (*islice(others, OTHERS), None):
        changed = _with(document, leaf.path, value)
        with suppress(ValidationError):
            FIELDS[leaf.kind].model_validate(changed)
            yield changed


def _with(document: Mapping[str, Any], way: tuple[str, ...], value: Any) -> dict[str, Any]:
    name, *rest = way
    if rest:
        inner = document[name]
        changed = _with(inner[0] if isinstance(inner, list) else inner, tuple(rest), value)
        return {**document, name: [changed] if isinstance(inner, list) else changed}
    if value is None:
        return {member: one for member, one in document.items() if member != name}
    return {**document, name: value}


def _seen(kind: str, document: Mapping[str, Any], trial: Trial) -> tuple[Any, ...]:
    companions: list[Told] = [(kind, uuid.UUID(int=9), document)]
    if kind == "adjudications":
        companions.append(("assessments", ASSESSMENT, complete("assessments")))
    with suppress(ValueError):
        history, records = subject_of(companions, trial)
        examined = tuple(values.examined(one.fields) for one in records.neuro_assessments)
        return history, tuple(one.fields for one in records.lab_results), examined
    return None, (), ()


def subject_of(
    told: list[Told], trial: Trial, code: str = "03-001"
) -> tuple[SubjectHistory, SubjectRecords]:
    """Read the records of a subject as the derivations and as the edit checks have them."""
    stored = StoredSubject(
        trial=trial,
        code=code,
        centre=code[:2],
        recorded_on=KNOWN_ON,
        records=tuple(
            Stored(path, record_id, FIELDS[path].model_validate(content))
            for path, record_id, content in told
        ),
    )
    return stored.history(), stored.for_edit_checks()


def _differences(way: Way, one: Any, other: Any) -> Iterator[Way]:
    if dataclasses.is_dataclass(one) and type(one) is type(other):
        for field in dataclasses.fields(one):
            further = (*way, (type(one), field.name))
            yield from _differences(further, getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _differences(way, *pair)
    elif one != other:
        yield way


def shapes() -> Iterator[type[Any]]:
    """Give the classes whose members are watched: of the records, and of a subject's history."""
    yield from {leaf.owner for kind in FIELDS for leaf in leaves(kind)}
    yield LabSample
    for module in HISTORY:
        named = (one for one in vars(module).values() if isinstance(one, type))
        yield from filter(dataclasses.is_dataclass, named)


def watch(monkeypatch: pytest.MonkeyPatch) -> Mapping[Place, set[str]]:
    """Note from now on which modules of the readers read which member."""
    seen: dict[Place, set[str]] = defaultdict(set)
    for shape in set(shapes()):
        monkeypatch.setattr(shape, "__getattribute__", _watched(shape.__getattribute__, seen))
    return seen


def _watched(read: Any, seen: dict[Place, set[str]]) -> Any:
    def watched(self: Any, name: str) -> Any:
        if not name.startswith("_"):
            asked = sys._getframe(1)
            module = asked.f_globals.get("__name__", "")
            if module.startswith(READERS) and not asked.f_code.co_name.startswith("__"):
                seen[type(self), name].add(module)
        return read(self, name)

    return watched


def filtered() -> frozenset[Place]:
    """Give the fields that a list of records can be asked by."""
    return frozenset(
        (FIELDS[kind.path], column)
        for kind in RECORD_KINDS
        for column in (*kind.filters.values(), kind.dated_by)
        if column is not None
    )
