"""Survival follow-up: what was learnt of the subject, when, and from whom."""

from typing import ClassVar

from sqlalchemy import Date, Text, Uuid
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.references import RecordReference
from app.models.shape import RecordFields
from app.models.values import (
    CivilDate,
    Code,
    Coded,
    FreeText,
    PartialDate,
    ShortText,
    StrictBool,
    coded,
)
from app.vocabularies.follow_up import (
    DeathCause,
    InformationSource,
    SurvivalStatus,
    WithdrawalScope,
)


class FollowUpFields(RecordFields):
    """What a centre reports about one contact, or about why there will be none.

    The date of death is kept apart from the day it was learnt: survival counts from the one, the
    data cut from the other.
    """

    visit: Code | None = Field(
        default=None, sa_type=Text, description="Scheduled visit (VISIT), or `UNS`."
    )
    contacted_on: PartialDate = Field(
        sa_type=Text,
        description="When this was learnt, as far as known (SSDTC): of a living subject the day of "
        "the contact, of a death the day the centre was told, of a loss the day it was declared.",
    )
    status: Coded[SurvivalStatus] = Field(
        sa_type=coded(SurvivalStatus), description="What was learnt (SURVSTAT)."
    )
    source: Coded[InformationSource] | None = Field(
        default=None,
        sa_type=coded(InformationSource),
        description="Who or what it was learnt from.",
    )
    last_contact_on: PartialDate | None = Field(
        default=None,
        sa_type=Text,
        description="Of a subject lost: the last day the subject was known to be alive.",
    )
    withdrawal_scope: Coded[WithdrawalScope] | None = Field(
        default=None,
        sa_type=coded(WithdrawalScope),
        description="Of a subject who withdrew: what from.",
    )
    withdrew_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Of a subject who withdrew: from which day on."
    )
    death_date: PartialDate | None = Field(
        default=None, sa_type=Text, description="Date of death, as far as known (DTHDTC)."
    )
    death_learnt_on: CivilDate | None = Field(
        default=None, sa_type=Date, description="Day the centre first learnt of the death."
    )
    death_cause: Coded[DeathCause] | None = Field(
        default=None, sa_type=coded(DeathCause), description="Class of the cause (DDORRES)."
    )
    death_cause_text: ShortText | None = Field(
        default=None, sa_type=Text, description="Cause of death, in words."
    )
    death_due_to_myeloma: StrictBool | None = Field(
        default=None, description="The subject died of the myeloma; None: not known."
    )
    autopsy: StrictBool | None = Field(default=None, description="An autopsy was done.")
    adverse_event: RecordReference | None = Field(
        default=None, sa_type=Uuid, description="The fatal adverse event."
    )
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on the contact.")


class FollowUp(FollowUpFields, TrialRecord, table=True):
    """One version of one follow-up of one subject."""

    __tablename__ = "follow_up"

    checks: ClassVar = {
        "death_date": "(status = 'died') = (death_date IS NOT NULL)",
        "last_contact_on": "(status = 'lost') = (last_contact_on IS NOT NULL)",
        "withdrawal_scope": "(status = 'withdrew') = (withdrawal_scope IS NOT NULL)",
    }
