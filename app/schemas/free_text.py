"""Leaves out what somebody wrote in their own words, for roles that get data without free text.

A text is either of a closed list (a code, a date, a number, a reference, an identity that this
service gave) or free, and which members are free is made from the models: every text is, unless
its form is fixed or its value proves to be of a list. What is free is null for these roles.

Decision: one-line texts, codes of the sender's own, lots and the names of those who sent a record
are free too. Nobody can promise that a line or a code of one's own names nobody.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel

from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS
from app.trial.trial import Trial
from app.trial.visits import UNSCHEDULED
from app.vocabularies.accepted_units import accepted_units
from app.vocabularies.ctcae import find_term
from app.vocabularies.laboratory import find_analyte
from app.vocabularies.ucum import is_ucum

Proof = Callable[[Trial, str], bool]
"""Tells whether a text is of a closed list of the trial or of a publisher."""

_LONGEST_FACTOR: Final = 3
"""Digits in a row that a unit may have: ``10*12/L`` and ``/100`` are units, a telephone is not."""


_OF_A_TABLE: Final = re.compile(r": (?:ICANS|MedDRA [1-9][0-9]{7})\Z")
"""What a table of adverse events adds to a term by which it counts."""


def _is_visit(trial: Trial, text: str) -> bool:
    return text == UNSCHEDULED or any(visit.code == text for visit in trial.schedule.visits)


def _is_analyte(_: Trial, text: str) -> bool:
    return find_analyte(text) is not None


def _is_unit(_: Trial, text: str) -> bool:
    """Tell whether a unit is listed, or of UCUM without an annotation: braces hold any text.

    An area under a curve is in a listed unit times days.
    """
    if text.removesuffix(".d") in _listed_units():
        return True
    plain = not re.search(rf"[{{}}]|[0-9]{{{_LONGEST_FACTOR + 1},}}", text)
    return plain and is_ucum(text)


def _is_term(_: Trial, text: str) -> bool:
    """Tell whether a text is a term of CTCAE, alone or as a table counts it beside others."""
    published = _OF_A_TABLE.sub("", text)
    term = find_term(published)
    return term is not None and term.term == published


def _is_ours(_: Trial, __: str) -> bool:
    return True


OF_A_LIST: Final[Mapping[str, Proof]] = {
    "visit": _is_visit,
    "analyte": _is_analyte,
    "unit": _is_unit,
    "term": _is_term,
    "subject": _is_ours,
    "centre": _is_ours,
}
"""Members whose text may be of a closed list, wherever they stand, and how that shows.

