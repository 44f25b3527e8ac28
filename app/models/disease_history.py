"""What is known of the myeloma before the trial: stage, chromosomes, and the lines of therapy."""

from typing import Annotated, Final, Literal

from pydantic import Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.models.measurements import Measurement
from app.models.shape import Part
from app.models.values import (
    CivilDate,
    Coded,
    NonNegativeDecimal,
    PartialDate,
    Percentage,
    PositiveDecimal,
    ShortText,
    StrictBool,
    WholeNumber,
)
from app.vocabularies.imwg import ResponseCategory
from app.vocabularies.subjects import CytogeneticMarker, LineStopReason


class Beta2Microglobulin(Measurement):
    """Serum beta2-microglobulin, one half of the ISS stage."""

    units = ("mg/L",)
    quantity = "B2M"

    value: NonNegativeDecimal | None = Field(default=None, description="Concentration.")


class Albumin(Measurement):
    """Serum albumin, the other half of the ISS stage."""

    units = ("g/L", "g/dL")
    quantity = "ALB"

    value: NonNegativeDecimal | None = Field(default=None, description="Concentration.")


class LactateDehydrogenase(Measurement):
    """Serum lactate dehydrogenase, which R-ISS reads against the laboratory's upper limit."""

    units = ("U/L",)
    quantity = "LDH"

    value: NonNegativeDecimal | None = Field(default=None, description="Activity.")
    upper_limit: PositiveDecimal | None = Field(
        default=None, description="Upper limit of normal of that laboratory, U/L."
    )


NOT_TESTED: Final = "not_tested"


def _presence(value: object) -> object:
    """Read whether an abnormality was found.

    Raises:
        PydanticCustomError: ``not_a_boolean``.
    """
    if value is True or value is False or value == NOT_TESTED:
        return value
    raise PydanticCustomError(
        "not_a_boolean", 'write true, false, or "not_tested" where nobody looked for it'
    )


Presence = Annotated[
    bool | Literal["not_tested"],
    PlainValidator(_presence),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string", "const": NOT_TESTED}]}),
]
"""True, false, or a value of its own: what nobody looked for is neither present nor absent."""


class CytogeneticFinding(Part):
    """One chromosomal abnormality that FISH looked for."""

    marker: Coded[CytogeneticMarker] = Field(description="What was looked for.")
    present: Presence = Field(
        description="It was found, or was looked for and not found; `not_tested`: FISH did not "
        "look for it, or gave no result."
    )
    cells_percent: Percentage | None = Field(
        default=None, description="Plasma cells that have it, %."
    )
    tested_on: CivilDate | None = Field(default=None, description="Date of the sample.")


class PriorLine(Part):
    """One line of therapy before the trial."""

    number: Annotated[int, WholeNumber(at_least=1, at_most=30)] = Field(
        description="1 for the first line."
    )
    agents: list[ShortText] = Field(min_length=1, description="Medicines of the line (CMTRT).")
    start: PartialDate | None = Field(default=None, description="Start, as far as known (CMSTDTC).")
    end: PartialDate | None = Field(default=None, description="End, as far as known (CMENDTC).")
    best_response: Coded[ResponseCategory] | None = Field(
        default=None, description="Best response to the line (IMWG)."
    )
    stopped_because: Coded[LineStopReason] | None = Field(
        default=None, description="Why the line ended."
    )
    autologous_transplant: StrictBool | None = Field(
        default=None, description="The line included an autologous transplantation."
    )
