"""The field types of every record: what is accepted, and given back exactly as it was sent.

A field says its type, and the type of its column where SQLModel cannot know it::

    class AdverseEventFields(SQLModel):
        term: ShortText = Field(sa_type=Text)
        onset: PartialDateOrDateTime = Field(sa_type=Text)
        end: PartialDateOrDateTime | None = Field(default=None, sa_type=Text)
        grade: Coded[ToxicityGrade] = Field(sa_type=coded(ToxicityGrade))
        serious: StrictBool

    class LabResultFields(SQLModel):
        value: ClinicalDecimal | None = Field(default=None, sa_type=Numeric)
        collected_at: DateOrDateTime = Field(sa_type=Text)

    class AssessmentFields(SQLModel):
        assessed_on: CivilDate = Field(sa_type=Date)
        serum_m_protein: SerumMProtein | None = Field(default=None, sa_type=part(SerumMProtein))
        lesions: list[Lesion] = Field(default_factory=list, sa_type=parts(Lesion))

    class AdverseEvent(AdverseEventFields, TrialRecord, table=True): ...

======================================================  ==============================
type                                                    column
======================================================  ==============================
ClinicalDecimal, NonNegativeDecimal, PositiveDecimal,   ``Numeric`` (keeps the digits)
Percentage
CivilDate                                               ``Date``
PartialDate, OffsetDateTime, DateOrDateTime,            ``Text``
PartialDateOrDateTime
ShortText, FreeText, Code, SourceId                     ``Text``
Coded[Vocabulary]                                       ``coded(Vocabulary)``
Count, StrictBool                                       SQLModel knows
======================================================  ==============================

Pydantic's own types are too kind for clinical data: ``int`` takes ``"5"`` and ``true``, ``date``
takes ``0`` for 1970-01-01, an ``IntEnum`` takes ``true`` for 1. These refuse, with a stable code
(the error's ``type``) and a message that says what would be right and never repeats what was sent;
where there is a list of what is allowed, it is ``allowed`` in the error's ``ctx``.
"""

from decimal import Decimal
from enum import Enum
from typing import Annotated, TypeVar

from pydantic import StrictBool

from app.models.columns import coded, part, parts
from app.models.dates import (
    CivilDate,
    DateOrDateTime,
    OffsetDateTime,
    PartialDate,
    PartialDateOrDateTime,
)
from app.models.numbers import ClinicalNumber, WholeNumber
from app.models.text import PublishedCode, ShortCode, WrittenText

__all__ = [
    "CivilDate",
    "ClinicalDecimal",
    "ClinicalNumber",
    "Code",
    "Coded",
    "Confirmation",
    "Count",
    "DateOrDateTime",
    "FreeText",
    "NonNegativeDecimal",
    "OffsetDateTime",
    "PartialDate",
    "PartialDateOrDateTime",
    "Percentage",
    "PositiveDecimal",
    "ShortText",
    "SourceId",
    "StrictBool",
    "WholeNumber",
    "WrittenText",
    "coded",
    "part",
    "parts",
]

EnumT = TypeVar("EnumT", bound=Enum)

ClinicalDecimal = Annotated[Decimal, ClinicalNumber()]
"""A number with its digits as sent: ``2.50`` stays ``2.50``. Answered as text."""

NonNegativeDecimal = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0))]
"""A number that is 0 or more."""

PositiveDecimal = Annotated[Decimal, ClinicalNumber(above=Decimal(0))]
"""A number above 0."""

Percentage = Annotated[Decimal, ClinicalNumber(at_least=Decimal(0), at_most=Decimal(100))]
"""A percentage from 0 to 100, in %."""

Confirmation = StrictBool
"""`true` confirms a number that no living person should have; it goes with a reason."""

Count = Annotated[int, WholeNumber(at_least=0, at_most=2**31 - 1)]
"""How many: a whole number of 0 or more."""

Coded = Annotated[EnumT, PublishedCode()]
"""A code of a published vocabulary, in the type it is published in: ``Coded[ToxicityGrade]``."""

ShortText = Annotated[str, WrittenText(max_length=200)]
"""One line of at most 200 characters."""

FreeText = Annotated[str, WrittenText(max_length=4000, several_lines=True)]
"""A note of at most 4,000 characters."""

Code = Annotated[str, ShortCode()]
"""A short code, a unit or a visit: at most 64 letters, digits and marks, no blanks."""

SourceId = Annotated[str, WrittenText(max_length=128, record_number=True)]
"""The sending system's own id of a record: one line of at most 128 characters."""
