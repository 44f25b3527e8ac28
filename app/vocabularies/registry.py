"""Every vocabulary under its name and version, to be listed, searched and compared.

A word list of the code becomes a vocabulary by itself: its name is that of its class
(``ResponseCategory`` is ``response-category``), its title the class's first line. The tables
(CTCAE terms, analytes, units) and the numbered grades stand beside them.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import IntEnum
from types import ModuleType
from typing import Final

from app.vocabularies import (
    accepted_units,
    adverse_events,
    astct,
    cdisc,
    ctcae,
    follow_up,
    imwg,
    kinetics,
    laboratory,
    laboratory_grading,
    loinc,
    preparations,
    specimens,
    subjects,
    therapies,
    visits,
)
from app.vocabularies.concept import Concept
from app.vocabularies.taken_units import taken_units
from app.vocabularies.usual_names import USUAL_NAMES
from app.vocabularies.vocabulary import Entry, Property, Vocabulary

OWN_VERSION: Final = "Day Zero 2026-11"
"""Version of the lists that no body publishes; a changed list gets a new one."""

MEDDRA_NOTICE: Final = (
    "MedDRA® is the Medical Dictionary for Regulatory Activities; the MedDRA trademark is "
    "registered by ICH. Only the lowest level term codes printed in CTCAE are given here; any "
    "further use of MedDRA needs a subscription."
)

_MODULES: Final[tuple[ModuleType, ...]] = (
    imwg, astct, adverse_events, laboratory, laboratory_grading, specimens, kinetics, visits,
    subjects, preparations, therapies, follow_up,
)  # fmt: skip
_IMWG: Final = "Kumar et al., Lancet Oncol 2016;17:e328-46"
_ASTCT: Final = "Lee et al., Biol Blood Marrow Transplant 2019;25:625-38"
_CTCAE: Final = "NCI, CTCAE version 5.0, 27 November 2017"
_OWN: Final = "this service"


def find_vocabulary(
    name: str,
    version: str | None = None,
    *,
    among: Mapping[str, tuple[Vocabulary, ...]] | None = None,
) -> Vocabulary | None:
    """Find a vocabulary, in its current version unless one is named; None when there is none.

    Args:
        among: the vocabularies by name; None: those of this module.
    """
    versions = (VOCABULARIES if among is None else among).get(name, ())
    if version is None:
        return versions[0] if versions else None
    return next((known for known in versions if known.version == version), None)


def _word_lists() -> Iterator[Vocabulary]:
    for module in _MODULES:
        for words in vars(module).values():
            if _declared_in(module, words):
                yield _word_list(words)


def _declared_in(module: ModuleType, words: object) -> bool:
    return (
        inspect.isclass(words)
        and issubclass(words, Concept)
        and words.__module__ == module.__name__
    )


def _word_list(words: type[Concept]) -> Vocabulary:
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", words.__name__).lower()
    version, source = _publication(words)
    variable = cdisc.VARIABLES.get(words)
    properties: dict[str, Property] = {"cdisc_variable": variable} if variable else {}
    return Vocabulary(
        name=name,
        version=version,
        title=_first_line(words),
        source=source,
        notice=None,
        entries=tuple(Entry(word.value, word.display, properties) for word in words),
    )


def _publication(words: type[Concept]) -> tuple[str, str]:
    """Give version and source of a word list: ours unless a body publishes its codes."""
    if words in {imwg.ResponseCategory, imwg.MrdStatus}:
        return imwg.VERSION, _IMWG
    if words.__module__ == astct.__name__:
        return astct.VERSION, _ASTCT
    if words in cdisc.CODELISTS:
        return cdisc.VERSION, f"CDISC codelist {cdisc.CODELISTS[words]}"
    return OWN_VERSION, _OWN


def _grades() -> Iterator[Vocabulary]:
    """Give the lists whose codes are numbers; their displays are the members' names."""
    lists: tuple[tuple[str, type[IntEnum], str, str, str], ...] = (
        ("toxicity-grade", ctcae.ToxicityGrade, ctcae.VERSION, _CTCAE, "AETOXGR"),
        ("astct-grade", astct.AstctGrade, astct.VERSION, _ASTCT, "FAORRES"),
        ("ecog", visits.EcogPerformanceStatus, "ECOG 1982", "Oken et al., 1982", "QSORRES"),
    )
    for name, grades, version, source, variable in lists:
        yield Vocabulary(
            name=name,
            version=version,
            title=_first_line(grades),
            source=source,
            notice=None,
            entries=tuple(
                Entry(
                    str(grade.value),
                    grade.name.lower().replace("_", " "),
                    {"cdisc_variable": variable},
                )
                for grade in grades
            ),
        )


def _first_line(words: type) -> str:
    return (inspect.getdoc(words) or words.__name__).splitlines()[0].replace("``", "")


def _ctcae_terms() -> Vocabulary:
    return Vocabulary(
        name="ctcae-term",
        version=ctcae.VERSION,
        title="Adverse event terms.",
        source=_CTCAE,
        notice=MEDDRA_NOTICE,
        entries=tuple(
            Entry(
                code=term.term,
                display=term.term,
                properties={
                    "soc": term.soc,
                    "grades": tuple(int(grade) for grade in term.grades),
                    "other_specify": term.other_specify,
                    "meddra_llt": term.meddra_code,
                },
                also=tuple(
                    name for name, published in USUAL_NAMES.items() if published == term.term
                ),
            )
            for term in ctcae.terms()
        ),
    )


def _analytes() -> Vocabulary:
    return Vocabulary(
        name="analyte",
        version=laboratory.VERSION,
        title="What a laboratory measures, with the units accepted.",
        source=_OWN,
        notice=loinc.NOTICE,
        entries=tuple(
            Entry(
                code=analyte.code,
                display=analyte.display,
                properties={
                    "group": analyte.group.value,
                    "specimens": tuple(specimen.value for specimen in analyte.specimens),
                    "result": analyte.result.value,
                    "units": taken_units(analyte.units, analyte.code),
                    "ctcae_numbers": analyte.ctcae_numbers,
                    "loinc": tuple(loinc_code.code for loinc_code in analyte.loinc),
                    "loinc_unconfirmed": tuple(
                        loinc_code.code
                        for loinc_code in analyte.loinc
                        if loinc_code.trust is laboratory.CodeTrust.UNCONFIRMED
                    ),
                },
                also=tuple(loinc_code.code for loinc_code in analyte.loinc),
            )
            for analyte in laboratory.analytes()
        ),
    )


def _units() -> Vocabulary:
    return Vocabulary(
        name="units",
        version=laboratory.VERSION,
        title="Units of laboratory and kinetics results, with what each is accepted for.",
        source="UCUM 2.1; the list is this service's",
        notice=None,
        entries=tuple(
            Entry(
                code=unit.code,
                display=unit.display,
                properties={
                    "analytes": unit.analytes,
                    "first_for": unit.first_for,
                    "kinetics_methods": unit.kinetics_methods,
                },
                also=(*unit.listed_for, unit.code.replace("*", "^"), unit.code.replace("*", "")),
            )
            for unit in accepted_units.accepted_units()
        ),
    )


def _by_name() -> dict[str, tuple[Vocabulary, ...]]:
    """Group by name; within one, the current version first."""
    every = [*_word_lists(), *_grades(), _ctcae_terms(), _analytes(), _units()]
    return {
        name: tuple(one for one in every if one.name == name)
        for name in sorted(one.name for one in every)
    }


VOCABULARIES: Final = _by_name()
"""All vocabularies by name, each with its versions, the current one first."""
