"""Units of the Unified Code for Units of Measure, UCUM."""

from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from app.models.text import shown_to_some
from app.vocabularies.meant_units import meant_ucum
from app.vocabularies.ucum import LONGEST, is_ucum


def _ucum(unit: str) -> str:
    """Require a well-formed unit.

    Raises:
        PydanticCustomError: ``unit_not_ucum``.
    """
    if not is_ucum(unit):
        meant = meant_ucum(unit)
        raise PydanticCustomError(
            "unit_not_ucum",
            "write a unit of UCUM, case-sensitive form, such as {unit}",
            {"unit": meant, "allowed": [meant]} if meant else {"unit": "mg or 10*9/L"},
        )
    return unit


class WrittenUnit:
    """What a unit field reads: any short text, for a rule to say which unit is meant.

    The field's schema says what a UCUM unit can be: printable ASCII without blanks.
    """

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.str_schema(strict=True, min_length=1, max_length=LONGEST)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return shown_to_some({**handler(schema), "pattern": "^[!-~]+$"}, handler)


UnitText = Annotated[str, WrittenUnit()]
"""A unit as it is written. For fields with a list of their own, which refuse what is none."""

UcumUnit = Annotated[UnitText, AfterValidator(_ucum)]
"""A well-formed UCUM unit, such as `mg`, `mg/m2`, `[iU]/kg` or `{tbl}`. ``sa_type=Text``."""
