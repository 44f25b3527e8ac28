"""When CAR-T cells are counted, and how a profile is analysed."""

from decimal import Decimal
from typing import Final, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from app.trial.parameters import Parameters, VisitCode, describes
from app.vocabularies.kinetics import KineticsMethod
from app.vocabularies.specimens import Matrix


class NominalTime(Parameters):
    """A sampling time of the peripheral-blood profile and the times that count as it."""

    visit: VisitCode = Field(
        json_schema_extra=describes("names the visit of the schedule that the sample is taken at")
    )
    day: int = Field(description="Nominal day after infusion.")
    first: Decimal = Field(description="Earliest, days after infusion.")
    last: Decimal = Field(description="Latest, days after infusion.")
    clock: bool = Field(
        default=False,
        description=(
            "Whether the bounds are elapsed time since the start of infusion, where the sample's "
            "time is known; otherwise they are calendar days."
        ),
    )


class AucWindow(Parameters):
    """An area under the curve that is reported, from the infusion on."""

    to_day: PositiveInt = Field(description="End of the area, days after infusion.")
    tolerance: NonNegativeInt = Field(
        description="A sample is needed at least this close, in days, before the end."
    )


class AssayLimits(Parameters):
    """Limits of an assay in that method's unit."""

    method: KineticsMethod
    lloq: Decimal = Field(gt=0, description="Lower limit of quantification.")
    lod: Decimal = Field(gt=0, description="Limit of detection.")
    cd3_events: PositiveInt | None = Field(
        default=None, description="CD3+ events that the limits suppose."
    )


_SAMPLING: Final = "says when a centre may stop sampling; no sample is missed without it"


class KineticsRules(Parameters):
    """CAR-T kinetics: sampling and non-compartmental analysis."""

    methods: tuple[KineticsMethod, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    csf_dna_ng: Decimal = Field(
        default=Decimal(50),
        ge=0,
        description="Below this much genomic DNA (ng), CSF is reported in copies/mL.",
    )
    nominal_times: tuple[NominalTime, ...] = ()
    stop_after_blq: PositiveInt = Field(
        default=2,
        description="Consecutive results below LLOQ after which sampling may stop.",
        json_schema_extra=describes(_SAMPLING),
    )
    stop_days_apart: NonNegativeInt = Field(
        default=28,
        description="Days that these results have to be apart.",
        json_schema_extra=describes(_SAMPLING),
    )
    time_zero: Literal["infusion_start"] = "infusion_start"
    sample_time: Literal["elapsed", "nominal"] = Field(
        default="elapsed",
        description=(
            "Time of a sample: elapsed since the start of infusion, without a clock whole calendar "
            "days; `nominal` takes the nominal day of every sample that has one."
        ),
    )
    missing_pre_dose: Literal["insert_zero"] = Field(
        default="insert_zero", description="Without a pre-dose sample: the point (0, 0)."
    )
    blq: Literal["pknca", "zero", "half_lloq"] = Field(
        default="pknca",
        description=(
            "Values below LLOQ: `pknca` keeps them as 0 before the first quantifiable value and "
            "drops them between two; the alternatives change the embedded ones."
        ),
    )
    auc: Literal["linear_up_log_down", "linear"] = Field(
        default="linear_up_log_down", description="Rule of one segment of the area."
    )
    half_life: Literal["adjusted_r_squared"] = Field(
        default="adjusted_r_squared",
        description="Terminal points after Tmax are chosen by the adjusted R squared.",
    )
    auc_windows: tuple[AucWindow, ...] = ()
    profile_ends_at: tuple[Literal["horizon", "data_cutoff", "second_infusion"], ...] = (
        "horizon",
        "data_cutoff",
        "second_infusion",
    )
    persistence_visits: tuple[VisitCode, ...] = ()
    persistence_event: Literal["first_of_two_blq"] = Field(
        default="first_of_two_blq",
        description=(
            "The first of two consecutive results below LLOQ after Tmax; a last sample below it "
            "counts alone, unconfirmed."
        ),
    )
    ratio_days: NonNegativeInt = Field(
        default=3, description="Days that the samples of a ratio to blood may be apart."
    )
    demonstration_limits: tuple[AssayLimits, ...] = Field(
        default=(),
        description="Limits of invented data only; a real result without its LLOQ is a finding.",
        json_schema_extra=describes("says what the demonstration's laboratory reaches"),
    )

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        faults = [
            f"the nominal time {time.visit} ends before it begins"
            for time in self.nominal_times
            if time.last < time.first
        ]
        faults += [
            f"the nominal time {later.visit} begins before {earlier.visit} has ended"
            for earlier, later in zip(self.nominal_times, self.nominal_times[1:], strict=False)
            if later.first <= earlier.last
        ]
        faults += [
            f"the limit of detection of {limits.method} is above its limit of quantification"
            for limits in self.demonstration_limits
            if limits.lod > limits.lloq
        ]
        if faults:
            raise ValueError(*faults)
        return self
