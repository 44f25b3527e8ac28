"""The policies of an analysis: every point where sources disagree, settled by name.

A policy is what a derivation is told beside the records. Each key has the recommended value as its
default and the named alternatives as its only other values; every result echoes the ones it used.
Q-numbers are those of the trial's list of open points in the IMWG 2016 criteria, which the sponsor
confirms one by one.

Source: the trial's protocol, section on policies; IMWG 2016 (Kumar et al., Lancet Oncol 2016) with
IMWG 2011 (Rajkumar et al., Blood 2011) and Durie 2006 where they differ.
"""

from decimal import Decimal
from typing import Final, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator

from app.trial.parameters import Parameters
from app.vocabularies.imwg import HeavyChain, MrdThreshold

EfsComponent = Literal["PD", "death", "new_therapy", "no_response", "toxicity"]
EfsDefinition = Literal["composite", "pfs", "plus_no_response", "plus_toxicity", "death_only"]

EFS_COMPONENTS: Final[dict[EfsDefinition, tuple[EfsComponent, ...]]] = {
    "composite": ("PD", "death", "new_therapy"),
    "pfs": ("PD", "death"),
    "plus_no_response": ("PD", "death", "new_therapy", "no_response"),
    "plus_toxicity": ("PD", "death", "new_therapy", "toxicity"),
    "death_only": ("death",),
}
"""What counts as an event under each definition of event-free survival."""


QuantitativeImmunoglobulinRule = Literal[
    "iga_igd_when_spep_not_measurable", "iga_igd_when_spep_not_done", "iga_igd_always", "never"
]


class MeasurableImmunoglobulin(Parameters):
    """How much of a class of immunoglobulin is measurable disease, mg/dL.

    Source: a sponsor's convention for IgA, and none known for IgD; IMWG prints no amount.
    """

    IgA: PositiveInt = Field(default=750, description="Measurable from, mg/dL.")
    IgD: PositiveInt = Field(default=750, description="Measurable from, mg/dL.")

    def of(self, heavy_chain: HeavyChain) -> int:
        """Give the amount of a class, mg/dL.

        Raises:
            ValueError: a class that no subject is followed by.
        """
        match heavy_chain:
            case HeavyChain.IGA:
                return self.IgA
            case HeavyChain.IGD:
                return self.IgD
        raise ValueError("only IgA and IgD are followed by their quantity")


