"""The way to the infusion: leukapheresis, bridging, lymphodepletion, and how it ended."""

from pydantic import Field as PartField
from sqlalchemy import Date, Text
from sqlmodel import Field

from app.models.columns import Parts
from app.models.record import TrialRecord
from app.models.shape import Part, RecordFields
from app.models.values import (
    CivilDate,
    Code,
    Coded,
    Confirmation,
    DateOrDateTime,
    FreeText,
    PartialDate,
    PositiveDecimal,
    ShortText,
    StrictBool,
    coded,
    part,
    parts,
)
from app.vocabularies.imwg import ResponseCategory
from app.vocabularies.preparations import (
    LymphodepletionAgent,
    LymphodepletionDoseUnit,
    PreparationOutcome,
)


class Bridging(Part):
    """Therapy between leukapheresis and lymphodepletion."""

    given: StrictBool = PartField(description="Bridging therapy was given.")
    agents: list[ShortText] = PartField(default_factory=list, description="Medicines (CMTRT).")
    start: PartialDate | None = PartField(
        default=None, description="Start, as far as known (CMSTDTC)."
    )
    end: PartialDate | None = PartField(default=None, description="End, as far as known (CMENDTC).")
    response: Coded[ResponseCategory] | None = PartField(
        default=None, description="Response to bridging (IMWG)."
    )
    radiotherapy: StrictBool | None = PartField(
        default=None, description="Bridging included radiotherapy."
    )


class LymphodepletionDose(Part):
    """One dose of lymphodepleting chemotherapy."""

    agent: Coded[LymphodepletionAgent] = PartField(description="Agent (EXTRT).")
    other_agent: ShortText | None = PartField(
        default=None, description="Its name, where the agent is `other`."
    )
    dose: PositiveDecimal | None = PartField(default=None, description="Dose (EXDOSE).")
    unit: Coded[LymphodepletionDoseUnit] | None = PartField(
        default=None, description="Unit of the dose (EXDOSU)."
    )
    given_on: DateOrDateTime = PartField(description="When; the time if known (EXSTDTC).")


class PreparationFields(RecordFields):
    """What a centre reports about one preparation; a second attempt is a second record.

    The first lymphodepletion dose closes every baseline, so its date is never partial.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    leukapheresis_on: CivilDate | None = Field(
        default=None,
        sa_type=Date,
        description="First day of leukapheresis; None: it has not taken place.",
    )
    further_leukapheresis_on: list[CivilDate] = Field(
        default_factory=list,
        sa_type=Parts(list[CivilDate]),
        description="Further days of leukapheresis.",
    )
    bridging: Bridging | None = Field(
        default=None, sa_type=part(Bridging), description="Bridging therapy; None: not known."
    )
    lymphodepletion: list[LymphodepletionDose] = Field(
        default_factory=list,
        sa_type=parts(LymphodepletionDose),
        description="Lymphodepletion, one row per agent and day.",
    )
    lymphodepletion_omitted: ShortText | None = Field(
        default=None, sa_type=Text, description="Why no lymphodepletion was given."
    )
    product_lot: Code | None = Field(
        default=None, sa_type=Text, description="Lot of the product made."
    )
    product_released_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Day the product was released."
    )
    outcome: Coded[PreparationOutcome] | None = Field(
        default=None,
        sa_type=coded(PreparationOutcome),
        description="How the preparation ended; None: it has not.",
    )
    outcome_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Day of a preparation's end without infusion."
    )
    outcome_note: ShortText | None = Field(
        default=None, sa_type=Text, description="Which other reason."
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on it.")
    confirmed_implausible: Confirmation | None = Field(
        default=None,
        description="An amendment says with its reason that a number is right although no living "
        "person should have it; it is then used.",
    )


class Preparation(PreparationFields, TrialRecord, table=True):
    """One version of one preparation of one subject."""

    __tablename__ = "preparation"