Subjects and centres have identities that this service gives and checks.
"""

_OUR_OWN: Final = frozenset({"by", "method", "name", "note", "reason", "text", "version"})
"""Members of records that name something of our own where we answer with what we derived."""


_COUNTED_BY: Final = {"not_analysed": "analyte"}
"""Objects of derived documents that have codes of records as the names of their members."""
OF_NO_LIST: Final = "withheld"
"""Stands there for every code that is of no list."""


@dataclass(frozen=True)
class Member:
    """A member of a shape that holds text.

    Attributes:
        form: the regular expression that its whole text has; None: no form is fixed.
    """

    name: str
    form: str | None

    def is_closed(self, trial: Trial, text: str) -> bool:
        """Tell whether a text is none that somebody wrote in their own words."""
        if self.form is not None:
            return re.fullmatch(self.form, text) is not None
        proof = OF_A_LIST.get(self.name)
        return proof is not None and proof(trial, text)


def without_free_text(kind: RecordKind, document: str, trial: Trial) -> str:
    """Give a record's document with null wherever free text would stand; a list keeps its length.

    Args:
        kind: what the document is of.
        document: JSON of the kind's view.
        trial: its schedule names the visits.
    """
    shown = _stripped(kind.view, json.loads(document), trial)
    return json.dumps(shown, ensure_ascii=False)


def is_free(kind: RecordKind, member: str, text: str, trial: Trial) -> bool:
    """Tell whether a text in a member of a kind, ``part.member`` in a part, is free text."""
    shape: type[BaseModel] = kind.view
    *way, name = member.split(".")
    for part in way:
        shape = places(shape)[1][part]
    found = places(shape)[0].get(name)
    return found is not None and not found.is_closed(trial, text)


def derived_without_free_text(document: Any, trial: Trial, shown_at: Callable[[str], bool]) -> Any:
    """Give what was derived of records, as JSON, with null wherever their free text would stand.

    A noun has one name in every room, so that a member of a derived document named as one that is
    free in a record holds that.

    Args:
        document: what is answered, or a part of it.
        trial: its schedule names the visits.
        shown_at: tells whether the caller gets the free text of a centre. What says that it is of
            such a centre stays as it is.
    """
    if isinstance(document, list):
        return [derived_without_free_text(one, trial, shown_at) for one in document]
    if not isinstance(document, dict):
        return document
    centre = document.get("centre") or document.get("SITEID")
    if isinstance(centre, str) and shown_at(centre):
        return document
    return {name: _derived_member(name, value, trial, shown_at) for name, value in document.items()}


def _derived_member(name: str, value: Any, trial: Trial, shown_at: Callable[[str], bool]) -> Any:
    if name in _COUNTED_BY and isinstance(value, dict):
        return _counted(_COUNTED_BY[name], value, trial)
    member = members_of_records().get(name)
    if member is None or isinstance(value, dict):
        return derived_without_free_text(value, trial, shown_at)
    if isinstance(value, list) and not all(isinstance(one, str | None) for one in value):
        return derived_without_free_text(value, trial, shown_at)
    return _proven(member, value, trial)


def _counted(named: str, counts: Mapping[str, int], trial: Trial) -> dict[str, int]:
    """Give counts by code with those of codes of no list in one."""
    found: Counter[str] = Counter()
    for code, count in counts.items():
        found[code if OF_A_LIST[named](trial, code) else OF_NO_LIST] += count
    return dict(found)


@cache
def members_of_records() -> Mapping[str, Member]:
    """Give the members of all kinds of record that hold free text, or may, by name."""
    found = {}
    for kind in RECORD_KINDS:
        for member in _members_within(kind.view):
            if member.form is None and member.name not in _OUR_OWN:
                found[member.name] = member
    return found


def _members_within(shape: type[BaseModel]) -> Iterator[Member]:
    members, parts = places(shape)
    yield from members.values()
    for part in parts.values():
        yield from _members_within(part)


def _stripped(shape: type[BaseModel], document: dict[str, Any], trial: Trial) -> dict[str, Any]:
    members, parts = places(shape)
    for name, value in document.items():
        if name in members:
            document[name] = _proven(members[name], value, trial)
        elif name in parts and isinstance(value, list):
            document[name] = [_stripped(parts[name], part, trial) for part in value]
        elif name in parts and value is not None:
            document[name] = _stripped(parts[name], value, trial)
    return document


def _proven(member: Member, value: Any, trial: Trial) -> Any:
    """Give what is of a closed list as it is, and null for a text that is not."""
    if isinstance(value, str):
        return value if member.is_closed(trial, value) else None
    if isinstance(value, list):
        return [_proven(member, one, trial) for one in value]
    return value


@cache
def places(shape: type[BaseModel]) -> tuple[Mapping[str, Member], Mapping[str, type[BaseModel]]]:
    """Give the members of a shape that hold text, and those that are parts of their own."""
    members, parts = {}, {}
    for name, field in shape.model_fields.items():
        made_of = [*_within(field.annotation), *field.metadata]
        if str in made_of:
            forms = (getattr(one, "pattern", None) for one in made_of)
            members[name] = Member(name, next((form for form in forms if form), None))
        for one in made_of:
            if isinstance(one, type) and issubclass(one, BaseModel):
                parts[name] = one
    return members, parts


def _within(annotation: Any) -> Iterator[Any]:
    """Give everything that an annotation is made of; the words of a closed list are not text."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    if get_origin(annotation) is not Literal:
        for argument in get_args(annotation):
            yield from _within(argument)


@cache
def _listed_units() -> frozenset[str]:
    return frozenset(unit.code for unit in accepted_units())
