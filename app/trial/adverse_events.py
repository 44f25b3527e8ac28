"""Which adverse events are collected when, and how they are counted."""

from datetime import date, timedelta
from typing import Final, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from app.trial.anchors import AnchorName, Anchors
from app.trial.parameters import Line, Parameters, describes
from app.vocabularies.adverse_events import Causality, CollectionPeriod


class Period(Parameters):
    """A period of collection: from one anchor to another, both days inclusive."""

    code: CollectionPeriod
    starts: AnchorName
    starts_day: int = Field(default=0, description="Days after the anchor `starts`.")
    ends: AnchorName
    ends_day: int = Field(default=0, description="Days after the anchor `ends`.")
    collected: Line = Field(
        description="What is collected.",
        json_schema_extra=describes("tells the centres what to report; what they do is counted"),
    )

    def begun(self, day: date, anchors: Anchors) -> bool:
        """Tell whether the period has begun by ``day``; without its first anchor it never does."""
        starts = anchors.day(self.starts)
        return starts is not None and day >= starts + timedelta(self.starts_day)

    def over(self, day: date, anchors: Anchors) -> bool:
        """Tell whether the period has ended before ``day``; without its last anchor it goes on."""
        ends = anchors.day(self.ends)
        return ends is not None and day > ends + timedelta(self.ends_day)


class ProlongedCytopenia(Parameters):
    """When a cytopenia counts as prolonged, and what shows that it has recovered."""

    grade: PositiveInt = Field(default=3, le=5, description="From this CTCAE grade.")
    recovered_grade: int = Field(default=2, ge=0, le=4, description="Recovered at this or less.")
    recovery_values: PositiveInt = Field(default=2, description="Values that show recovery.")
    recovery_days_apart: NonNegativeInt = Field(default=3, description="Days between these.")
    transfusion_free_days: NonNegativeInt = 7
    g_csf_free_days: NonNegativeInt = 3
    by_days: tuple[PositiveInt, ...] = Field(
        default=(30, 60), description="Days after infusion by which recovery is asked for."
    )


_SERIOUSNESS: Final = "tells the centres what is serious; what they say stands"


class AdverseEventRules(Parameters):
    """Collection periods of adverse events and the rules of their tables."""

    periods: tuple[Period, ...] = Field(
        default=(), description="In the order of their beginnings: a later one takes over."
    )
    primary_period: CollectionPeriod = Field(
        default=CollectionPeriod.TREATMENT,
        description="Period of the primary incidence, for all adverse events.",
    )
    to_horizon: tuple[Literal["serious", "aesi", "related"], ...] = Field(
        default=("serious", "aesi", "related"),
        description="Events that the second table counts up to the horizon.",
    )
    episode_gap_days: NonNegativeInt = Field(
        default=1, description="An event that returns after a longer gap is a new record."
    )
    related: tuple[Causality, ...] = Field(
        default=(Causality.POSSIBLE, Causality.PROBABLE, Causality.DEFINITE),
        description="Levels of causality that count as related.",
    )
    missing_causality_is_related: bool = Field(
        default=True, description="Counted as related, in a column of its own as well."
    )
    planned_admission_is_serious: bool = Field(
        default=False,
        description="Admission planned for infusion and observation.",
        json_schema_extra=describes(_SERIOUSNESS),
    )
    progression_is_event: bool = Field(
        default=False, description="Progressive disease itself; its symptoms always are."
    )
    crs_scale_in_tables: Literal["CTCAE", "ASTCT"] = "CTCAE"
    crs_scale_of_special_interest: Literal["CTCAE", "ASTCT"] = "ASTCT"
    icans_term: Line = Field(
        default="Nervous system disorders - Other, specify",
        description="CTCAE term under which ICANS is recorded, once, with its ASTCT grade.",
    )
    symptoms_are_counted: bool = Field(
        default=False, description="Events recorded as `symptom_of` another."
    )
    organ_toxicity_from_grade: PositiveInt = Field(
        default=3, le=5, description="Organ toxicity of CRS is its own event from this grade."
    )
    cytopenia_from_day: NonNegativeInt = Field(
        default=30,
        description="Day from which a grade 3-4 lymphodepletion cytopenia is an adverse event.",
        json_schema_extra=describes(
            "tells the centres when to report one; a severe result without an event is always asked"
            " about"
        ),
    )
    observation_to_day: NonNegativeInt = Field(
        default=14,
        description="In-patient observation ends on this day.",
        json_schema_extra=describes(_SERIOUSNESS),
    )
    dose_limiting_toxicity_days: PositiveInt | None = Field(
        default=None,
        description="Days after infusion; null: not assessed.",
        json_schema_extra=describes("says whether a window is assessed; the protocol has no rule"),
    )
    report_within_hours: PositiveInt = Field(
        default=24, description="From awareness to the sponsor: serious events, and AESI below."
    )
    report_aesi_from_grade: PositiveInt = Field(default=3, le=5)
    prolonged_cytopenia: ProlongedCytopenia = Field(default_factory=ProlongedCytopenia)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        codes = [period.code for period in self.periods]
        faults = [
            f"the period {code} is declared twice"
            for code in sorted({code for code in codes if codes.count(code) > 1})
        ]
        if codes and self.primary_period not in codes:
            faults.append(f"the primary period {self.primary_period} is not declared")
        if faults:
            raise ValueError(*faults)
        return self
