"""Why a response that one visit showed was never confirmed.

Source: the trial's endpoint definitions, response rates; IMWG 2016 (Kumar et al., Lancet Oncol
2016): a response needs two consecutive evaluations before new therapy.
"""

from collections.abc import Iterable
from datetime import date

from app.services.derivations.response.best_response import best_response
from app.services.derivations.response.confirmed_response import ConfirmedVisit
from app.vocabularies.concept import Concept
from app.vocabularies.imwg import ResponseCategory


class UnconfirmedReason(Concept):
    """Why a level of response that a visit showed does not count."""

    NO_SECOND_EVALUATION = "no_second_evaluation", "no evaluable visit came after it"
    FOLLOWED_BY_PROGRESSION = "followed_by_progression", "the next evaluable visit progressed"
    AFTER_NEW_THERAPY = "after_new_therapy", "the next evaluable visit came after new therapy"
    NOT_REPEATED = "not_repeated", "the next evaluable visit was below it"


def why_unconfirmed(
    visits: Iterable[ConfirmedVisit], level: ResponseCategory, *, new_therapy_on: date | None
) -> UnconfirmedReason | None:
    """Tell why a level was shown and not confirmed; None: it was confirmed, or never shown.

    Args:
        visits: the subject's visits after infusion, confirmed, by day.
        level: the level, or a deeper one.
        new_therapy_on: first day of new anti-myeloma therapy; None: none.

    Decision: of several visits that showed it, the last one speaks, because it is the one that a
    further evaluation could still have confirmed.
    """
    ordered = tuple(visits)
    best = best_response(ordered).best
    shown = [
        place
        for place, confirmed in enumerate(ordered)
        if confirmed.in_endpoint_set and confirmed.visit.category.is_at_least(level)
    ]
    if not shown or (best is not None and best.is_at_least(level)):
        return None
    later = (confirmed.visit for confirmed in ordered[shown[-1] + 1 :])
    second = next((visit for visit in later if visit.category is not ResponseCategory.NE), None)
    if second is None:
        return UnconfirmedReason.NO_SECOND_EVALUATION
    if second.progressed:
        return UnconfirmedReason.FOLLOWED_BY_PROGRESSION
    if new_therapy_on is not None and second.assessed_on > new_therapy_on:
        return UnconfirmedReason.AFTER_NEW_THERAPY
    return UnconfirmedReason.NOT_REPEATED
