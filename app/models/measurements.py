"""Measured values: a number, its unit, and what the laboratory said about it.

A kind of measurement is a class that names its units::

    class SerumMProtein(Measurement):
        \"\"\"Serum M-protein by electrophoresis.\"\"\"

        units = ("g/dL", "g/L", "mg/dL")

Values stay in the unit they were reported in; a rule converts them where it uses them. Not
quantifiable is 0; not done is a reason and no value.

Source: units in use for the markers of the IMWG response criteria (Kumar 2016); codes are UCUM.
"""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from app.models.measured_numbers import OF_A_COMPONENT, number_alone
from app.models.shape import Part
from app.models.units import UnitText
from app.models.values import (
    ClinicalDecimal,
    Coded,
    DateOrDateTime,
    NonNegativeDecimal,
    Percentage,
    PositiveDecimal,
    ShortText,
    StrictBool,
)
from app.vocabularies.laboratory import Comparator
from app.vocabularies.meant_units import with_meant_unit
from app.vocabularies.taken_units import in_listed_unit, taken_units


class Measurement(Part):
    """One measured value, or the reason why there is none."""

    units: ClassVar[tuple[str, ...]] = ()
    """The units this kind is reported in and read in; others of their sizes are taken too."""

    quantity: ClassVar[str] = ""
    """What is measured, by our code of the analyte; its limits say what is possible."""

    value: ClinicalDecimal | None = Field(default=None, description="The number, as reported.")
    unit: Annotated[UnitText | None, Field(validate_default=True)] = Field(
        default=None, description="UCUM unit of the value."
    )
    comparator: Coded[Comparator] | None = Field(
        default=None,
        description="Set when the true value lies beyond the number: `<` for below the number.",
    )
    not_done: ShortText | None = Field(
        default=None, description="Why there is no value: the measurement was not done."
    )
    spurious: StrictBool = Field(
        default=False, description="The investigator holds the value for a laboratory error."
    )
    collected_on: DateOrDateTime | None = Field(
        default=None, description="When the sample was taken; None: on the day of the assessment."
    )
    method: ShortText | None = Field(default=None, description="Assay, as the laboratory names it.")

    @field_validator("value", mode="before")
    @classmethod
    def number_alone(cls, value: object) -> object:
        """Name the member for what a laboratory writes in the place of a number."""
        return number_alone(value, OF_A_COMPONENT)

    @field_validator("unit")
    @classmethod
    def unit_belongs_to_value(cls, unit: str | None, info: ValidationInfo) -> str | None:
        """Require a unit beside a value, and one of this kind's units."""
        if unit is None and info.data.get("value") is not None:
            raise PydanticCustomError(
                "unit_missing",
                "write the unit of the value",
                {"allowed": list(taken_units(cls.units))},
            )
        if unit is not None and cls.units and in_listed_unit(unit, cls.units) is None:
            allowed = taken_units(cls.units)
            words = "write the value in one of the units of this measurement"
            raise PydanticCustomError(
                "unit_not_allowed",
                "{words}",
                {"words": with_meant_unit(words, unit, allowed), "allowed": list(allowed)},
            )
        return unit

    @model_validator(mode="after")
    def value_or_reason(self) -> Self:
        """Require either a value, or a reason why there is none and nothing that needs a value."""
        if self.value is None and self.not_done is None:
            raise PydanticCustomError(
                "value_missing", "write a value with its unit, or in not_done why there is none"
            )
        if self.not_done is None:
            return self
        if self.value is not None or self.unit or self.comparator or self.spurious:
            raise PydanticCustomError(
                "value_of_what_was_not_done",
                "where not_done is given there is no value, unit, comparator or spurious flag",
            )
        return self

    def measures(self) -> str:
        """Give what was measured, by our code of the analyte."""
        return self.quantity

    def listed(self) -> tuple[Decimal, str] | None:
        """Give the value in the listed unit that rules read it in; None: there is no value."""
        if self.value is None or self.unit is None:
            return None
        read = in_listed_unit(self.unit, self.units)
        return (self.value, self.unit) if read is None else (read.of(self.value), read.unit)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        if cls.units:
            described["properties"]["unit"]["anyOf"] = [
                {"type": "string", "enum": list(taken_units(cls.units))},
                {"type": "null"},
            ]
        return described


class SerumMProtein(Measurement):
    """Serum M-protein by electrophoresis; 0 when no spike can be quantified."""

    units = ("g/dL", "g/L", "mg/dL")
    quantity = "MPROT_S"

    value: NonNegativeDecimal | None = Field(default=None, description="Concentration.")


class UrineMProtein(Measurement):
    """Urine M-protein: an amount in 24 hours, or a concentration with the collection's volume.

    Source: IMWG response criteria (Kumar 2016) reckon urine M-protein per 24 hours.

    Decision: a concentration needs volume and hours even when it is 0, so that a spot urine is
    never taken for a collection.
    """

    units = ("mg/(24.h)", "g/(24.h)", "mg/dL", "g/L")
    quantity = "MPROT_U24"
    concentrations: ClassVar[tuple[str, ...]] = ("mg/dL", "g/L")

    value: NonNegativeDecimal | None = Field(
        default=None, description="Amount in 24 hours, or concentration."
    )
    volume_ml: PositiveDecimal | None = Field(
        default=None, description="Volume of the collection, mL."
    )
    collection_hours: PositiveDecimal | None = Field(
        default=None, description="Length of the collection, hours."
    )
    complete: StrictBool | None = Field(
        default=None, description="The whole urine of that time was collected; None: not known."
    )

    @model_validator(mode="after")
    def concentration_has_a_volume(self) -> Self:
        """Require volume and hours beside a concentration."""
        read = in_listed_unit(self.unit, self.units) if self.unit is not None else None
        if read is None or None not in (self.volume_ml, self.collection_hours):
            return self
        if read.unit in self.concentrations:
            raise PydanticCustomError(
                "concentration_without_volume",
                "a urine concentration needs volume_ml and collection_hours of the collection; "
                "without them write the amount in 24 hours",
                {"allowed": [unit for unit in self.units if unit not in self.concentrations]},
            )
        return self


class FreeLightChain(Measurement):
    """Serum free light chain, kappa or lambda."""

    units = ("mg/L", "mg/dL", "g/L")
    quantity = "FLC_KAPPA"

    value: NonNegativeDecimal | None = Field(default=None, description="Concentration.")


class CorrectedCalcium(Measurement):
    """Serum calcium corrected for albumin."""

    units = ("mg/dL", "mmol/L")
    quantity = "CA_CORR"

    value: PositiveDecimal | None = Field(default=None, description="Concentration.")


class CellPercentage(Measurement):
    """A share of cells, such as plasma cells of the marrow, in %."""

    units = ("%",)
    quantity = "BMPC"

    value: Percentage | None = Field(default=None, description="Percentage, 0 to 100.")


class CirculatingPlasmaCells(Measurement):
    """Plasma cells in the blood."""

    units = ("/uL", "10*9/L")
    quantity = "PCPB"

    value: NonNegativeDecimal | None = Field(default=None, description="Cells per volume.")
