"""Laboratory analytes with their codes, units and results.

An analyte is named by our code or by one of its LOINC codes. A LOINC code fixes the kind of
quantity (mass or substance), so it accepts only the units of that kind.

Beside its usual code an analyte has synonyms: what another way of counting (by hand, estimated) or
another material (blood for serum, venous for arterial) is named, and is graded as the same. There
are none for percentages, for segmented neutrophils without bands, for ionised calcium, for urea
against urea nitrogen, and between troponin T and I: these are other quantities.

Source: LOINC (see ``app.vocabularies.loinc.NOTICE``) and UCUM; which analytes, ``trial.toml``.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from app.vocabularies.concept import Concept
from app.vocabularies.loinc import is_loinc
from app.vocabularies.specimens import Specimen
from app.vocabularies.taken_units import Restated, in_listed_unit, taken_units
from app.vocabularies.ucum import is_ucum

VERSION: Final = "Day Zero 2026-11-29"


class Comparator(Concept):
    """What stands before a value that its assay could not reach."""

    LESS = "<", "less than"
    LESS_OR_EQUAL = "<=", "less than or equal to"
    GREATER = ">", "greater than"
    GREATER_OR_EQUAL = ">=", "greater than or equal to"


class QualitativeResult(Concept):
    """A result in words; a titre such as ``1:80`` is one too (LBSTRESC).

    ``NORMAL`` and ``ABNORMAL`` judge what has no scale, such as the colour of urine (LBNRIND).
    """

    NEGATIVE = "NEGATIVE", "negative"
    POSITIVE = "POSITIVE", "positive"
    NOT_DETECTED = "NOT DETECTED", "not detected"
    DETECTED = "DETECTED", "detected"
    INDETERMINATE = "INDETERMINATE", "indeterminate"
    NORMAL = "NORMAL", "normal"
    ABNORMAL = "ABNORMAL", "abnormal"


JUDGED: Final = frozenset({QualitativeResult.NORMAL, QualitativeResult.ABNORMAL})
"""Words that say what somebody thought of a result, and not what was found."""


class AnalyteGroup(Concept):
    """The panel an analyte belongs to."""

    HAEMATOLOGY = "haematology", "blood count"
    SUBSETS = "subsets", "lymphocyte subsets"
    CHEMISTRY = "chemistry", "clinical chemistry"
    COAGULATION = "coagulation", "coagulation"
    CARDIAC = "cardiac", "cardiac markers"
    INFLAMMATION = "inflammation", "inflammation"
    CYTOKINES = "cytokines", "cytokines"
    PHARMACODYNAMIC = "pharmacodynamic", "pharmacodynamic markers"
    MYELOMA = "myeloma", "myeloma markers"
    KINETICS = "kinetics", "CAR-T kinetics"
    IMMUNOGENICITY = "immunogenicity", "immunogenicity and vector safety"
    INFECTION = "infection", "viral load"


class ResultKind(Concept):
    """How an analyte's result is given."""

    QUANTITY = "quantity", "a number with a unit"
    CODED = "coded", "a word or a titre, without a unit"
    EITHER = "either", "a number with a unit, or a word"


class CodeTrust(Concept):
    """How well it is known that a LOINC code means the analyte."""

    CATALOGUED = "catalogued", "checked against a published catalogue"
    NAMED = "named", "seen with this name in a published source"
    UNCONFIRMED = "unconfirmed", "check digit correct; confirm before relying on it"


class CodeSystem(Concept):
    """Where the code of a result comes from."""

    LISTED = "listed", "an analyte of this list, by our code or by a LOINC code of it"
    LOINC = "loinc", "a LOINC code outside the list"
    LOCAL = "local", "the sender's own code"


@dataclass(frozen=True, slots=True)
class LoincCode:
    """A LOINC code of an analyte, with the units its kind of quantity is given in."""

    code: str
    units: tuple[str, ...]
    trust: CodeTrust