class ImwgPolicy(Parameters):
    """How the IMWG response criteria are read where they leave a choice."""

    baseline: Literal[
        "last_on_or_before_ld", "before_bridging", "before_bridging_if_unmeasurable"
    ] = Field(
        default="last_on_or_before_ld",
        description="Q25: which values are the baseline of a CAR-T subject.",
    )
    serum_5g: Literal["replaces", "needs_25pct_too"] = Field(
        default="replaces",
        description="Q1: whether a rise of 1 g/dL from 5 g/dL or more is enough for PD by itself.",
    )
    serum_5g_reference: Literal["nadir", "start_value"] = Field(
        default="nadir",
        description="Q2: which serum M-protein has to be 5 g/dL or more for the 1 g/dL rule.",
    )
    bmpc_pd: Literal["rise", "level"] = Field(
        default="rise",
        description="Q3: whether marrow PD needs a rise of, or a level of, at least 10 points.",
    )
    calcium_is_pd: bool = Field(
        default=False,
        description="Q4: whether corrected calcium above 11.5 mg/dL due to myeloma is PD.",
    )
    plasmacytoma_mr: Literal["at_least_50_pct", "at_least_25_pct"] = Field(
        default="at_least_50_pct",
        description="Q5: how much smaller baseline plasmacytomas must be for MR.",
    )
    nadir: Literal["lowest", "lowest_confirmed"] = Field(
        default="lowest",
        description="Q6: the lowest usable value, or the lowest seen in two consecutive samples.",
    )
    pd_scope: Literal["all", "measurable_only"] = Field(
        default="all",
        description="Q7: whether serum and urine PD are tested where not measurable at baseline.",
    )
    flc_nadir_floor: Literal["zero", "none"] = Field(
        default="zero",
        description="Q33: the floor of the dFLC nadir in the test for PD by free light chains.",
    )
    below_limit_nadir: Literal["zero", "limit"] = Field(
        default="zero",
        description=(
            "U3: what a result below a limit, such as <0.5, counts as where it is a nadir: 0, on "
            "purpose against the treatment, or its limit."
        ),
    )
    quantitative_immunoglobulin: QuantitativeImmunoglobulinRule = Field(
        default="iga_igd_when_spep_not_measurable",
        description=(
            "U6: whom quantitative IgA or IgD follows in the place of serum electrophoresis, "
            "decided once, at baseline."
        ),
    )
    quantitative_ig_measurable: MeasurableImmunoglobulin = Field(
        default_factory=MeasurableImmunoglobulin,
        description="U6: the amount of each class that is measurable disease, mg/dL.",
    )
    urine_for_vgpr: Literal["required", "waived_if_not_measurable"] = Field(
        default="required",
        description=(
            "Q8: whether VGPR and CR need urine that was not measurable at baseline. Rates of "
            ">= VGPR and >= CR are always returned under the waiver too."
        ),
    )
    ife_negative_is_zero: bool = Field(
        default=True,
        description=(
            "Whether a negative immunofixation counts as 0 in a fluid that was not measurable at "
            "baseline and whose M-protein was not quantified."
        ),
    )
    missing_measurable: Literal["NE", "downgrade"] = Field(
        default="NE",
        description="Q9: the category when a marker measurable at baseline is missing.",
    )
    both_flc_suppressed: Literal["ratio_unknown", "normal_if_both_le_uln"] = Field(
        default="ratio_unknown",
        description=(
            "Q12: the free light chain ratio when both chains are suppressed. The number of "
            "subjects whose sCR this blocks is returned as n_scr_blocked_by_ratio."
        ),
    )
    spd_single_lesion: bool = Field(
        default=False,
        description="Q14: whether the 50 % rise of the product sum also applies to one lesion.",
    )
    marrow_window_days: PositiveInt | Literal["any"] = Field(
        default=42,
        description="Q16: how many days before immunofixation negativity a marrow may be, for CR.",
    )
    measurable_lesion_mm: Literal[20, 10] = Field(
        default=20,
        description=(
            "Q31: the size that makes a plasmacytoma measurable: longest diameter of at least "
            "20 mm, or short axis of at least 10 mm."
        ),
    )
    confirm: Literal["lower_of_two", "at_least_as_good"] = Field(
        default="lower_of_two",
        description="Q18: what two consecutive evaluations confirm.",
    )
    skip_limited: bool = Field(
        default=False,
        description=(
            "Whether a visit lowered only by missing items is skipped, in confirmation, for the "
            "level it could not show."
        ),
    )
    pd_after_new_therapy: Literal["allowed", "not_allowed"] = Field(
        default="allowed",
        description="Q19: whether a PD may be confirmed after new anti-myeloma therapy began.",
    )
    confirming_pd: Literal["any", "same_marker"] = Field(
        default="any",
        description="Q20: which PD at the next evaluable visit confirms a biochemical PD.",
    )
    unconfirmed_pd: Literal["no_event", "event"] = Field(
        default="no_event",
        description=(
            "Q21: whether an unconfirmed PD is an event. The visit is adequate either way, and "
            "the variant `event` is returned when any subject has one."
        ),
    )
    confirm_gap_warn_days: PositiveInt = Field(
        default=84,
        description="Q29: the gap between confirming evaluations above which a finding is raised.",
    )
    confirm_gap_warn_intervals: Decimal = Field(
        default=Decimal("1.5"),
        ge=0,
        description=(
            "Q29: the same gap in scheduled intervals; the longer of the two counts. 0 leaves the "
            "days alone (a limit set by the statistical analysis plan)."
        ),
    )


class TimeToEventPolicy(Parameters):
    """How times to an event are censored and estimated."""

    regime: Literal["FDA", "EMA"] = Field(
        default="FDA",
        description="Censoring of PFS and DOR; the other regime is returned beside it.",
    )
    horizon_rule: Literal["data_cut", "truncate", "none"] = Field(
        default="data_cut",
        description=(
            "What the horizon does: nothing after it counts, or the finished derivation is cut "
            "at it, or nothing. `truncate` is returned beside the 36-month figures."
        ),
    )
    efs: EfsDefinition = Field(
        default="composite",
        description="What event-free survival counts; `death_only` is the registered text.",
    )
    dor: Literal["pd_or_death", "DOR_IMWG", "pd_related_death"] = Field(
        default="pd_or_death",
        description=(
            "What ends a response: PD or any death; PD, other deaths censored (CNSR 9); PD or a "
            "death related to it."
        ),
    )
    ci: Literal["log-log", "log", "plain"] = Field(
        default="log-log", description="Transformation of the pointwise confidence limits."
    )
    median: Literal["R_survfit_table", "R_quantile"] = Field(
        default="R_survfit_table", description="Which of R's two medians is reported."
    )
    overdue_contact_days: PositiveInt = Field(
        default=120,
        description="Days without evidence of life after which a contact is overdue.",
    )
    baseline_required: Literal["derived_only", "always"] = Field(
        default="derived_only",
        description=(
            "Whose progression asks for a baseline evaluation in the records (CNSR 5 without one): "
            "the derived, or also one that the investigator or a reviewer reported. A reported "
            "category says that its author had a baseline."
        ),
    )


