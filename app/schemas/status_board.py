"""The status board as it is answered."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from app.schemas.enrolment import SubjectState
from app.schemas.rule_set import RuleSet
from app.trial.anchors import AnchorName
from app.trial.visit_status import ScheduledVisitStatus
from app.vocabularies.visits import VisitStatus


class VisitCounts(BaseModel):
    """How many visits stand where."""

    upcoming: int
    due: int
    overdue: int
    missing: int
    samples_only: int
    done: int
    not_applicable: int


class StatusMeaning(BaseModel):
    """A word of the board and what it says."""

    code: ScheduledVisitStatus
    meaning: str


class BoardColumn(BaseModel):
    """A scheduled visit, in the order of the schedule."""

    code: str = Field(description="Visit code (VISIT).")
    label: str = Field(description="When it is planned, in words.")
    anchor: AnchorName = Field(description="The day that its own day counts from.")
    day: int = Field(description="Planned day, days after the anchor.")
    before: int = Field(description="Days the window opens before it.")
    after: int = Field(description="Days the window closes after it.")
    disease_evaluation: Literal["none", "baseline", "scheduled"]
    counts: VisitCounts


class BoardVisit(BaseModel):
    """Where one scheduled visit of one subject stands."""

    visit: str
    status: ScheduledVisitStatus
    recorded: VisitStatus | None = Field(
        description="What is recorded of it; null: nothing. `missing` with `missed` is the "
        "centre's word, `missing` with null is the calendar's."
    )
    on: date | None = Field(description="Day it took place.")
    target: date | None = Field(description="Planned day; null: what it counts from is to come.")
    window_from: date | None = Field(description="First day of the window.")
    window_to: date | None = Field(description="Last day of the window, included.")


class OtherVisitOut(BaseModel):
    """A visit that took place outside the calendar: unscheduled, or opened by an event."""

    visit: str
    on: date


class BoardSubject(BaseModel):
    """One subject and its visits, in the order of the columns."""

    subject: str
    centre: str
    state: SubjectState
    infused_on: date | None
    visits: list[BoardVisit]
    other_visits: list[OtherVisitOut]


class StatusBoard(BaseModel):
    """Subjects by scheduled visits at one data cut."""

    centre: str | None = Field(description="As asked; null: every centre that the caller sees.")
    n: int = Field(description="Subjects on the board.")
    as_of: int = Field(description="The seq of the ledger up to which records count.")
    cutoff: date | None = Field(description="Clinical data cut-off, as asked.")
    data_cutoff: date = Field(description="Last clinical day that counts.")
    status_on: date = Field(
        description="The day on which visits are due or not: `data_cutoff`, but not after the day "
        "of the last change that counts."
    )
    rule_set: RuleSet
    engine_version: str
    statuses: list[StatusMeaning]
    visits: list[BoardColumn]
    subjects: list[BoardSubject]
    counts: VisitCounts
