"""What belongs to one disease evaluation, and how old a baseline may be."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from app.trial.parameters import Parameters, describes

ComponentName = Literal[
    "serum_m_protein",
    "immunoglobulin",
    "serum_immunofixation",
    "free_light_chains",
    "urine_m_protein",
    "urine_immunofixation",
    "plasma_cells",
    "clonality",
    "mrd",
    "imaging",
    "plasmacytomas",
]


class ComponentWindow(Parameters):
    """When the parts of one evaluation may be collected, relative to its serum sample.

    A part collected outside is kept, with a finding.
    """

    parts: tuple[ComponentName, ...] = Field(
        description="The parts this window holds for.",
        json_schema_extra=describes("says what is collected together; another grouping is refused"),
    )
    before: NonNegativeInt = Field(description="Days before the serum sample.")
    after: NonNegativeInt = Field(description="Days after the serum sample.")
    baseline_days: PositiveInt = Field(
        description=(
            "A baseline value older than this, in days before the first lymphodepletion dose, is "
            "used and flagged `old_baseline`."
        )
    )

    def holds(self, day: date, anchor: date) -> bool:
        """Tell whether a part collected on ``day`` belongs to the evaluation of ``anchor``."""
        return -self.before <= (day - anchor).days <= self.after


class ResponseComponents(Parameters):
    """The parts of a disease evaluation, by how they are collected."""

    blood_and_urine: ComponentWindow = Field(
        default=ComponentWindow(
            parts=(
                "serum_m_protein",
                "immunoglobulin",
                "serum_immunofixation",
                "free_light_chains",
                "urine_m_protein",
                "urine_immunofixation",
            ),
            before=7,
            after=7,
            baseline_days=28,
        )
    )
    marrow: ComponentWindow = Field(
        default=ComponentWindow(
            parts=("plasma_cells", "clonality", "mrd"), before=14, after=28, baseline_days=42
        )
    )
    imaging: ComponentWindow = Field(
        default=ComponentWindow(
            parts=("imaging", "plasmacytomas"), before=14, after=28, baseline_days=42
        )
    )

    @model_validator(mode="after")
    def _parts_are_collected_together(self) -> Self:
        faults = []
        for name, field in type(self).model_fields.items():
            window, usual = getattr(self, name), field.default
            if set(window.parts) != set(usual.parts):
                faults.append(f"the parts of {name} are {', '.join(usual.parts)}")
        if faults:
            raise ValueError(*faults)
        return self


class ResponseRules(Parameters):
    """How a disease evaluation is put together."""

    components: ResponseComponents = Field(default_factory=ResponseComponents)
