"""Confirmed responses: what two consecutive evaluations show together, and the best of a subject.

A response needs two consecutive evaluable visits, at any interval and before new anti-myeloma
therapy; its date is that of the first. Marrow and imaging are not repeated for it. Stable disease
and progression on imaging or marrow need no second visit.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016); pharmaverse admiralonco, ADRS for IMWG, whose
results this reproduces except for the visit on the day new therapy starts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from app.services.derivations.response.confirmation_gaps import GapWarning, gap_warning
from app.services.derivations.response.rated_visit import RatedVisit
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import BEST_FIRST, RUNNING_ORDER, ResponseCategory


class Confirmation(StrEnum):
    """Where the category of a visit stands."""

    CONFIRMED = "confirmed"
    """As it is, or with progression, by a second visit or by death from myeloma."""
    LOWERED = "lowered"
    """Only a lower category than the visit's own was confirmed."""
    UNCONFIRMED = "unconfirmed"
    """No second visit speaks for it, yet or at all; a progression still waits for one."""
    REFUTED = "refuted"
    """A biochemical progression that the next evaluable visit does not show."""
    NOT_NEEDED = "not_needed"
    """Stable disease, not evaluable, or progression on imaging or marrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedVisit:
    """One visit with what is confirmed at it and so far."""

    visit: RatedVisit
    confirmed: ResponseCategory
    """Confirmed at this visit."""
    running: ResponseCategory
    """Best confirmed so far; progression is terminal."""
    state: Confirmation
    confirmed_by: date | None
    """Day of the second visit, or of death from myeloma; None: none, not needed, or not said."""
    in_endpoint_set: bool
    """After infusion, up to new therapy and to the first confirmed progression."""
    warning: GapWarning | None = None


def confirmed_visits(
    visits: Iterable[RatedVisit],
    *,
    infused_on: date,
    new_therapy_on: date | None,
    died_of_myeloma_on: date | None,
    policy: ImwgPolicy,
    visit_on_new_therapy_day: Literal["included", "excluded"] = "included",
) -> tuple[ConfirmedVisit, ...]:
    """Confirm each visit by the next evaluable one, by day.

    MR or better is confirmed as the lower of its own and the next category, SD among them; with
    progression next, with no next visit, or with one only after new therapy it is SD. Progression
    on imaging or marrow stands at once; biochemical progression stands with any progression at the
    next evaluable visit, death from myeloma before it, or the word of whoever gave the category,
    and is NE otherwise. A lesion that nobody has called new or known is neither confirmed nor
    refuted by a second visit: it waits for an answer. Visits that are NE are skipped, unconfirmed
    progression is not.

    The values of visits after new therapy are given too: progression is needed there where new
    therapy does not censor. Only ``in_endpoint_set`` tells what counts for the best response.

    Args:
        visits: one a day, in any order.
        infused_on: day of the first infusion.
        new_therapy_on: first day of new anti-myeloma therapy; None: none.
        died_of_myeloma_on: day of a death due to myeloma; None: alive, or died of something else.
        policy: ``confirm`` (Q18), ``skip_limited``, ``pd_after_new_therapy`` (Q19),
            ``confirming_pd`` (Q20), ``unconfirmed_pd`` (Q21: whether a progression that still waits
            for a second visit is one), and the gap to warn about (Q29).
        visit_on_new_therapy_day: a visit on the day new therapy starts is drawn before the dose and
            belongs to the endpoint set; ``excluded`` is admiralonco's reading (Q22). It confirms
            either way.

    Raises:
        ValueError: two visits of one day.

    Source: IMWG 2016; IMWG 2011 for two consecutive assessments also of progression.
    """
    ordered = sorted(visits, key=lambda visit: visit.assessed_on)
    if len({visit.assessed_on for visit in ordered}) != len(ordered):
        raise ValueError("evaluations of one day are merged before they are confirmed")
    confirmed: list[ConfirmedVisit] = []
    running = ResponseCategory.NE
    progressed = False
    for index, visit in enumerate(ordered):
        later = [other for other in ordered[index + 1 :] if _evaluable(other)]
        value, state, by = (
            _progression(visit, later, new_therapy_on, died_of_myeloma_on, policy)
            if visit.progressed
            else _response(visit, later, new_therapy_on, policy)
        )
        after = visit.assessed_on > infused_on
        if after:
            running = max(running, value, key=RUNNING_ORDER.index)
        excluded = visit_on_new_therapy_day == "excluded"
        before_therapy = new_therapy_on is None or (
            visit.assessed_on < new_therapy_on
            or (visit.assessed_on == new_therapy_on and not excluded)
        )
        confirmed.append(
            ConfirmedVisit(
                visit=visit,
                confirmed=value,
                running=running,
                state=state,
                confirmed_by=by,
                in_endpoint_set=after and before_therapy and not progressed,
                warning=gap_warning(visit, by, ordered, policy),
            )
        )
        progressed = progressed or (after and value is ResponseCategory.PD)
    return tuple(confirmed)


def _evaluable(visit: RatedVisit) -> bool:
    return visit.category is not ResponseCategory.NE


def _response(
    visit: RatedVisit, later: Sequence[RatedVisit], new_therapy_on: date | None, policy: ImwgPolicy
) -> tuple[ResponseCategory, Confirmation, date | None]:
    category = visit.category
    if category in {ResponseCategory.SD, ResponseCategory.NE}:
        return category, Confirmation.NOT_NEEDED, None
    for level in _levels_from(category):
        second = _second_for(level, later, skip_limited=policy.skip_limited)
        if second is None or second.progressed:
            continue
        if new_therapy_on is not None and second.assessed_on > new_therapy_on:
            continue
        if policy.confirm == "at_least_as_good" and not second.category.is_at_least(category):
            continue
        if second.category.is_at_least(level):
            state = Confirmation.CONFIRMED if level is category else Confirmation.LOWERED
            return level, state, second.assessed_on
    nothing = ResponseCategory.NE if policy.confirm == "at_least_as_good" else ResponseCategory.SD
    return nothing, Confirmation.UNCONFIRMED, None


def _levels_from(category: ResponseCategory) -> tuple[ResponseCategory, ...]:
    return BEST_FIRST[category.rank : ResponseCategory.SD.rank + 1]


def _second_for(
    level: ResponseCategory, later: Sequence[RatedVisit], *, skip_limited: bool
) -> RatedVisit | None:
    for visit in later:
        limited = (
            skip_limited
            and not visit.progressed
            and visit.ceiling is not None
            and not visit.category.is_at_least(level)
            and visit.ceiling.is_at_least(level)
        )
        if not limited:
            return visit
    return None


def _progression(
    visit: RatedVisit,
    later: Sequence[RatedVisit],
    new_therapy_on: date | None,
    died_of_myeloma_on: date | None,
    policy: ImwgPolicy,
) -> tuple[ResponseCategory, Confirmation, date | None]:
    if visit.conclusive:
        return ResponseCategory.PD, Confirmation.NOT_NEEDED, None
    if visit.said_confirmed:
        return ResponseCategory.PD, Confirmation.CONFIRMED, None
    second = later[0] if later else None
    counts = policy.unconfirmed_pd == "event"
    waiting = ResponseCategory.PD if counts else ResponseCategory.NE
    if died_of_myeloma_on is not None and (
        second is None or died_of_myeloma_on < second.assessed_on
    ):
        return ResponseCategory.PD, Confirmation.CONFIRMED, died_of_myeloma_on
    if visit.unanswered:
        return waiting, Confirmation.UNCONFIRMED, None
    too_late = (
        policy.pd_after_new_therapy == "not_allowed"
        and second is not None
        and new_therapy_on is not None
        and second.assessed_on > new_therapy_on
    )
    if second is None or too_late:
        return waiting, Confirmation.UNCONFIRMED, None
    if second.progressed and _speaks_for(second, visit, policy):
        return ResponseCategory.PD, Confirmation.CONFIRMED, second.assessed_on
    return ResponseCategory.NE, Confirmation.REFUTED, None


def _speaks_for(second: RatedVisit, first: RatedVisit, policy: ImwgPolicy) -> bool:
    if policy.confirming_pd == "any" or not (first.components and second.components):
        return True
    return bool(first.components & second.components)
