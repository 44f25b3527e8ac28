"""Complete and stringent complete response, with the marrow and imaging they may carry forward.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, complete and stringent complete
response.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.light_chains import RatioState
from app.services.criteria.imwg.response_levels import Condition, MissingRule
from app.services.criteria.imwg.urine_waiver import urine_is_waived
from app.services.criteria.imwg.usable import Fixation, MarrowReading, UsableEvaluation
from app.vocabularies.imwg import Clonality

NO_PLASMA_CELLS_BELOW_PCT = 5


def complete_response_conditions(
    history: History,
    visit: UsableEvaluation,
    survey: LesionSurvey | None,
    marrow: MarrowReading | None,
) -> tuple[Condition, ...]:
    """Give what CR asks for.

    Negative immunofixation of serum and urine, plasmacytomas gone, marrow plasma cells below 5 %,
    and a normal free light chain ratio where only free light chains are measurable. A quantified
    spike beside a negative immunofixation contradicts it and refuses CR; the total of a class of
    immunoglobulin is no spike.

    Args:
        history: what is known of the subject.
        visit: the evaluation.
        survey: the last complete survey of the lesions as of the visit; None: there never was one.
        marrow: see :func:`supporting_marrow`.

    Source: IMWG 2016, table 4, complete response.
    """
    conditions = [
        _fixation(Component.SERUM_IMMUNOFIXATION, visit.serum_fixation),
        *_urine_fixation(history, visit),
        *_no_spike(history, visit),
        *_plasmacytomas_gone(history, visit, survey),
        _marrow_clear(visit, marrow),
    ]
    if history.measurable.track is Track.FREE_LIGHT_CHAINS:
        conditions.append(_ratio_normal(visit))
    return tuple(conditions)


def stringent_response_conditions(
    visit: UsableEvaluation, marrow: MarrowReading | None
) -> tuple[Condition, ...]:
    """Give what sCR asks for beside CR: a normal ratio of the chains, and no clonal plasma cells.

    Clonality is that of the marrow that supports CR, and travels with it.

    Source: IMWG 2016, table 4, stringent complete response.
    """
    shown = marrow.clonality if marrow else None
    clonality = Condition(
        component=Component.MARROW_CLONALITY,
        met=None if shown is None else shown is Clonality.ABSENT,
        if_missing=MissingRule.STRINGENT_RESPONSE,
        collected_on=marrow.collected_on if marrow and _is_own(marrow, visit) else None,
    )
    return _ratio_normal(visit), clonality


def supporting_marrow(history: History, visit: UsableEvaluation) -> MarrowReading | None:
    """Give the marrow that may support CR at a visit; None: none, or the last one is too old.

    It may not be older than the window before the first sample of the present run of negative
    immunofixations. A run is ended by a positive immunofixation, not by a missing one.

    Source: IMWG 2016 asks for marrow at CR and gives no window.
    Decision: 42 days, and no marrow that is still to come (Q16); ``any`` takes any marrow after
    infusion.
    """
    marrow = history.last_marrow(visit)
    window = history.policy.marrow_window_days
    if marrow is None or window == "any":
        return marrow
    oldest = negative_since(history, visit) - timedelta(days=window)
    return marrow if marrow.collected_on >= oldest else None


def negative_since(history: History, visit: UsableEvaluation) -> date:
    """Give the first sample of the run of negative immunofixations that a visit belongs to.

    The visit's own day where no run has begun. Urine that is waived neither begins nor ends one.
    """
    since: date | None = None
    for evaluation in history.visits:
        if evaluation.anchor > visit.anchor:
            continue
        serum, urine = evaluation.serum_fixation, evaluation.urine_fixation
        if (serum and not serum.negative) or (urine and not urine.negative):
            since = None
        elif since is None and serum and (urine or urine_is_waived(history, evaluation)):
            since = min(protein.collected_on for protein in (serum, urine) if protein)
    return visit.anchor if since is None else since


def _fixation(component: Component, fixation: Fixation | None) -> Condition:
    return Condition(
        component=component,
        met=None if fixation is None else fixation.negative,
        if_missing=MissingRule.COMPLETE_RESPONSE,
        collected_on=None if fixation is None else fixation.collected_on,
    )


def _urine_fixation(history: History, visit: UsableEvaluation) -> Iterator[Condition]:
    if not urine_is_waived(history, visit):
        yield _fixation(Component.URINE_IMMUNOFIXATION, visit.urine_fixation)


def _no_spike(history: History, visit: UsableEvaluation) -> Iterator[Condition]:
    by_class = history.myeloma.quantitative is not None
    for component, reading in (
        (Component.SERUM_M_PROTEIN, None if by_class else visit.serum),
        (Component.URINE_M_PROTEIN, visit.urine),
    ):
        if reading is not None:
            yield Condition(
                component=component,
                met=component not in visit.contradictory_spikes,
                if_missing=MissingRule.MEASURABLE_MARKER,
                collected_on=reading.collected_on,
            )


def _plasmacytomas_gone(
    history: History, visit: UsableEvaluation, survey: LesionSurvey | None
) -> Iterator[Condition]:
    if survey is None or not (history.plasmacytomas or survey.plasmacytomas):
        return
    own = survey is visit.survey and visit.survey_of_this_visit
    gone = not survey.plasmacytomas
    yield Condition(
        component=Component.PLASMACYTOMAS,
        met=gone if own or gone else None,
        if_missing=MissingRule.IMAGING,
        collected_on=survey.imaged_on if own else None,
    )


def _marrow_clear(visit: UsableEvaluation, marrow: MarrowReading | None) -> Condition:
    own = marrow is not None and _is_own(marrow, visit)
    clear = marrow is not None and marrow.plasma_cells.below(NO_PLASMA_CELLS_BELOW_PCT)
    return Condition(
        component=Component.MARROW_PLASMA_CELLS,
        met=clear if own or clear else None,
        if_missing=MissingRule.COMPLETE_RESPONSE,
        collected_on=marrow.collected_on if marrow and own else None,
    )


def _is_own(marrow: MarrowReading, visit: UsableEvaluation) -> bool:
    return marrow is visit.marrow and marrow.of_this_visit


def _ratio_normal(visit: UsableEvaluation) -> Condition:
    known = visit.ratio is not None and visit.ratio is not RatioState.UNKNOWN
    return Condition(
        component=Component.FREE_LIGHT_CHAIN_RATIO,
        met=visit.ratio is RatioState.NORMAL if known else None,
        if_missing=MissingRule.STRINGENT_RESPONSE,
        collected_on=visit.light_chains_on,
    )
