"""The ASTCT grade of a CRS or ICANS event, and the findings it rests on.

The findings have the names of those that ``services/criteria/astct`` grades from; whether the
reported grade agrees with them is a finding, not a refusal. The two scales are never mixed with
CTCAE's: a grade stands beside its scale and version.
"""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.models.ice import IceScore
from app.models.shape import Part
from app.models.values import ClinicalNumber, Coded, OffsetDateTime, ShortText, StrictBool
from app.vocabularies.astct import (
    AstctGrade,
    AstctScale,
    ConsciousnessLevel,
    IceNotDoneReason,
    MotorFinding,
    OxygenDevice,
    PositivePressureReason,
    RaisedPressureFinding,
    SeizureFinding,
)

BodyTemperature = Annotated[Decimal, ClinicalNumber(at_least=Decimal(25), at_most=Decimal(45))]
"""Body temperature, degrees Celsius.

Decision: a finding that a grade rests on is refused beyond what a living body shows, where a vital
sign is stored with a finding: whoever grades has the chart at hand.
"""

BloodPressure = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0), at_most=Decimal(350))]
"""Blood pressure, mmHg."""

OxygenFlow = Annotated[Decimal, ClinicalNumber(above=Decimal(0), at_most=Decimal(100))]
"""Oxygen flow, L/min."""

IcansDomain = Literal["ice", "consciousness", "seizure", "motor", "raised_pressure"]
"""What an ICANS grade can rest on, as the criteria name it."""


class CrsBasis(Part):
    """What was found at the worst of a cytokine release syndrome; None is not recorded."""

    temperature_max: BodyTemperature | None = Field(
        default=None, description="Highest temperature, degrees Celsius; fever is 38.0 or more."
    )
    fever_other_cause: StrictBool = Field(
        default=False, description="The fever has another cause, such as a proven infection."
    )
    established: StrictBool = Field(
        default=False, description="The syndrome had begun, with fever, before this worst point."
    )
    treated: StrictBool = Field(
        default=False,
        description="An antipyretic, an anticytokine or a steroid had been given by then.",
    )
    hypotension: StrictBool | None = Field(default=None, description="Hypotension.")
    hypotension_other_cause: StrictBool = Field(
        default=False, description="The hypotension has another cause."
    )
    lowest_systolic: BloodPressure | None = Field(
        default=None, description="Lowest systolic blood pressure, mmHg."
    )
    lowest_diastolic: BloodPressure | None = Field(
        default=None, description="Lowest diastolic blood pressure, mmHg."
    )
    vasopressors: list[ShortText] | None = Field(
        default=None,
        description="Vasopressors at once, by name, without vasopressin; empty: none was needed.",
    )
    vasopressin: StrictBool | None = Field(default=None, description="Vasopressin was given.")
    oxygen: Coded[OxygenDevice] | None = Field(
        default=None, description="How oxygen was given at its most intensive."
    )
    flow: OxygenFlow | None = Field(default=None, description="Highest oxygen flow, L/min.")
    hypoxia_other_cause: StrictBool = Field(
        default=False, description="The need for oxygen has another cause."
    )
    positive_pressure_reason: Coded[PositivePressureReason] | None = Field(
        default=None, description="Why positive pressure was given."
    )
    tocilizumab_at: list[OffsetDateTime] = Field(
        default_factory=list, description="When tocilizumab was given for it."
    )
    steroid_at: list[OffsetDateTime] = Field(
        default_factory=list, description="When a corticosteroid was given for it."
    )


class IcansBasis(Part):
    """What was found at the worst of an ICANS; None is not recorded."""

    ice: IceScore | None = Field(default=None, description="Lowest ICE score.")
    ice_not_done_reason: Coded[IceNotDoneReason] | None = Field(
        default=None, description="Why there is no ICE score."
    )
    consciousness: Coded[ConsciousnessLevel] | None = Field(
        default=None, description="Lowest level of consciousness."
    )
    seizure: Coded[SeizureFinding] | None = Field(default=None, description="Worst seizure.")
    motor: Coded[MotorFinding] | None = Field(default=None, description="Worst motor finding.")
    raised_pressure: Coded[RaisedPressureFinding] | None = Field(
        default=None, description="Worst sign of oedema or raised intracranial pressure."
    )
    intracranial_haemorrhage: StrictBool = Field(
        default=False, description="Intracranial haemorrhage: oedema around it does not count."
    )
    other_cause: list[IcansDomain] = Field(
        default_factory=list, description="Findings that are due to something else, as sedation."
    )


class AstctGraded(Part):
    """An ASTCT grade with its scale and what it rests on."""

    scale: Coded[AstctScale] = Field(description="Which of the two scales.")
    version: Literal["ASTCT 2019"] = Field(
        default="ASTCT 2019", description="Version of the scales."
    )
    grade: Coded[AstctGrade] = Field(description="Highest grade of the event on that scale, 1-5.")
    crs: CrsBasis | None = Field(default=None, description="Findings behind a CRS grade.")
    icans: IcansBasis | None = Field(default=None, description="Findings behind an ICANS grade.")
