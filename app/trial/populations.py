"""Who is analysed."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from app.trial.parameters import Line, Parameters, describes

PopulationName = Literal[
    "screened",
    "enrolled",
    "apheresed",
    "lymphodepleted",
    "treated",
    "treated_in_spec",
    "evaluable",
    "responders",
    "kinetics",
    "pharmacodynamic",
    "mrd_evaluable",
]


class Population(Parameters):
    """An analysis population."""

    name: PopulationName
    definition: Line


class Populations(Parameters):
    """The trial's analysis populations."""

    default: PopulationName = Field(
        default="treated", description="Population of a result that names no other; safety too."
    )
    dose_tolerance_percent: Decimal = Field(
        default=Decimal(20),
        ge=0,
        description="Deviation from the planned dose that `treated_in_spec` allows.",
    )
    definitions: tuple[Population, ...] = Field(
        default=(),
        json_schema_extra=describes("says in words who is analysed; the rules decide it"),
    )

    @model_validator(mode="after")
    def _defines_each_once(self) -> Self:
        names = [population.name for population in self.definitions]
        faults = [
            f"the population {name} is defined twice"
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        if self.definitions and self.default not in names:
            faults.append(f"the default population {self.default} is not defined")
        if faults:
            raise ValueError(*faults)
        return self