class RatesPolicy(Parameters):
    """How response rates are counted."""

    denominator: Literal["treated", "enrolled", "evaluable"] = Field(
        default="treated", description="Who is counted in N."
    )
    data_errors: Literal["count_as_ne", "drop"] = Field(
        default="count_as_ne",
        description="Whether a subject with a data error stays in N as NE, listed, or leaves it.",
    )
    by_month: Literal["confirmed_later", "confirmed_by_then"] = Field(
        default="confirmed_later",
        description=(
            "Whether a response dated by the end of the month's window counts when its "
            "confirmation came later (up to new therapy, data cut-off and horizon)."
        ),
    )


class MrdPolicy(Parameters):
    """How measurable residual disease is judged."""

    threshold: MrdThreshold = Field(
        default="1e-5", description="Sensitivity that a negative sample must have reached."
    )
    inadequate_sample: Literal["not_evaluable", "as_reported"] = Field(
        default="not_evaluable",
        description=(
            "What a negative of a marrow that was haemodiluted, or not the first pull, says; a "
            "positive stays positive."
        ),
    )

    @property
    def sensitivity(self) -> Decimal:
        """The threshold as a number: a share of the cells analysed."""
        return Decimal(self.threshold)


class LaboratoryPolicy(Parameters):
    """How laboratory abnormalities are counted."""

    baseline: Literal["pre_lymphodepletion", "pre_infusion"] = Field(
        default="pre_lymphodepletion",
        description=(
            "Which value a shift starts from. After lymphodepletion counts are already low, and "
            "shifts to grade 3 or 4 would vanish."
        ),
    )


class AdverseEventPolicy(Parameters):
    """How linked records of one adverse event are counted."""

    chain_state: Literal["at_infusion", "previous_line"] = Field(
        default="at_infusion",
        description=(
            "What the grade of a record after the infusion has to exceed, for an event that was "
            "there before, to be treatment-emergent: the state at the infusion, or the record "
            "before it."
        ),
    )


class CrsPolicy(Parameters):
    """How cytokine release syndrome and ICANS are timed."""

    onset_day: Literal["start_minus_infusion_plus_1", "hours_over_24"] = Field(
        default="start_minus_infusion_plus_1",
        description="Day of onset; the plain difference in days is returned beside it.",
    )


class PartialDatesPolicy(Parameters):
    """Which day stands for a day that is not known.

    Infusion, assessment, progression and response dates are never imputed.
    """

    death: Literal["mid", "first"] = Field(
        default="mid",
        description="Missing day of a death: the 15th, or the 1st; never before last known alive.",
    )
    new_therapy: Literal["first"] = Field(
        default="first", description="Missing day of a start of new anti-myeloma therapy."
    )
    adverse_event_start: Literal["first"] = Field(
        default="first",
        description="Missing day or month of an onset; the infusion date in its own month or year.",
    )
    adverse_event_end: Literal["last"] = Field(
        default="last", description="Missing day or month of an end."
    )
    last_known_alive: Literal["first"] = Field(
        default="first", description="Missing day of a last contact."
    )


class LymphodepletionPolicy(Parameters):
    """Which lymphodepletion is that of a subject."""

    course_gap_days: NonNegativeInt = Field(
        default=7, description="Most days between one dose and the next of one course."
    )


class DisclosurePolicy(Parameters):
    """What is withheld from those who read aggregates only."""

    smallest_cell: NonNegativeInt = Field(
        default=0,
        le=1000,
        description="Smallest count that a reader of aggregates alone is shown, beside 0; smaller "
        "ones are withheld with what would give them back. 0: every count is shown.",
    )

    @field_validator("smallest_cell")
    @classmethod
    def _withholds_something(cls, smallest: int) -> int:
        if smallest == 1:
            raise ValueError("1 withholds nothing; write 0 to show every count, or 2 or more")
        return smallest


class Policy(Parameters):
    """Every policy of the analysis."""

    imwg: ImwgPolicy = Field(default_factory=ImwgPolicy)
    tte: TimeToEventPolicy = Field(default_factory=TimeToEventPolicy)
    rates: RatesPolicy = Field(default_factory=RatesPolicy)
    mrd: MrdPolicy = Field(default_factory=MrdPolicy)
    lymphodepletion: LymphodepletionPolicy = Field(default_factory=LymphodepletionPolicy)
    lab: LaboratoryPolicy = Field(default_factory=LaboratoryPolicy)
    ae: AdverseEventPolicy = Field(default_factory=AdverseEventPolicy)
    crs: CrsPolicy = Field(default_factory=CrsPolicy)
    partial_dates: PartialDatesPolicy = Field(default_factory=PartialDatesPolicy)
    disclosure: DisclosurePolicy = Field(default_factory=DisclosurePolicy)
