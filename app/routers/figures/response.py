"""Response rates, times to response and MRD negativity, as they are answered."""

from datetime import date

from pydantic import Field

from app.routers.figures.answer import Figures, ReportOfRecords, Row
from app.routers.figures.survival import TimesEstimated
from app.services.criteria.imwg.visit_response import Relapse
from app.services.derivations.subject.analysis import ResponseDay
from app.vocabularies.imwg import ResponseCategory


class RateOfSubjects(Figures):
    """x of N subjects, in per cent, with the limits."""

    x: int
    N: int
    percent: float | None
    lower: float | None
    upper: float | None


class ResponseRates(Figures):
    """The rates of at least a depth of response."""

    ORR: RateOfSubjects
    at_least_cr: RateOfSubjects = Field(alias=">=CR")
    at_least_vgpr: RateOfSubjects = Field(alias=">=VGPR")
    clinical_benefit: RateOfSubjects
    disease_control: RateOfSubjects


class ResponseCategories(Figures):
    """The rate of each category; they sum to N."""

    stringent: RateOfSubjects = Field(alias="sCR")
    CR: RateOfSubjects
    VGPR: RateOfSubjects
    PR: RateOfSubjects
    MR: RateOfSubjects
    SD: RateOfSubjects
    PD: RateOfSubjects
    NE: RateOfSubjects


class NotConfirmed(Figures):
    """Responses that a visit showed and none confirmed."""

    n: int
    reasons: dict[str, int]


class NotConfirmedByDepth(Figures):
    """The same by depth of response."""

    ORR: NotConfirmed
    at_least_cr: NotConfirmed = Field(alias=">=CR")
    at_least_vgpr: NotConfirmed = Field(alias=">=VGPR")
    clinical_benefit: NotConfirmed
    disease_control: NotConfirmed


class UnconfirmedResponses(Figures):
    """What any one visit showed, and why some of it was not confirmed."""

    rates: ResponseRates
    categories: ResponseCategories
    not_confirmed: NotConfirmedByDepth


class ResponseByMonth(Figures):
    """Best responses by the end of a visit's window, of everybody."""

    visit: str
    window_closed: int
    assessed: int
    rates: ResponseRates
    categories: ResponseCategories


class DaysToResponse(Figures):
    """The days to a response among those who responded."""

    n: int
    median: float | None
    min: int | None
    max: int | None


class TimesToResponse(Figures):
    """To the first response, to complete response and to the best."""

    TTR: DaysToResponse
    TTCR: DaysToResponse
    TTBR: DaysToResponse


class MrdSamples(Figures):
    """The samples that can tell less than they seem to."""

    inadequate_sample: str
    n_inadequate_negative: int
    n_subjects_inadequate_negative: int
    n_sensitivity_missing: int
    n_subjects_sensitivity_missing: int
    flags: list[str]


class MrdNegativity(Figures):
    """MRD negativity at one threshold, by its denominators."""

    treated: RateOfSubjects
    mrd_evaluable: RateOfSubjects
    complete_response: RateOfSubjects


class MrdThresholds(Figures):
    """The same by threshold."""

    at_1e_4: MrdNegativity = Field(alias="1e-4")
    at_1e_5: MrdNegativity = Field(alias="1e-5")
    at_1e_6: MrdNegativity = Field(alias="1e-6")


class MrdRate(RateOfSubjects):
    """A rate of MRD negativity at the trial's threshold."""

    denominator: str


class ResidualDisease(Figures):
    """MRD negativity."""

    threshold: str
    samples: MrdSamples
    by_threshold: MrdThresholds
    mrd_neg_cr: MrdRate
    imwg_mrd_negative: MrdRate
    sustained_6m: MrdRate
    sustained_12m: MrdRate
    imwg_sustained: MrdRate


class RateByWaiver(RateOfSubjects):
    """A rate where unmeasurable urine is not asked for."""

    n_by_waiver: int
    n_by_waiver_never_measured: int


class RatesByWaiver(Figures):
    """VGPR and CR where unmeasurable urine is not asked for."""

    at_least_vgpr: RateByWaiver = Field(alias=">=VGPR")
    at_least_cr: RateByWaiver = Field(alias=">=CR")


class UrineForVgpr(Figures):
    """What the other reading of the criteria for urine comes to."""

    waived_if_not_measurable: RatesByWaiver


class ExactTest(Figures):
    """The overall response rate against a rate under the null hypothesis."""

    p0: float
    x: int
    N: int
    one_sided_p: float | None
    two_sided_p: float | None
    alpha: float
    smallest_significant_x: int | None


class ResponseRow(Row):
    """The response of one subject."""

    best_response: ResponseCategory | None
    best_response_on: date | None
    best_unconfirmed: ResponseCategory | None
    first_response_on: date | None
    first_vgpr_on: date | None
    first_complete_response_on: date | None
    progression_on: date | None
    unconfirmed_progression_on: date | None
    relapse_from_complete_response: Relapse | None
    track: str | None
    data_error: bool
    visits: list[ResponseDay]


class ResponseFigures(ReportOfRecords):
    """The response of a population."""

    unit: str
    denominator: str
    N: int
    n_evaluated: int
    n_missing: int
    rates: ResponseRates
    categories: ResponseCategories
    unconfirmed: UnconfirmedResponses
    by_month: list[ResponseByMonth]
    time_to_response: TimesToResponse
    TTR_all: TimesEstimated
    mrd: ResidualDisease
    urine_for_vgpr: UrineForVgpr | None = Field(
        default=None, description="Of the derived categories, as the counts that follow."
    )
    n_scr_blocked_by_ratio: int | None = None
    n_unmeasurable_at_baseline: int | None = None
    n_clinical_relapse: int | None = None
    test: ExactTest | None = Field(default=None, description="With `p0`.")
    rows: list[ResponseRow] = Field(default=[], description="With `rows=true`.")
