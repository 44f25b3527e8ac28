"""What a picture can be asked."""

from typing import Literal

from pydantic import Field

from app.models.values import CivilDate
from app.routers.endpoint_query import CurveType
from app.schemas.listing import ReadQuery, SoughtText
from app.services.derivations.event_times import VARIANTS
from app.trial.populations import PopulationName
from app.vocabularies.imwg import ResponseSource

TimeToEvent = Literal[
    "overall-survival",
    "progression-free-survival",
    "event-free-survival",
    "duration-of-response",
    "time-to-next-treatment",
]
_VARIANTS = tuple(dict.fromkeys(name for variants in VARIANTS.values() for name in variants))


class ChartQuery(ReadQuery):
    """What every picture can be asked."""

    cutoff: CivilDate | None = Field(
        default=None, description="Clinical data cut-off: nothing dated later is shown."
    )


class CohortQuery(ChartQuery):
    """What a picture of many subjects can be asked."""

    population: PopulationName | None = Field(
        default=None, description="Who is shown; the trial's default without it."
    )
    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Subjects of one centre."
    )


class ResponsesQuery(CohortQuery):
    """What a picture that rests on responses can be asked."""

    response_source: ResponseSource = Field(
        default=ResponseSource.DERIVED,
        description="Whose categories: computed from the measurements, the investigator's, or the "
        "reviewers' with the computed ones where they judged nothing.",
    )


class SurvivalQuery(ResponsesQuery):
    """What the curve of a time to an event can be asked."""

    endpoint: TimeToEvent = Field(default="overall-survival", description="Which time.")
    variant: Literal[_VARIANTS] | None = Field(  # type: ignore[valid-type]
        default=None,
        description="Which of the definitions that it has; the trial's policy without it.",
    )
    conf_type: CurveType | None = Field(
        default=None, description="Transformation of the pointwise limits."
    )
