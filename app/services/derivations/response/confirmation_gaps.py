"""Warnings that two evaluations which confirm each other lie far apart.

Source: IMWG 2016 sets no greatest interval; pharmaverse admiralonco warns above 84 days. The
trial's reading adds one and a half scheduled intervals, so that quarterly visits do not all warn
(Q29).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.derivations.response.rated_visit import RatedVisit
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import ResponseCategory

CONSECUTIVE_NOT_EVALUABLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GapWarning:
    """How far apart a visit and the one that confirms it are."""

    days: int
    longest_days: Decimal
    """Days above which the gap is worth a look."""
    not_evaluable: int
    """Visits between the two that are NE."""


def gap_warning(
    visit: RatedVisit,
    confirmed_by: date | None,
    ordered: Sequence[RatedVisit],
    policy: ImwgPolicy,
) -> GapWarning | None:
    """Give a warning when a confirmation is late or bridges many visits; None: neither.

    Late is more than the greater of ``confirm_gap_warn_days`` and ``confirm_gap_warn_intervals``
    scheduled intervals; many is three visits in a row that are not evaluable.
    """
    if confirmed_by is None:
        return None
    days = (confirmed_by - visit.assessed_on).days
    longest = Decimal(policy.confirm_gap_warn_days)
    if visit.days_to_next_scheduled is not None:
        longest = max(longest, policy.confirm_gap_warn_intervals * visit.days_to_next_scheduled)
    not_evaluable = sum(
        other.category is ResponseCategory.NE and visit.assessed_on < other.assessed_on
        for other in ordered
        if other.assessed_on < confirmed_by
    )
    if days <= longest and not_evaluable < CONSECUTIVE_NOT_EVALUABLE:
        return None
    return GapWarning(days=days, longest_days=longest, not_evaluable=not_evaluable)
