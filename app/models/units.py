"""Units of the Unified Code for Units of Measure, UCUM."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from app.vocabularies.ucum import LONGEST, is_ucum


def _ucum(unit: str) -> str:
    """Require a well-formed unit.

    Raises:
        PydanticCustomError: ``unit_not_ucum``.
    """
    if not is_ucum(unit):
        raise PydanticCustomError(
            "unit_not_ucum", "write a unit of UCUM, case-sensitive form, such as mg or 10*9/L"
        )
    return unit


UnitText = Annotated[str, StringConstraints(strict=True, max_length=LONGEST, pattern=r"^[!-~]+$")]
"""What may be a UCUM unit: printable ASCII without blanks. For fields with a list of their own."""

UcumUnit = Annotated[UnitText, AfterValidator(_ucum)]
"""A well-formed UCUM unit, such as `mg`, `mg/m2`, `[iU]/kg` or `{tbl}`. ``sa_type=Text``."""
