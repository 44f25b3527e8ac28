"""Where the derived category of a visit is not the investigator's, and what that would change.

Neither is overwritten: a discrepancy is something to look at, and says whether taking the
investigator's category for that one visit would change the subject's best response or the day of
progression.

Source: the trial's rules for derived versus investigator response, V1 to V5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.services.criteria.imwg.comparison import Agreement, Comparison, compare
from app.services.criteria.imwg.progression_rules import ProgressionRule
from app.services.derivations.response.best_response import BestResponse, best_response
from app.services.derivations.response.confirmed_response import confirmed_visits
from app.services.derivations.response.rated_visit import RatedVisit
from app.services.derivations.subject_history import Assessment, InvestigatorResponse
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import PdBasis, ResponseCategory

UNANSWERED_LESION: Final = ProgressionRule.UNANSWERED_LESION.value


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
    """One visit on which the two sources differ, or that rests on a question."""

    visit: RatedVisit
    assessment: Assessment
    investigator: InvestigatorResponse | None
    comparison: Comparison | None
    """None: a lesion that baseline imaging did not have has to be called new or known."""
    impact: Impact

    @property
    def kind(self) -> str:
        """Give the code of the difference, or that of the question."""
        return UNANSWERED_LESION if self.comparison is None else self.comparison.code


def judgement_of(
    visit: RatedVisit, assessments: Sequence[Assessment]
) -> tuple[Assessment, InvestigatorResponse] | None:
    """Give the investigator's category for a derived visit; None: none was given.

    Of several records that are read as one visit, the worst category speaks, as it does in the
    investigator's own course.
    """
    given = [
        (assessment, assessment.investigator)
        for assessment in assessments
        if assessment.investigator is not None
        and assessment.evaluation.evaluation_id in visit.evaluation_ids
    ]
    return max(given, key=lambda differences: differences[1].category.rank, default=None)


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

    A visit whose progression is a lesion that nobody has called new or known is one by itself: its
    impact is that of calling the lesion new.

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

    def changed(place: int, other: RatedVisit) -> Impact:
        instead = course((*visits[:place], other, *visits[place + 1 :]))
        return Impact(
            best_response=instead.best is not derived.best,
            best_response_would_be=instead.best,
            progression=instead.progression_on != derived.progression_on,
            progression_would_be=instead.progression_on,
        )

    differences = []
    for place, visit in enumerate(visits):
        judged = judgement_of(visit, assessments)
        asked = _imaged(visit, assessments) if visit.unanswered else None
        if asked is not None:
            differences.append(
                Discrepancy(
                    visit=visit,
                    assessment=asked,
                    investigator=judged[1] if judged else None,
                    comparison=None,
                    impact=changed(place, replace(visit, basis=PdBasis.IMAGING)),
                )
            )
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
        differences.append(
            Discrepancy(
                visit=visit,
                assessment=assessment,
                investigator=investigator,
                comparison=comparison,
                impact=changed(place, other),
            )
        )
    return tuple(differences)


def _imaged(visit: RatedVisit, assessments: Sequence[Assessment]) -> Assessment | None:
    """Give the evaluation of a visit that has its imaging."""
    return next(
        (
            assessment
            for assessment in assessments
            if assessment.evaluation.evaluation_id in visit.evaluation_ids
            and assessment.evaluation.imaging is not None
        ),
        None,
    )
