"""What every part of the trial file has in common."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic.config import JsonDict

from app.vocabularies.laboratory import find_analyte
from app.vocabularies.ucum import is_ucum


class Parameters(BaseModel):
    """A part of the trial file: immutable, strictly typed, and no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


DESCRIPTIVE: Final = "x-descriptive"
"""Member of the contract's schema that says why no rule reads a key."""


def describes(why: str) -> JsonDict:
    """Declare a key of the trial file that describes: it is served, and no figure follows from it.

    Every other key is read by a rule, or has only the one value that the rules know.
    """
    return {DESCRIPTIVE: why}


def _listed_analyte(code: str) -> str:
    analyte = find_analyte(code)
    if analyte is None or analyte.code != code:
        raise ValueError("is not the code of a listed analyte")
    return code


def _ucum(unit: str) -> str:
    if not is_ucum(unit):
        raise ValueError("is not a UCUM unit")
    return unit


AnalyteCode = Annotated[str, AfterValidator(_listed_analyte)]
"""Our code of a listed analyte, not one of its LOINC codes."""

UcumUnit = Annotated[str, AfterValidator(_ucum)]

Line = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^\S([^\n]*\S)?$")]
"""One line of text for people."""

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A name that programs use: lower-case letters, digits and underscores."""

VisitCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_-]{0,19}$")]
"""Code of a scheduled visit, such as ``M12``; ``UNS`` is kept for unscheduled records."""
