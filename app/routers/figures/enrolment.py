"""Who was screened, enrolled, infused and left, as it is answered."""

from datetime import date

from pydantic import Field

from app.routers.figures.answer import Figures, Report, Row
from app.trial.populations import PopulationName
from app.vocabularies.subjects import Disposition


class EnrolmentFlow(Figures):
    """How far subjects came."""

    screened: int
    screen_failed: int
    enrolled: int
    apheresed: int
    lymphodepleted: int
    infused: int
    off_study: int
    died: int


class EnrolmentOfCentre(EnrolmentFlow):
    """How far the subjects of one centre came."""

    centre: str
    planned: int | None = Field(description="Subjects that the trial file expects; null: none.")


class Slots(Figures):
    """The slots of the trial, for those who see every centre."""

    total: int
    taken: int | None
    left: int | None


class AccrualMonth(Figures):
    """Enrolments and infusions of one month."""

    month: str
    enrolled: int
    infused: int
    enrolled_total: int
    infused_total: int


class EnrolmentRow(Row):
    """How far one subject came."""

    populations: list[PopulationName]
    consented_on: date | None
    enrolled_on: date | None
    apheresed_on: date | None
    lymphodepleted_on: date | None
    lymphodepletion_from: date | None
    earlier_lymphodepletion_from: date | None
    infused_on: date | None
    screen_failed_on: date | None
    disposition: Disposition | None
    off_study_on: date | None
    died_on: date | None


class EnrolmentFigures(Report):
    """Enrolment of every subject."""

    total: EnrolmentFlow
    by_centre: list[EnrolmentOfCentre]
    dispositions: dict[str, int] = Field(description="How those who left the trial left it.")
    slots: Slots
    accrual: list[AccrualMonth]
    rows: list[EnrolmentRow] = Field(default=[], description="With `rows=true`.")
