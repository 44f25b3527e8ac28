"""Residual disease of one subject over time: IMWG categories, sustained negativity, relapse.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, MRD criteria; the trial's endpoint
definitions for the rates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

from app.services.criteria.imwg.evaluation import MrdSample, PetCt
from app.services.criteria.imwg.mrd import mrd_at, mrd_category
from app.services.criteria.imwg.visit_response import RelapseSign, VisitResponse
from app.trial.policy import MrdPolicy
from app.vocabularies.imwg import MrdResult, MrdStatus, PetResult, ResponseCategory

USUAL: Final = MrdPolicy()

ONE_YEAR_DAYS: Final = 365
SIX_MONTHS_DAYS: Final = 183
DAYS_AROUND_CR: Final = 91
NO_RELAPSE_FROM_MRD: Final = frozenset({RelapseSign.POLYCLONAL_PLASMA_CELLS})


@dataclass(frozen=True, slots=True, kw_only=True)
class MrdVisit:
    """Residual disease at one visit."""

    assessed_on: date
    category: ResponseCategory
    sample: MrdSample | None
    status: MrdStatus | None
    """IMWG category; ``RELAPSE_FROM_MRD_NEGATIVE`` is for disease-free survival only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MrdSummary:
    """Residual disease of one subject, from samples after infusion, before progression and N."""

    best: MrdResult | None
    """Best sample: negative, else positive, else not evaluable; None: there was none."""
    first_negative_on: date | None
    negative_with_complete_response: bool
    """A negative sample within 91 days of a visit, before or after, with CR or better."""
    imwg_negative: bool
    """A visit with an IMWG category of MRD-negative: sensitivity 1e-5 at a CR of its own."""
    sustained_6_months: bool
    """Two negative marrows at least 183 days apart, none positive between."""
    sustained_12_months: bool
    """Two negative marrows at least 365 days apart, none positive between."""
    imwg_sustained: bool
    """The same over a year in the sense of IMWG: CR, and imaging negative too."""
    inadequate_negatives: int
    """Negative samples of a diluted marrow, or not of the first pull, whatever they count as."""
    without_sensitivity: int
    """Samples of flow cytometry that is not next-generation and states no sensitivity."""

    @property
    def evaluable(self) -> bool:
        """Whether a sample could answer at the threshold."""
        return self.best in {MrdResult.NEGATIVE, MrdResult.POSITIVE}


def mrd_visits(visits: Iterable[VisitResponse], policy: MrdPolicy = USUAL) -> tuple[MrdVisit, ...]:
    """Give the visits with a sample, or with a relapse from MRD negativity, by day.

    Negativity is sustained when marrow and imaging are negative again at least 365 days after both
    were, with no relapse between. A single sample makes a category; none is confirmed.

    Source: IMWG 2016, table 4: sustained MRD-negative (Q24), relapse from MRD-negative.
    """
    result: list[MrdVisit] = []
    negative = False
    imaging_negative: list[VisitResponse] = []
    for visit in sorted(visits, key=lambda visit: visit.assessed_on):
        status = mrd_category(
            visit.mrd, visit.pet_ct, visit.category, inadequate=policy.inadequate_sample
        )
        if negative and _relapsed(visit, imaging_was_negative=bool(imaging_negative)):
            status, negative = MrdStatus.RELAPSE_FROM_MRD_NEGATIVE, False
            imaging_negative = []
        elif status is not None:
            negative = True
        if status is MrdStatus.IMAGING_PLUS_MRD_NEGATIVE:
            if any(_a_year_apart(first, visit) for first in imaging_negative):
                status = MrdStatus.SUSTAINED_MRD_NEGATIVE
            imaging_negative.append(visit)
        if visit.mrd is not None or status is not None:
            result.append(
                MrdVisit(
                    assessed_on=visit.assessed_on,
                    category=visit.category,
                    sample=visit.mrd,
                    status=status,
                )
            )
    return tuple(result)


