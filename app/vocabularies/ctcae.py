"""Terms and grades of the Common Terminology Criteria for Adverse Events, CTCAE 5.0.

The term table holds facts only: term, organ class, the grades a term has, and the code of its
MedDRA lowest level term. The grades' descriptions are not part of it.

Source: NCI, CTCAE version 5.0, 27 November 2017.
"""

import csv
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Final

from app.vocabularies.spelling import american

VERSION: Final = "CTCAE 5.0"

NEAREST_CHARACTERS: Final = 100
"""A refused term is compared up to this length: the longest published one has 84 characters."""


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


USUAL_NAMES: Final = {
    "neutropenia": "Neutrophil count decreased",
    "thrombocytopenia": "Platelet count decreased",
    "leukopenia": "White blood cell decreased",
    "lymphopenia": "Lymphocyte count decreased",
    "hyperbilirubinemia": "Blood bilirubin increased",
    "hypofibrinogenemia": "Fibrinogen decreased",
    "pneumonia": "Lung infection",
    "uti": "Urinary tract infection",
    "dvt": "Thromboembolic event",
    "pulmonary embolism": "Thromboembolic event",
    "crs": "Cytokine release syndrome",
    "icans": "Nervous system disorders - Other, specify",
}
"""What a ward calls an event whose published term shares few letters with it."""


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

    Likeness is the Dice coefficient of three-letter pieces, with British spellings read as
    American ones. Empty when nothing is alike.
    """
    asked = american(_key(spelling[:NEAREST_CHARACTERS]))
    usual = USUAL_NAMES.get(asked)
    pieces = _pieces(asked)
    ranked = sorted(
        (
            (-_likeness(pieces, candidate), term)
            for term, candidate in _pieces_of_terms().items()
            if term != usual
        ),
    )
    alike = [term for likeness, term in ranked[:limit] if likeness <= -0.25]
    return tuple(([usual] if usual else []) + alike)[:limit]


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
    return {term.term: _pieces(_key(term.term)) for term in terms()}


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
