"""What a picture can be asked."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.models.values import CivilDate
from app.routers.endpoint_query import LONGEST_VARIANT, CurveType, pattern_of
from app.schemas.listing import CsvQuery, ReadQuery, SoughtText
from app.services.derivations.safety.safety_follow_up import SafetyWindow
from app.services.derivations.time_to_event.event_definition import PARTS
from app.trial.populations import PopulationName
from app.vocabularies.imwg import ResponseSource
from app.vocabularies.kinetics import KineticsMethod
from app.vocabularies.laboratory import find_analyte, listed_codes
from app.vocabularies.specimens import Matrix
from app.vocabularies.times_to_event import TimeToEvent

_PARTS = tuple(dict.fromkeys(part for parts in PARTS.values() for part in parts))

LONGEST_HORIZON: Final = 240
"""Months that an axis can be asked to reach."""


def _listed(code: str) -> str:
    """Give the code of an analyte of the vocabulary; no other text reaches a picture."""
    found = find_analyte(code)
    if found is None:
        raise PydanticCustomError("unknown_analyte", "give a code of the vocabulary of analytes")
    return found.code


SubjectCode = Annotated[
    str,
    Field(
        pattern="^[0-9A-Z]{1,8}-[0-9]{3,6}$",
        description="The subject's code, as in `03-001`.",
        examples=["03-001"],
    ),
]
Analyte = Annotated[
    SoughtText,
    Field(max_length=40, json_schema_extra={"enum": [*listed_codes()]}),
    AfterValidator(_listed),
]


class ChartQuery(CsvQuery, ReadQuery):
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
    variant: str | None = Field(
        default=None,
        max_length=LONGEST_VARIANT,
        json_schema_extra={"pattern": pattern_of(_PARTS)},
        description="Where its definition departs from the trial's policy: parts that it has, "
        "between commas.",
        examples=["truncate"],
    )
    conf_type: CurveType | None = Field(
        default=None, description="Transformation of the pointwise limits."
    )
    horizon: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_HORIZON,
        description="Months that the axis reaches at least, as in 36; it ends with the data "
        "without it, and never before.",
        examples=[36],
    )


class KineticsQuery(CohortQuery):
    """What the course of the cells can be asked."""

    matrix: Matrix | None = Field(default=None, description="Where; the first there is without it.")
    method: KineticsMethod | None = Field(
        default=None, description="How counted; the first there is without it."
    )


class SeriesQuery(ChartQuery):
    """What a subject's results can be asked."""

    subject: SubjectCode
    analyte: Analyte = Field(description="Our code of the analyte.", examples=["HGB"])


class TimelineQuery(ChartQuery):
    """What a subject's timeline can be asked."""

    subject: SubjectCode
    response_source: ResponseSource = Field(
        default=ResponseSource.DERIVED, description="Whose categories."
    )


class MarkersQuery(TimelineQuery):
    """What a subject's markers can be asked."""

    scale: Literal["linear", "log"] = Field(
        default="linear",
        description="Of the values; on a logarithmic one 0 stands at half the lowest, marked.",
    )


class AdverseEventQuery(CohortQuery):
    """What the adverse events can be asked."""

    window: SafetyWindow = Field(
        default=SafetyWindow.TREATMENT_EMERGENT, description="Which events count."
    )
    limit: int = Field(default=30, ge=1, le=100, description="How many terms, most frequent first.")


class ShiftQuery(CohortQuery):
    """What the shifts of laboratory grades can be asked."""

    analyte: Analyte | None = Field(
        default=None,
        description="Of one analyte; without it those with the most severe grades.",
        examples=["HGB"],
    )