def mrd_summary(
    visits: Sequence[VisitResponse],
    *,
    infused_on: date,
    new_therapy_on: date | None,
    progressed_on: date | None,
    threshold: Decimal,
    policy: MrdPolicy = USUAL,
) -> MrdSummary:
    """Give what a subject's samples come to.

    Args:
        visits: the subject's visits after infusion.
        infused_on: day of the first infusion.
        new_therapy_on: first day of new anti-myeloma therapy; a sample of that day still counts.
        progressed_on: first confirmed progression; a sample of that day no longer counts.
        threshold: sensitivity a negative sample must have reached, such as 1e-5.
        policy: what a negative of an inadequate sample says.

    Source: the trial's endpoint definitions, MRD negativity.
    """

    def counts(day: date) -> bool:
        return (
            infused_on < day
            and (new_therapy_on is None or day <= new_therapy_on)
            and (progressed_on is None or day < progressed_on)
        )

    samples = [
        (sample.collected_on, sample)
        for visit in visits
        if (sample := visit.mrd) and sample.collected_on and counts(sample.collected_on)
    ]
    results = sorted(
        (day, mrd_at(sample, threshold, inadequate=policy.inadequate_sample))
        for day, sample in samples
    )
    shown = {result for _, result in results}
    order = (MrdResult.NEGATIVE, MrdResult.POSITIVE, MrdResult.NOT_EVALUABLE)
    negatives = [day for day, result in results if result is MrdResult.NEGATIVE]
    positives = [day for day, result in results if result is MrdResult.POSITIVE]
    complete = [
        visit.assessed_on
        for visit in visits
        if visit.category.is_at_least(ResponseCategory.CR) and counts(visit.assessed_on)
    ]
    statuses = {visit.status for visit in mrd_visits(visits, policy) if counts(visit.assessed_on)}
    return MrdSummary(
        best=next((result for result in order if result in shown), None),
        first_negative_on=min(negatives, default=None),
        negative_with_complete_response=any(
            abs((day - visit_day).days) <= DAYS_AROUND_CR
            for day in negatives
            for visit_day in complete
        ),
        imwg_negative=bool(statuses - {None, MrdStatus.RELAPSE_FROM_MRD_NEGATIVE}),
        sustained_6_months=_sustained(negatives, positives, SIX_MONTHS_DAYS),
        sustained_12_months=_sustained(negatives, positives, ONE_YEAR_DAYS),
        imwg_sustained=MrdStatus.SUSTAINED_MRD_NEGATIVE in statuses,
        inadequate_negatives=sum(
            sample.inadequate and sample.result is MrdResult.NEGATIVE for _, sample in samples
        ),
        without_sensitivity=sum(sample.reach_unknown for _, sample in samples),
    )


def _relapsed(visit: VisitResponse, *, imaging_was_negative: bool) -> bool:
    if visit.mrd is not None and mrd_at(visit.mrd, Decimal(1)) is MrdResult.POSITIVE:
        return True
    if imaging_was_negative and visit.pet_ct and visit.pet_ct.result is PetResult.POSITIVE:
        return True
    return any(relapse.sign not in NO_RELAPSE_FROM_MRD for relapse in visit.relapse_signs)


def _a_year_apart(first: VisitResponse, second: VisitResponse) -> bool:
    samples = _days_between(_sampled_on(first.mrd), _sampled_on(second.mrd))
    images = _days_between(_imaged_on(first.pet_ct), _imaged_on(second.pet_ct))
    return min(samples, images) >= ONE_YEAR_DAYS


def _sampled_on(sample: MrdSample | None) -> date | None:
    return sample.collected_on if sample else None


def _imaged_on(pet_ct: PetCt | None) -> date | None:
    return pet_ct.imaged_on if pet_ct else None


def _days_between(first: date | None, second: date | None) -> int:
    return (second - first).days if first and second else 0


def _sustained(negatives: Sequence[date], positives: Sequence[date], days: int) -> bool:
    return any(
        (second - first).days >= days
        and not any(first < positive < second for positive in positives)
        for first, second in combinations(negatives, 2)
    )
