"""When a laboratory result is an outlier."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from app.trial.parameters import AnalyteCode, Parameters, UcumUnit
from app.vocabularies.laboratory import accepts_unit


class OutlierLimit(Parameters):
    """The limit of an analyte that CTCAE 5.0 does not grade by number."""

    analyte: AnalyteCode
    above: Decimal | None = Field(default=None, description="An outlier lies above this.")
    below: Decimal | None = Field(default=None, description="An outlier lies below this.")
    unit: UcumUnit | None = Field(default=None, description="Unit of both limits.")
    above_uln: Decimal | None = Field(
        default=None, description="An outlier lies above this many upper limits of normal."
    )
    newly_detected: bool = Field(
        default=False, description="An outlier is a detection after a negative baseline."
    )

    @model_validator(mode="after")
    def _can_be_applied(self) -> Self:
        faults = []
        absolute = self.above is not None or self.below is not None
        if not absolute and self.above_uln is None and not self.newly_detected:
            faults.append(f"the limit of {self.analyte} limits nothing")
        if absolute != (self.unit is not None):
            faults.append(f"the limit of {self.analyte} needs a number and its unit together")
        if self.unit is not None and not accepts_unit(self.analyte, self.unit):
            faults.append(f"{self.analyte} is not measured in the unit of its limit")
        if self.above is not None and self.below is not None and self.below >= self.above:
            faults.append(f"the limits of {self.analyte} leave no normal values between them")
        if faults:
            raise ValueError(*faults)
        return self


class LaboratoryRules(Parameters):
    """Baseline, outlier rule and unit of counting of laboratory abnormalities."""

    baseline_days: PositiveInt = Field(
        default=28, description="A baseline is at most this many days before lymphodepletion."
    )
    after_earlier_course_days: PositiveInt = Field(
        default=28,
        description="A value in so many days after a dose of an earlier course of lymphodepletion "
        "is no baseline if there is one from before that course.",
    )
    before_earlier_course_days: PositiveInt = Field(
        default=56, description="That one is at most this many days before lymphodepletion."
    )
    without_baseline: Literal["last_before_infusion"] = Field(
        default="last_before_infusion", description="Flagged `after_LD`."
    )
    missing_baseline_grade: Literal[0] = Field(
        default=0, description="Grade that a missing baseline counts as, flagged."
    )
    grade_range_counts_as: Literal["lowest"] = Field(
        default="lowest", description="Which grade of a range counts; the range is shown."
    )
    outlier_grade: PositiveInt = Field(
        default=3, le=5, description="An outlier has at least this CTCAE grade."
    )
    outlier_rise: PositiveInt = Field(
        default=1, le=5, description="And is at least this many grades above baseline."
    )
    resolved_grade: int = Field(
        default=1, ge=0, le=4, description="An episode lasts until this grade, or baseline."
    )
    limits: tuple[OutlierLimit, ...] = Field(
        default=(), description="Limits of analytes without a CTCAE number."
    )
