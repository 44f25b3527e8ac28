"""Every endpoint in one document, and the shape of each by its name."""

from typing import Any, Final

from pydantic import BaseModel, Field, create_model

from app.routers.figures.answer import Answer, Figures
from app.routers.figures.cells import CarKineticsFigures, PharmacodynamicFigures
from app.routers.figures.enrolment import EnrolmentFigures
from app.routers.figures.response import ResponseFigures
from app.routers.figures.safety import AdverseEventFigures, LabAbnormalityFigures
from app.routers.figures.survival import TIMES

_ENDPOINTS: Final[dict[str, type[BaseModel]]] = {
    "enrolment": EnrolmentFigures,
    "response": ResponseFigures,
    **TIMES,
    "adverse-events": AdverseEventFigures,
    "lab-abnormalities": LabAbnormalityFigures,
    "car-kinetics": CarKineticsFigures,
    "pharmacodynamics": PharmacodynamicFigures,
}
_MEMBERS: Final[dict[str, Any]] = {
    name.replace("-", "_"): (shape, Field(alias=name)) for name, shape in _ENDPOINTS.items()
}

EveryEndpoint = create_model(
    "EveryEndpoint",
    __base__=Figures,
    __doc__="Each endpoint as it answers by itself.",
    **_MEMBERS,
)


class SummaryFigures(Answer):
    """Every endpoint in one document."""

    endpoints: EveryEndpoint


FIGURES: Final[dict[str, type[BaseModel]]] = {**_ENDPOINTS, "summary": SummaryFigures}
"""The shape of each answer, by the name in the address."""
