"""The category of one evaluation: progression first, then the levels from the top.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.clinical_relapse import signs_of_evaluation
from app.services.criteria.imwg.complete_response import (
    complete_response_conditions,
    stringent_response_conditions,
    supporting_marrow,
)
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.ladder import LEVELS, MarkerLevel, level_conditions, marker_levels
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.mrd import dated_pet, dated_sample
from app.services.criteria.imwg.progression_findings import basis_of, progression_tests
from app.services.criteria.imwg.progression_rules import ProgressionFinding, ProgressionRule
from app.services.criteria.imwg.questions import questions_of_visit
from app.services.criteria.imwg.response_levels import Condition
from app.services.criteria.imwg.review import (
    m_proteins_shown,
    marker_changes,
    relapse_signs,
    review_flags,
)
from app.services.criteria.imwg.usable import MarrowReading, UsableEvaluation
from app.services.criteria.imwg.visit_response import CarriedForward, NotShown, VisitResponse
from app.vocabularies.imwg import ResponseCategory

COMPLETE: Final = (ResponseCategory.SCR, ResponseCategory.CR)
_SHOWN_BY_WAIVER: Final = frozenset(
    {
        Component.URINE_M_PROTEIN,
        Component.URINE_IMMUNOFIXATION,
        Component.MARROW_PLASMA_CELLS,
    }
)
"""Parts that may be missing no more once urine is waived: a longer run allows an older marrow."""
WITHOUT_COMPLETE_RESPONSE: Final = frozenset({Track.CIRCULATING_PLASMA_CELLS, Track.NONE})


Ladder = dict[ResponseCategory, tuple[Condition, ...]]
"""What each level asks for, best first."""


class Decision(NamedTuple):
    """A category, what it rests on, and what stood between it and a better one."""

    category: ResponseCategory
    rule: str
    conditions: tuple[Condition, ...]
    not_shown: tuple[NotShown, ...]
    carried_forward: tuple[CarriedForward, ...]


def classify(history: History, visit: UsableEvaluation, *, explained: bool = True) -> VisitResponse:
    """Give the unconfirmed category of an evaluation.

    Progression is tested first. Without it, a subject with nothing measurable, or without a marker
    that was measurable at baseline, is not evaluable. Otherwise the category is the best level that
    everything it asks for is shown for; a part that is missing shows nothing.

    The category is dated: progression by the earliest collection among the parts whose own rule
    fired; every other category by the latest collection among the parts that were measured for this
    visit and that it uses; NE by the anchor.

    Args:
        history: the subject.
        visit: one of its evaluations after infusion.
        explained: whether each marker's change is given too; nothing is decided by it.

    Source: IMWG 2016, table 4; the trial's endpoint definitions for the dates.
    """
    tests = progression_tests(history, visit)
    findings = tuple(tested.finding for tested in tests if tested.withheld is None)
    questions = questions_of_visit(history, visit, tests)
    decision = decide(history, visit)
    waived = decision
    if any(_SHOWN_BY_WAIVER & set(shortfall.missing) for shortfall in decision.not_shown):
        waiver = history.policy.model_copy(update={"urine_for_vgpr": "waived_if_not_measurable"})
        waived = decide(replace(history, policy=waiver), visit)
    if findings:
        category = waived_category = ResponseCategory.PD
        assessed_on = waived_on = _progressed_on(findings)
        rules = tuple(dict.fromkeys(str(finding.rule) for finding in findings))
    else:
        category, waived_category = decision.category, waived.category
        assessed_on, waived_on = _dated(decision, visit), _dated(waived, visit)
        rules = (decision.rule,)
    return VisitResponse(
        evaluation_ids=(visit.raw.evaluation_id, *visit.raw.merged_with),
        anchor=visit.anchor,
        assessed_on=assessed_on,
        category=category,
        rules=rules,
        track=history.measurable.track,
        progression=findings,
        basis=basis_of(findings),
        ceiling=ceiling(category, decision),
        not_shown=() if findings else decision.not_shown,
        carried_forward=() if findings else decision.carried_forward,
        markers=marker_changes(history, visit) if explained else (),
        relapse_signs=relapse_signs(history, visit, findings),
        flags=review_flags(
            history, visit, tests, questions, blocked=_blocked_by_ratio(decision, findings)
        ),
        clinical_relapse=signs_of_evaluation(history, visit),
        m_proteins=m_proteins_shown(history, visit) if explained else (),
        questions=questions,
        mrd=dated_sample(visit.raw),
        pet_ct=dated_pet(visit.raw),
        urine_waived=waived_category,
        urine_waived_on=waived_on,
    )


def decide(history: History, visit: UsableEvaluation) -> Decision:
    """Give the category of an evaluation that shows no progression.

    Decision: where only marrow is measurable, a marrow carried forward keeps a CR evaluable at a
    later visit, because no second marrow is ever required for CR; for any other category the
    marrow of the visit is needed.
    """
    track = history.measurable.track
    if track is Track.NONE:
        return Decision(ResponseCategory.NE, "R-NE", (), (), ())
    survey, marrow = history.last_survey(visit), supporting_marrow(history, visit)
    levels = marker_levels(history, visit)
    markers = tuple(marker.reaches(ResponseCategory.PR) for marker in levels)
    ladder = _ladder(history, visit, survey, marrow, levels)
    missing = tuple(condition for condition in markers if condition.met is None)
    nothing = bool(markers) and len(missing) == len(markers)
    not_evaluable = nothing or (missing and history.policy.missing_measurable == "NE")
    if not_evaluable and track is not Track.MARROW:
        return _not_evaluable(ladder, missing)
    for level, conditions in ladder.items():
        if not_evaluable and level not in COMPLETE:
            break
        if all(condition.met for condition in conditions):
            return _decided(level, conditions, ladder, survey, marrow)
    if not_evaluable:
        return _not_evaluable(ladder, missing)
    lowest = ladder[LEVELS[track][-1]] if LEVELS[track] else markers
    return _decided(ResponseCategory.SD, lowest, ladder, survey, marrow)


def ceiling(category: ResponseCategory, decision: Decision) -> ResponseCategory:
    """Give the best category that the missing parts of an evaluation could have allowed."""
    if category is ResponseCategory.PD or not decision.not_shown:
        return category
    return decision.not_shown[0].level


def _ladder(
    history: History,
    visit: UsableEvaluation,
    survey: LesionSurvey | None,
    marrow: MarrowReading | None,
    markers: tuple[MarkerLevel, ...],
) -> Ladder:
    track = history.measurable.track
    ladder: Ladder = {}
    if track not in WITHOUT_COMPLETE_RESPONSE:
        complete = complete_response_conditions(history, visit, survey, marrow)
        stringent = (*complete, *stringent_response_conditions(visit, marrow))
        ladder = {ResponseCategory.SCR: stringent, ResponseCategory.CR: complete}
    for level in LEVELS[track]:
        ladder[level] = level_conditions(history, visit, survey, markers, level)
    return ladder


def _decided(
    category: ResponseCategory,
    conditions: tuple[Condition, ...],
    ladder: Ladder,
    survey: LesionSurvey | None,
    marrow: MarrowReading | None,
) -> Decision:
    return Decision(
        category=category,
        rule=f"R-{category}",
        conditions=conditions,
        not_shown=tuple(_not_shown(ladder, category)),
        carried_forward=tuple(_carried_forward(conditions, survey, marrow)),
    )


def _not_evaluable(ladder: Ladder, missing: tuple[Condition, ...]) -> Decision:
    return Decision(
        category=ResponseCategory.NE,
        rule=missing[0].if_missing,
        conditions=(),
        not_shown=tuple(_not_shown(ladder, ResponseCategory.NE, also=missing)),
        carried_forward=(),
    )


def _not_shown(
    ladder: Ladder,
    reached: ResponseCategory,
    also: tuple[Condition, ...] = (),
) -> Iterator[NotShown]:
    for level, conditions in ladder.items():
        if level.rank >= reached.rank:
            return
        if any(condition.met is False for condition in conditions):
            continue
        missing = [condition for condition in (*also, *conditions) if condition.met is None]
        yield NotShown(
            level=level,
            missing=tuple(dict.fromkeys(condition.component for condition in missing)),
            rules=tuple(dict.fromkeys(condition.if_missing for condition in missing)),
        )


def _dated(decision: Decision, visit: UsableEvaluation) -> date:
    collected = (condition.collected_on for condition in decision.conditions)
    return max((day for day in collected if day is not None), default=visit.anchor)


def _carried_forward(
    conditions: tuple[Condition, ...], survey: LesionSurvey | None, marrow: MarrowReading | None
) -> Iterator[CarriedForward]:
    carried = {condition.component for condition in conditions if condition.collected_on is None}
    for component in (Component.MARROW_PLASMA_CELLS, Component.MARROW_CLONALITY):
        if component in carried and marrow is not None:
            yield CarriedForward(component=component, collected_on=marrow.collected_on)
    if Component.PLASMACYTOMAS in carried and survey is not None:
        yield CarriedForward(component=Component.PLASMACYTOMAS, collected_on=survey.imaged_on)


def _progressed_on(findings: tuple[ProgressionFinding, ...]) -> date:
    """Give the day of progression: of what is proven, else of what has to be answered."""
    proven = [
        finding for finding in findings if finding.rule is not ProgressionRule.UNANSWERED_LESION
    ]
    return min(finding.collected_on for finding in proven or findings)


def _blocked_by_ratio(decision: Decision, findings: tuple[ProgressionFinding, ...]) -> bool:
    return not findings and any(
        shortfall.level is ResponseCategory.SCR
        and shortfall.missing == (Component.FREE_LIGHT_CHAIN_RATIO,)
        for shortfall in decision.not_shown
    )
