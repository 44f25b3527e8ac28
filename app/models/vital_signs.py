"""Vital signs.

Decision: what no living body can show (98.6 degrees Celsius, 1200 mmHg) is stored and is a finding,
not a refusal: a visit is not lost over a unit. See ``app.vocabularies.plausible_limits``.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.models.shape import Part
from app.models.values import ClinicalNumber, Coded, OffsetDateTime, Percentage
from app.vocabularies.astct import OxygenDevice

BodyTemperature = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0))]
"""Body temperature, degrees Celsius."""

BloodPressure = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0))]
"""Blood pressure, mmHg."""

Rate = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0))]
"""Beats or breaths per minute."""

OxygenFlow = Annotated[Decimal, ClinicalNumber(above=Decimal(0))]
"""Oxygen flow, L/min."""

BodyWeight = Annotated[Decimal, ClinicalNumber(above=Decimal(0))]
"""Body weight, kg."""


class VitalSigns(Part):
    """Vital signs at one time; None is not measured."""

    measured_at: OffsetDateTime | None = Field(
        default=None, description="When; None: at the visit, at a time not known (VSDTC)."
    )
    temperature: BodyTemperature | None = Field(
        default=None, description="Body temperature, degrees Celsius (VSTESTCD TEMP)."
    )
    systolic: BloodPressure | None = Field(
        default=None, description="Systolic blood pressure, mmHg (SYSBP)."
    )
    diastolic: BloodPressure | None = Field(
        default=None, description="Diastolic blood pressure, mmHg (DIABP)."
    )
    heart_rate: Rate | None = Field(default=None, description="Heart rate, beats/min (HR).")
    respiratory_rate: Rate | None = Field(
        default=None, description="Respiratory rate, breaths/min (RESP)."
    )
    oxygen_saturation: Percentage | None = Field(
        default=None, description="Oxygen saturation, % (OXYSAT)."
    )
    oxygen: Coded[OxygenDevice] | None = Field(
        default=None, description="How oxygen was given when the saturation was read."
    )
    flow: OxygenFlow | None = Field(default=None, description="Oxygen flow, L/min.")
