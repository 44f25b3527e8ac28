"""Cytokines, inflammation, soluble BCMA, immunoglobulins and B cells."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from app.trial.parameters import AnalyteCode, Parameters, describes

GroupComparison = Literal["crs_grade_2", "responder"]
"""By the highest grade of CRS, 0 or 1 against 2 or more; and by response."""


class PharmacodynamicRules(Parameters):
    """Which markers are followed, and how each is summarised."""

    panel: tuple[AnalyteCode, ...] = Field(default=(), description="Required markers.")
    baseline_pre_infusion: tuple[AnalyteCode, ...] = Field(
        default=(), description="Markers whose baseline is the last value before infusion."
    )
    baseline_pre_lymphodepletion: tuple[AnalyteCode, ...] = Field(
        default=(),
        description="Markers whose baseline is the last value before lymphodepletion.",
    )
    nadir_analytes: tuple[AnalyteCode, ...] = Field(
        default=(), description="Markers reported by their nadir instead of their peak."
    )
    extra_from_grade: PositiveInt = Field(
        default=2,
        description="CRS or ICANS grade from which a sample is taken every day, beside CRS onset.",
        json_schema_extra=describes("says when samples are to be taken; none is missed without it"),
    )
    peak_to_day: PositiveInt = Field(default=28, description="The peak lies in D0 to this day.")
    auc_to_day: PositiveInt = Field(default=28, description="The linear area ends on this day.")
    several_a_day: Literal["peak_all_summary_first"] = Field(
        default="peak_all_summary_first",
        description="The peak uses every value of a day, a visit summary the first.",
    )
    below_lloq: Literal["half_lloq"] = Field(
        default="half_lloq", description="For summaries and fold changes; counts are shown."
    )
    above_uloq: Literal["uloq"] = Field(default="uloq", description="Flagged.")
    groups: tuple[GroupComparison, ...] = Field(
        default=("crs_grade_2", "responder"), description="Descriptive comparisons."
    )
    b_cell_aplasia_per_ul: Decimal = Field(
        default=Decimal(50), gt=0, description="CD19+ cells/uL below which B cells are absent."
    )
    b_cell_aplasia_percent: Decimal = Field(
        default=Decimal(1), gt=0, description="The same, in per cent of lymphocytes."
    )
    b_cell_recovery_values: PositiveInt = 2
    b_cell_recovery_days_apart: NonNegativeInt = 28
    hypogammaglobulinaemia_g_per_l: Decimal = Field(
        default=Decimal(4),
        gt=0,
        description="IgG below this; the serum M-protein of IgG myeloma is subtracted first.",
    )
    ivig_days: NonNegativeInt = Field(
        default=28, description="Days after IVIG in which IgG does not count."
    )
