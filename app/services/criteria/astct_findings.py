"""What CRS and ICANS are graded from: the findings of one period or assessment.

In all of them None means not recorded, which is not the same as absent.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.vocabularies.astct import (
    ConsciousnessLevel,
    IceNotDoneReason,
    MotorFinding,
    OxygenDevice,
    PositivePressureReason,
    RaisedPressureFinding,
    SeizureFinding,
)


class CrsArm(StrEnum):
    """What a CRS grade can rest on."""

    FEVER = "fever"
    HYPOTENSION = "hypotension"
    HYPOXIA = "hypoxia"
    DEATH = "death"


class IcansDomain(StrEnum):
    """What an ICANS grade can rest on."""

    ICE = "ice"
    CONSCIOUSNESS = "consciousness"
    SEIZURE = "seizure"
    MOTOR = "motor"
    RAISED_PRESSURE = "raised_pressure"
    DEATH = "death"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsFindings:
    """What was found of CRS over one period: a day, or a whole episode.

    Attributes:
        temperature_max: degrees Celsius.
        established: CRS had begun, with fever, before this period.
        treated: an antipyretic, an anticytokine such as tocilizumab, or a steroid was given.
        vasopressors: how many agents at once, vasopressin not counted.
        flow: oxygen flow, L/min; needed for a nasal cannula only.
        died_of_crs: died with CRS as the principal cause.

    Decision: another cause that nobody named is none; ``*_other_cause`` is then False.
    """

    temperature_max: Decimal | None
    fever_other_cause: bool = False
    established: bool = False
    treated: bool = False
    hypotension: bool | None
    hypotension_other_cause: bool = False
    vasopressors: int | None
    vasopressin: bool | None
    oxygen: OxygenDevice | None
    flow: Decimal | None = None
    hypoxia_other_cause: bool = False
    positive_pressure_reason: PositivePressureReason | None = None
    died_of_crs: bool = False

    def __post_init__(self) -> None:
        """Refuse a negative number of vasopressors or flow (ValueError)."""
        if self.vasopressors is not None and self.vasopressors < 0:
            raise ValueError("a number of vasopressors is not negative")
        if self.flow is not None and self.flow < 0:
            raise ValueError("an oxygen flow is not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class IcansFindings:
    """What was found of ICANS at one assessment of an adult.

    Attributes:
        ice_score: 0 to 10, the sum of the five items of the ICE test.
        ice_not_done_reason: why there is no score.
        other_cause: domains whose finding is due to something else, as sedation.
        died_of_icans: died with ICANS as the principal cause.
    """

    ice_score: int | None
    ice_not_done_reason: IceNotDoneReason | None = None
    consciousness: ConsciousnessLevel | None
    seizure: SeizureFinding | None
    motor: MotorFinding | None
    raised_pressure: RaisedPressureFinding | None
    intracranial_haemorrhage: bool = False
    other_cause: frozenset[IcansDomain] = frozenset()
    died_of_icans: bool = False

    def __post_init__(self) -> None:
        """Refuse an impossible score, and a score beside a reason for having none (ValueError)."""
        if self.ice_score is not None:
            if not 0 <= self.ice_score <= 10:
                raise ValueError("an ICE score is 0 to 10")
            if self.ice_not_done_reason is not None:
                raise ValueError("an ICE score needs no reason for having none")