@dataclass(frozen=True, slots=True)
class Analyte:
    """What a laboratory measured.

    Attributes:
        code: our code (LBTESTCD); stable.
        specimens: what it is measured in, the usual one first.
        units: UCUM units that rules read, the one summaries use first; empty for a coded result.
        result: whether a result is a number, a word, or either.
        ctcae_numbers: CTCAE 5.0 grades it by numbers, at least in one direction.
        loinc: its LOINC codes, the preferred one first; empty where only our code is known.
    """

    code: str
    display: str
    specimens: tuple[Specimen, ...]
    group: AnalyteGroup
    units: tuple[str, ...]
    result: ResultKind
    ctcae_numbers: bool
    loinc: tuple[LoincCode, ...]


@cache
def analytes() -> tuple[Analyte, ...]:
    """Give the listed analytes, by group."""
    codes: dict[str, list[LoincCode]] = {}
    for row in _table("analyte_loinc.csv"):
        code = LoincCode(row["loinc"], _several(row["units"]), CodeTrust(row["trust"]))
        codes.setdefault(row["analyte"], []).append(code)
    return tuple(
        Analyte(
            code=row["code"],
            display=row["display"],
            specimens=tuple(Specimen(specimen) for specimen in _several(row["specimens"])),
            group=AnalyteGroup(row["group"]),
            units=_several(row["units"]),
            result=ResultKind(row["result"]),
            ctcae_numbers=row["ctcae_numbers"] == "true",
            loinc=tuple(codes.get(row["code"], ())),
        )
        for row in _table("analytes.csv")
    )


def find_analyte(code: str) -> Analyte | None:
    """Find a listed analyte by our code or by a LOINC code of it; None when neither is listed."""
    return _by_code().get(code)


def listed_codes() -> tuple[str, ...]:
    """Give every code that an analyte is found by, ours and LOINC's, in their order."""
    return tuple(sorted(_by_code()))


def code_system(code: str) -> CodeSystem | None:
    """Tell what kind of code a sender used; None for one that cannot be stored.

    A code of LOINC's form with a wrong check digit is mistyped, not local: it is refused. A local
    code has up to 40 letters, digits and ``. _ -``.
    """
    if find_analyte(code):
        return CodeSystem.LISTED
    if is_loinc(code):
        return CodeSystem.LOINC
    if re.fullmatch(r"[0-9]+-[0-9]", code):
        return None
    return CodeSystem.LOCAL if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", code) else None


def accepted_units(code: str) -> tuple[str, ...] | None:
    """Give the UCUM units that a result under this code may have, the listed ones first.

    Under our code all of the analyte's; under a LOINC code those of its kind of quantity; with
    them the other units of their sizes. None for a code outside the list: any well-formed UCUM
    unit.
    """
    analyte = find_analyte(code)
    return None if analyte is None else taken_units(_listed_units(analyte, code), analyte.code)


@lru_cache(maxsize=4096)
def accepts_unit(code: str, unit: str) -> bool:
    """Tell whether a result under this code may have this unit.

    A unit that differs from an accepted one by annotations alone, as ``{cells}/uL`` from ``/uL``,
    says the same.

    Decision: other spellings of an accepted unit (``10^9/L``, ``G/l``) are refused with the one
    that was meant, not mapped: the sender's next file is then right, and no guess enters the data.
    """
    analyte = find_analyte(code)
    if analyte is None:
        return is_ucum(unit)
    return in_listed_unit(unit, _listed_units(analyte, code), analyte.code) is not None


def analysed_in(analyte: Analyte, unit: str) -> Restated | None:
    """Give the listed unit in which rules read a result of this unit; None: it is not accepted."""
    return in_listed_unit(unit, analyte.units, analyte.code)


def _listed_units(analyte: Analyte, code: str) -> tuple[str, ...]:
    return next((loinc.units for loinc in analyte.loinc if loinc.code == code), analyte.units)


def is_qualitative(result: str) -> bool:
    """Tell whether ``result`` is a published word or a titre ``1:n``."""
    return (
        result in set(QualitativeResult) or re.fullmatch(r"1:[1-9][0-9]{0,6}", result) is not None
    )


@cache
def _by_code() -> dict[str, Analyte]:
    by_code = {loinc.code: analyte for analyte in analytes() for loinc in analyte.loinc}
    return by_code | {analyte.code: analyte for analyte in analytes()}


def _table(name: str) -> list[dict[str, str]]:
    table = resources.files("app.vocabularies").joinpath("data", name)
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
