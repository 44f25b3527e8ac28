"""What an endpoint can be asked, and what every answer says first."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, create_model
from pydantic_core import PydanticCustomError

from app.models.values import CivilDate
from app.schemas.listing import CsvQuery, ReadQuery, SoughtText
from app.services.derivations.time_to_event.event_definition import PARTS, definition_of
from app.trial.policy import TimeToEventPolicy
from app.trial.populations import PopulationName
from app.vocabularies.imwg import ResponseSource
from app.vocabularies.times_to_event import TimeToEvent

ProportionType = Literal["clopper_pearson", "wilson", "wilson_cc"]
CurveType = Literal["log-log", "log", "plain"]


class EndpointQuery(CsvQuery, ReadQuery):
    """What every endpoint can be asked."""

    cutoff: CivilDate | None = Field(
        default=None,
        description="Clinical data cut-off: nothing dated later counts; the day of `as_of` "
        "without it. Not later than any calendar showed at `as_of`.",
    )
    population: PopulationName | None = Field(
        default=None, description="Who is analysed; the trial's default without it."
    )
    centre: SoughtText | None = Field(
        default=None, max_length=8, description="Subjects of one centre."
    )
    rows: bool = Field(default=False, description="Whether the subjects' own rows are returned.")


class OfResponses(EndpointQuery):
    """What an endpoint that rests on responses can be asked."""

    response_source: ResponseSource = Field(
        default=ResponseSource.DERIVED,
        description="Whose categories: computed from the measurements, the investigator's, or the "
        "reviewers' with the computed ones where they judged nothing.",
    )


class ResponseQuery(OfResponses):
    """What the response can be asked."""

    conf_type: ProportionType = Field(
        default="clopper_pearson", description="How the limits of a rate are made."
    )
    p0: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Response rate under the null hypothesis of an exact test."
    )


LONGEST_VARIANT: Final = 120


def pattern_of(parts: Iterable[str]) -> str:
    """Give the pattern of a definition: some of these parts, between commas."""
    one = "|".join(map(re.escape, parts))
    return f"^(?:{one})(?:,(?:{one}))*$"


def survival_query(endpoint: TimeToEvent) -> type[OfResponses]:
    """Make the query of a time to an event: the parts of its own definition are what it knows."""
    parts = tuple(PARTS[endpoint])
    title = endpoint.title().replace("-", "")

    def known(variant: str) -> str:
        try:
            definition_of(endpoint, variant, TimeToEventPolicy())
        except ValueError as error:
            raise PydanticCustomError(
                "unknown_variant",
                "{reason}; write one or more of those allowed, between commas",
                {"reason": str(error), "allowed": list(parts)},
            ) from error
        return variant

    variant: Any = Annotated[
        str,
        Field(max_length=LONGEST_VARIANT, json_schema_extra={"pattern": pattern_of(parts)}),
        AfterValidator(known),
    ]
    return create_model(
        f"{title}Query",
        __base__=OfResponses,
        variant=(
            variant | None,
            Field(
                default=None,
                description="Where the definition departs from the trial's policy: one or more of "
                f"{', '.join(f'`{part}`' for part in parts)}, between commas.",
                examples=[f"{parts[0]},{parts[-1]}"],
            ),
        ),
        conf_type=(
            CurveType | None,
            Field(default=None, description="Transformation of the pointwise limits."),
        ),
    )
