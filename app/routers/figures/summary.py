"""Every endpoint in one document, and the shape of each by its name."""

from typing import Final, cast

from pydantic import BaseModel, Field

from app.routers.figures.answer import Answer, Figures
from app.routers.figures.cells import CarKineticsFigures, PharmacodynamicFigures
from app.routers.figures.enrolment import EnrolmentFigures
from app.routers.figures.response import ResponseFigures
from app.routers.figures.safety import AdverseEventFigures, LabAbnormalityFigures
from app.routers.figures.survival import (
    DurationOfResponseFigures,
    EventFreeSurvivalFigures,
    OverallSurvivalFigures,
    ProgressionFreeSurvivalFigures,
    TimeToNextTreatmentFigures,
)


class EveryEndpoint(Figures):
    """Each endpoint as it answers by itself."""

    enrolment: EnrolmentFigures
    response: ResponseFigures
    overall_survival: OverallSurvivalFigures = Field(alias="overall-survival")
    progression_free_survival: ProgressionFreeSurvivalFigures = Field(
        alias="progression-free-survival"
    )
    event_free_survival: EventFreeSurvivalFigures = Field(alias="event-free-survival")
    duration_of_response: DurationOfResponseFigures = Field(alias="duration-of-response")
    time_to_next_treatment: TimeToNextTreatmentFigures = Field(alias="time-to-next-treatment")
    adverse_events: AdverseEventFigures = Field(alias="adverse-events")
    lab_abnormalities: LabAbnormalityFigures = Field(alias="lab-abnormalities")
    car_kinetics: CarKineticsFigures = Field(alias="car-kinetics")
    pharmacodynamics: PharmacodynamicFigures


class SummaryFigures(Answer):
    """Every endpoint in one document."""

    endpoints: EveryEndpoint


FIGURES: Final[dict[str, type[BaseModel]]] = {
    **{
        field.alias or name: cast("type[BaseModel]", field.annotation)
        for name, field in EveryEndpoint.model_fields.items()
    },
    "summary": SummaryFigures,
}
"""The shape of each answer, by the name in the address."""
