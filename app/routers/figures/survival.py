"""The times to an event, as they are answered; the shape of each follows from its declaration."""

from datetime import date
from typing import Final

from pydantic import BaseModel, Field, create_model

from app.routers.figures.answer import Figures, ReportOfRecords, Row
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.time_to_event.named_times import NAMED_TIMES, NamedTime
from app.services.statistics.competing_risks import IncidenceLandmark
from app.services.statistics.restricted_mean import RestrictedMean
from app.vocabularies.times_to_event import TIMES_TO_EVENT


class SurvivalDefinition(Figures):
    """The whole definition of a time to an event."""

    name: str
    regime: str | None = Field(description="The regime of censoring, where it has one.")
    words: str


class SurvivalMedian(Figures):
    """The median with its limits, in days and in months; null: not reached."""

    estimate: float | None
    lower: float | None
    upper: float | None
    estimate_months: float | None
    lower_months: float | None
    upper_months: float | None
    withheld: str | bool | None = Field(
        description="Why none is given; null: it is. `true` where small counts are withheld."
    )


class SurvivalQuartile(Figures):
    """A quantile of the curve, in days; null: not reached."""

    probability: float
    estimate: float | None
    lower: float | None
    upper: float | None


class SurvivalAt(Figures):
    """The curve at one time."""

    time: float = Field(description="Days.")
    n_risk: int
    n_event: int
    n_censor: int
    survival: float | None
    se: float | None
    lower: float | None
    upper: float | None


class SurvivalLandmark(Figures):
    """The curve at a landmark of the trial."""

    months: int
    time: float | None = Field(description="Days.")
    estimable: bool
    survival: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n_risk: int
    n_event: int
    n_censor: int


class CensorReason(Figures):
    """Why times end without an event."""

    reason: str
    n: int


class TimesCounted(Figures):
    """How many times there are, and how they end."""

    n: int
    n_event: int
    n_censored: int
    event_components: dict[str, int] = Field(description="Events by what they are.")
    censor_reasons: dict[str, CensorReason] = Field(description="By the code of ADTTE (CNSR).")
    n_without_baseline: int
    n_overdue_contact: int


class TimesEstimated(TimesCounted):
    """The median and the landmarks of a set of times."""

    median: SurvivalMedian
    landmarks: list[SurvivalLandmark]


class SurvivalVariant(TimesEstimated):
    """The same endpoint by a definition that departs from the answer's in one part."""

    variant: str
    definition: SurvivalDefinition


class FollowUpComplete(Figures):
    """How many subjects were heard of lately enough."""

    x: int
    N: int
    percent: float | None
    within_days: int


class MedianFollowUp(Figures):
    """The median follow-up: the curve of survival with deaths censored."""

    method: str
    median: SurvivalMedian
    complete: FollowUpComplete


class TimeRow(Row):
    """One subject's time, as a row of ADTTE, with the records that it rests on."""

    PARAMCD: str
    variant: str
    STARTDT: date
    ADT: date | None
    AVAL: int
    CNSR: int
    EVNTDESC: str | None
    CNSDTDSC: str | None
    ADTF: str | None
    component: str | None
    overdue_contact: bool
    records: list[RecordRef]


class SurvivalReport(ReportOfRecords, TimesEstimated):
    """What a time to an event comes to, and what stands beside it."""

    definition: SurvivalDefinition
    origin: str = Field(description="What the times count from.")
    median_rule: str
    se: str
    n_population: int
    n_excluded_by_data_error: int
    quartiles: list[SurvivalQuartile]
    restricted_mean: RestrictedMean
    curve: list[SurvivalAt]
    follow_up: MedianFollowUp
    variants: dict[str, SurvivalVariant] = Field(
        description="By the part in which the definition departs."
    )
    rows: list[TimeRow] = Field(default=[], description="With `rows=true`.")


class CensoringChanges(Figures):
    """Subjects whom the two regimes of censoring class differently."""

    FDA_event_to_EMA_censored: int
    FDA_censored_to_EMA_event: int
    different_day: int


class CompetingCause(Figures):
    """The cumulative incidence of one cause."""

    n_event: int
    landmarks: list[IncidenceLandmark]


class CompetingCauses(Figures):
    """New therapy, and death that competes with it."""

    new_therapy: CompetingCause
    death: CompetingCause


class CompetingTherapy(Figures):
    """The cumulative incidence of new therapy, with death as the competing event."""

    n: int
    n_censored: int
    causes: CompetingCauses


class _CensoredByRegime(Figures):
    censoring_changes: CensoringChanges


class _WithCompetingDeaths(Figures):
    TTNT_competing: CompetingTherapy


def _figures_of(name: str, time: NamedTime) -> type[BaseModel]:
    """Give the shape of one time to an event: what all have, and what its declaration adds."""
    beside: list[type[BaseModel]] = []
    if time.censored_by_regime:
        beside.append(_CensoredByRegime)
    if time.competing is not None:
        beside.append(_WithCompetingDeaths)
    return create_model(
        f"{name.title().replace('-', '')}Figures",
        __base__=(*beside, SurvivalReport),
        __doc__=f"{TIMES_TO_EVENT[name].title}.",
    )


TIMES: Final[dict[str, type[BaseModel]]] = {
    name: _figures_of(name, NAMED_TIMES[name]) for name in TIMES_TO_EVENT
}
"""The shape of each time to an event, by the name in the address, in the order of reports."""
