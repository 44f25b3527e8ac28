"""Terms and grades of the Common Terminology Criteria for Adverse Events, CTCAE 5.0.

The term table holds facts only: term, organ class, the grades a term has, and the code of its
MedDRA lowest level term. The grades' descriptions are not part of it.

Source: NCI, CTCAE version 5.0, 27 November 2017.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Final

from app.vocabularies.spelling import american
from app.vocabularies.usual_names import (
    IN_WORDS,
    ORGANS,
    USUAL_NAMES,
    USUAL_NAMES_OF_SEVERAL,
    WITHOUT_AN_ORGAN,
)

VERSION: Final = "CTCAE 5.0"

NEAREST_CHARACTERS: Final = 100
"""A refused term is compared up to this length: the longest published one has 84 characters."""

LEAST_ALIKE: Final = 0.25
NEARLY_THE_SAME: Final = 0.6
"""Likeness from which a term is suggested, and from which it is a misspelling of it."""

_BEGINNING: Final = 4
_DEGREES: Final = ("hyper", "hypo")
"""What words of every organ begin with."""


class ToxicityGrade(IntEnum):
    """Severity of an adverse event (AETOXGR); a record never has grade 0."""

    MILD = 1
    MODERATE = 2
    SEVERE = 3
    LIFE_THREATENING = 4
    DEATH = 5


@dataclass(frozen=True, slots=True)
class CtcaeTerm:
    """One adverse event term.

    Attributes:
        term: published spelling, the one that is stored (AETERM).
        soc: system organ class (AESOC).
        grades: the grades this term has, ascending; not every term has all five.
        other_specify: an "Other, specify" term, which needs the event in words.
        meddra_code: MedDRA lowest level term code (AELLTCD); None where it is withheld.
    """

    term: str
    soc: str
    grades: tuple[ToxicityGrade, ...]
    other_specify: bool
    meddra_code: str | None


@cache
def terms() -> tuple[CtcaeTerm, ...]:
    """Give the 837 terms, by organ class and then by term."""
    table = resources.files("app.vocabularies").joinpath("data/ctcae_v5_terms.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(
        CtcaeTerm(
            term=row["term"],
            soc=row["soc"],
            grades=tuple(ToxicityGrade(int(grade)) for grade in row["grades"].split(";")),
            other_specify=row["is_other_specify"] == "true",
            meddra_code=row["meddra_code"] or None,
        )
        for row in rows
    )


@cache
def system_organ_classes() -> tuple[str, ...]:
    """Give the 26 system organ classes, alphabetically."""
    return tuple(sorted({term.soc for term in terms()}))


def find_term(spelling: str) -> CtcaeTerm | None:
    """Find a term whatever its case and spacing; None when CTCAE 5.0 has no such term."""
    return _by_key().get(_key(spelling))


def term_of_meddra_code(code: str) -> CtcaeTerm | None:
    """Find the term that CTCAE 5.0 prints a MedDRA lowest level term code for; None: none.

    Source: NCI, CTCAE version 5.0, column MedDRA Code.
    """
    return _by_meddra_code().get(code)


def nearest_terms(spelling: str, *, limit: int = 5) -> tuple[str, ...]:
    """Give the published terms that a refused spelling may have meant, likeliest first.

    The published term itself in another spelling stands first, then that of the usual name which
    the words contain, the longest of several. The others are ranked by likeness, the Dice
    coefficient of three-letter pieces without the words that many terms share; British spellings
    are read as American ones. Empty when nothing is alike.

    Decision: a likeness of letters may cross organs (*neurotoxicity*, *nephrotic*). Where the words
    name an organ and nothing is nearly the same, a term of that organ's class stands first, and
    "Other, specify" of it where none is alike. What is alike in the ends of words alone names the
    same process in another organ (*coagulopathy*, *encephalopathy*) and is not suggested.
    """
    asked = american(_key(spelling[:NEAREST_CHARACTERS]))
    meant = _meant(asked)
    if meant is None and (several := _several(asked)):
        return several[:limit]
    pieces = _pieces(_without_an_organ(asked))
    ranked = sorted(
        (-_likeness(pieces, candidate), term)
        for term, candidate in _pieces_of_terms().items()
        if term != meant
    )
    likeness = -ranked[0][0]
    if meant is None and (misspelled := _misspelled_name(pieces, likeness)) is not None:
        meant = misspelled
        ranked = [one for one in ranked if one[1] != meant]
    beginnings = _beginnings(asked)
    alike = [
        (term, -likeness)
        for likeness, term in ranked[:limit]
        if likeness <= -NEARLY_THE_SAME
        or (likeness <= -LEAST_ALIKE and beginnings & _beginnings(american(_key(term))))
    ]
    if meant is not None:
        return (meant, *(term for term, _ in alike))[:limit]
    first = _of_the_organ(asked, alike)
    others = [term for term, _ in alike if term != first]
    return tuple(([first] if first else []) + others)[:limit]


def how_to_write(spelling: str) -> str | None:
    """Say how an event without a term of its own is written; None: it has one, or is not known."""
    return IN_WORDS.get(_usual_name(american(_key(spelling[:NEAREST_CHARACTERS]))) or "")


def _meant(asked: str) -> str | None:
    """Give the term that is meant without a doubt."""
    published = _by_american_key().get(asked)
    if published is not None:
        return published
    named = _usual_name(asked)
    return None if named is None else USUAL_NAMES[named]


def _usual_name(asked: str) -> str | None:
    """Give the longest usual name among the words; one within a longer published term is none."""
    spaced = f" {_words(asked)} "
    found = [name for name in USUAL_NAMES if f" {_words(name)} " in spaced]
    longest = max(found, key=len, default=None)
    if longest is None or any(
        len(term) > len(longest) and longest in term and f" {_words(term)} " in spaced
        for term in _by_american_key()
    ):
        return None
    return longest


def _several(asked: str) -> tuple[str, ...]:
    """Give the terms of a usual name of several; empty: the words contain none."""
    words = _words(asked).split()
    return next((USUAL_NAMES_OF_SEVERAL[one] for one in words if one in USUAL_NAMES_OF_SEVERAL), ())


def _beginnings(key: str) -> frozenset[str]:
    """Give the first letters of the words that tell an organ or a substance."""
    words = _words(_without_an_organ(key)).split()
    for degree in _DEGREES:
        words = [word.removeprefix(degree) for word in words]
    return frozenset(word[:_BEGINNING] for word in words if len(word) >= _BEGINNING)


def _misspelled_name(pieces: frozenset[str], likeness: float) -> str | None:
    """Give the term of the usual name that is nearly the same and more alike than any term."""
    found = max((_likeness(pieces, _pieces(_without_an_organ(name))), name) for name in USUAL_NAMES)
    enough = found[0] >= max(NEARLY_THE_SAME, likeness)
    return USUAL_NAMES[found[1]] if enough else None


def _words(text: str) -> str:
    return " ".join(re.split(r"[^a-z0-9]+", text)).strip()


def _of_the_organ(asked: str, alike: Sequence[tuple[str, float]]) -> str | None:
    """Give what stands first: of the organ that is named, unless something is nearly the same."""
    organ = next((soc for root, soc in ORGANS.items() if re.search(rf"\b{root}", asked)), None)
    if organ is None or (alike and alike[0][1] >= NEARLY_THE_SAME):
        return alike[0][0] if alike else None
    of_organ = (term for term, _ in alike if _soc_of(term) == organ)
    return next(of_organ, f"{organ} - Other, specify")


def _soc_of(term: str) -> str:
    found = find_term(term)
    return found.soc if found else ""


def _without_an_organ(key: str) -> str:
    kept = [word for word in key.split() if word.strip(",-") not in WITHOUT_AN_ORGAN]
    return " ".join(kept) or key


def _key(spelling: str) -> str:
    return " ".join(spelling.split()).casefold()


@cache
def _by_key() -> dict[str, CtcaeTerm]:
    return {_key(term.term): term for term in terms()}


@cache
def _by_meddra_code() -> dict[str, CtcaeTerm]:
    return {term.meddra_code: term for term in terms() if term.meddra_code is not None}


def _pieces(key: str) -> frozenset[str]:
    padded = f" {key} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


@cache
def _pieces_of_terms() -> dict[str, frozenset[str]]:
    return {term.term: _pieces(_without_an_organ(_key(term.term))) for term in terms()}


@cache
def _by_american_key() -> dict[str, str]:
    return {american(_key(term.term)): term.term for term in terms()}


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
