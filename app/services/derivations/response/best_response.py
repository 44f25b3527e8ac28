"""Best confirmed response of a subject, and the days of first response, progression and relapse.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016); pharmaverse admiralonco, ADRS for IMWG; the
trial's endpoint definitions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.services.criteria.imwg.visit_response import Relapse, RelapseSign
from app.services.derivations.response.confirmed_response import Confirmation, ConfirmedVisit
from app.vocabularies.imwg import ResponseCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class BestResponse:
    """What the confirmed visits of one subject come to. A day is None where it never happened."""

    best: ResponseCategory | None
    """Best confirmed category; None: no visit in the endpoint set (MISSING)."""
    best_on: date | None
    best_unconfirmed: ResponseCategory | None
    """Best category of any one visit of the endpoint set, confirmed or not."""
    first_minimal_response_on: date | None
    first_response_on: date | None
    """First confirmed PR or better."""
    first_vgpr_on: date | None
    first_complete_response_on: date | None
    progression_on: date | None
    """First confirmed progression, if not after new therapy: the first of the two visits."""
    progression_whenever_on: date | None
    """First confirmed progression, new therapy or not."""
    unconfirmed_progression_on: date | None
    """First biochemical progression that still waits for a second visit, new therapy or not."""
    refuted_progressions: tuple[date, ...]
    """Biochemical progressions that the next evaluable visit did not show."""
    relapse_from_complete_response: Relapse | None
    """For disease-free survival only."""

    @property
    def responded(self) -> bool:
        """Whether PR or better was confirmed."""
        return self.first_response_on is not None


def best_response(visits: Iterable[ConfirmedVisit]) -> BestResponse:
    """Give the best confirmed response of one subject.

    The best is the greatest running value, progression ranking below stable disease; its day is
    that of the first visit with that value. No minimum duration is asked of stable disease.

    Source: IMWG 2016; the trial's endpoint definitions E1 to E5.
    """
    confirmed = tuple(visits)
    in_set = [visit for visit in confirmed if visit.in_endpoint_set]
    best = min((visit.running for visit in in_set), key=lambda value: value.rank, default=None)
    waiting = [
        visit.visit.assessed_on
        for visit in confirmed
        if visit.visit.progressed and visit.state is Confirmation.UNCONFIRMED
    ]
    return BestResponse(
        best=best,
        best_on=next((visit.visit.assessed_on for visit in in_set if visit.running is best), None),
        best_unconfirmed=min(
            (visit.visit.category for visit in in_set), key=lambda value: value.rank, default=None
        ),
        first_minimal_response_on=first_at_least(in_set, ResponseCategory.MR),
        first_response_on=first_at_least(in_set, ResponseCategory.PR),
        first_vgpr_on=first_at_least(in_set, ResponseCategory.VGPR),
        first_complete_response_on=first_at_least(in_set, ResponseCategory.CR),
        progression_on=_first_progression(in_set),
        progression_whenever_on=_first_progression(confirmed),
        unconfirmed_progression_on=min(waiting, default=None),
        refuted_progressions=tuple(
            visit.visit.assessed_on for visit in confirmed if visit.state is Confirmation.REFUTED
        ),
        relapse_from_complete_response=_relapse(in_set),
    )


def best_by(visits: Iterable[ConfirmedVisit], day: date) -> ResponseCategory | None:
    """Give the best confirmed category of the visits dated up to a day; None: there is none.

    The confirmation may come later than ``day``.

    Source: the trial's endpoint definitions, response by month.
    """
    running = (
        visit.running
        for visit in visits
        if visit.in_endpoint_set and visit.visit.assessed_on <= day
    )
    return min(running, key=lambda value: value.rank, default=None)


def first_at_least(visits: Iterable[ConfirmedVisit], level: ResponseCategory) -> date | None:
    """Give the first day on which a level or a deeper one was confirmed; None: never."""
    return next(
        (visit.visit.assessed_on for visit in visits if visit.running.is_at_least(level)), None
    )


def _first_progression(visits: Iterable[ConfirmedVisit]) -> date | None:
    return next(
        (visit.visit.assessed_on for visit in visits if visit.running is ResponseCategory.PD),
        None,
    )


def _relapse(in_set: Sequence[ConfirmedVisit]) -> Relapse | None:
    complete_on = next(
        (
            visit.visit.assessed_on
            for visit in in_set
            if visit.confirmed.is_at_least(ResponseCategory.CR)
        ),
        None,
    )
    if complete_on is None:
        return None
    signs: list[Relapse] = []
    for visit in in_set:
        if visit.visit.assessed_on <= complete_on:
            continue
        signs += visit.visit.relapse_signs
        if visit.visit.progressed:
            signs.append(
                Relapse(sign=RelapseSign.PROGRESSION, collected_on=visit.visit.assessed_on)
            )
    return min(signs, key=lambda relapse: (relapse.collected_on, relapse.sign), default=None)
