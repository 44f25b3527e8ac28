"""Where the derived category of a visit is not the investigator's, and what that would change.

Neither is overwritten: a discrepancy is something to look at, and says whether taking the
investigator's category for that one visit would change the subject's best response or the day of
progression.

Source: the trial's rules for derived versus investigator response, V1 to V5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.services.criteria.imwg.comparison import Agreement, Comparison, compare
from app.services.derivations.best_response import BestResponse, best_response
from app.services.derivations.confirmed_response import confirmed_visits
from app.services.derivations.rated_visit import RatedVisit
from app.services.derivations.subject_history import Assessment, InvestigatorResponse
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import ResponseCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What taking the other category for one visit would change. None: it would never happen."""

    best_response: bool
    """The best response would be another."""
    best_response_would_be: ResponseCategory | None
    progression: bool
    """The day of progression would be another."""
    progression_would_be: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One visit on which the two sources differ."""

    visit: RatedVisit
    assessment: Assessment
    investigator: InvestigatorResponse
    comparison: Comparison
    impact: Impact


def judgement_of(
    visit: RatedVisit, assessments: Sequence[Assessment]
) -> tuple[Assessment, InvestigatorResponse] | None:
    """Give the investigator's category for a derived visit; None: none was given.

    Of several records that are read as one visit, the worst category speaks, as it does in the
    investigator's own course.
    """
    given = [
        (one, one.investigator)
        for one in assessments
        if one.investigator is not None and one.evaluation.evaluation_id in visit.evaluation_ids
    ]
    return max(given, key=lambda found: found[1].category.rank, default=None)


def discrepancies(
    visits: Sequence[RatedVisit],
    assessments: Sequence[Assessment],
    policy: ImwgPolicy,
    *,
    infused_on: date,
    new_therapy_on: date | None,
    died_of_myeloma_on: date | None,
) -> tuple[Discrepancy, ...]:
    """Give the visits whose unconfirmed derived category differs from the investigator's.

    Args:
        visits: the derived visits, by day.
        assessments: the subject's evaluations, with the investigator's categories.
        policy: how responses are confirmed.
        infused_on: day of the first infusion.
        new_therapy_on: first day of new anti-myeloma therapy; None: none.
        died_of_myeloma_on: day of a death due to myeloma; None: there was none.
    """

    def course(rated: Sequence[RatedVisit]) -> BestResponse:
        return best_response(
            confirmed_visits(
                rated,
                infused_on=infused_on,
                new_therapy_on=new_therapy_on,
                died_of_myeloma_on=died_of_myeloma_on,
                policy=policy,
            )
        )

    derived = course(visits)
    found = []
    for place, visit in enumerate(visits):
        judged = judgement_of(visit, assessments)
        if judged is None:
            continue
        assessment, investigator = judged
        comparison = compare(visit.category, investigator.category)
        if comparison.agreement is Agreement.AGREE:
            continue
        other = replace(
            visit,
            category=investigator.category,
            basis=investigator.pd_basis,
            components=frozenset(),
            ceiling=None,
            said_confirmed=bool(investigator.progression_confirmed),
        )
        instead = course((*visits[:place], other, *visits[place + 1 :]))
        found.append(
            Discrepancy(
                visit=visit,
                assessment=assessment,
                investigator=investigator,
                comparison=comparison,
                impact=Impact(
                    best_response=instead.best is not derived.best,
                    best_response_would_be=instead.best,
                    progression=instead.progression_on != derived.progression_on,
                    progression_would_be=instead.progression_on,
                ),
            )
        )
    return tuple(found)
