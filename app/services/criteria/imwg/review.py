"""What a reviewer of an evaluation wants to see beside its category.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4 with its footnotes; clinical relapse
for the raised calcium.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.services.criteria.imwg import bands
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.evaluation import Component, DiseaseEvaluation
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.ladder import marker_levels
from app.services.criteria.imwg.light_chains import RatioState
from app.services.criteria.imwg.nadir import Dated, nadir
from app.services.criteria.imwg.nadir_test import Tested, Withheld
from app.services.criteria.imwg.progression_findings import (
    dflc_meets_progression,
    marrow_reading,
)
from app.services.criteria.imwg.progression_rules import ProgressionFinding, ProgressionRule
from app.services.criteria.imwg.questions import EvaluationQuestion, QuestionCode
from app.services.criteria.imwg.reading import reported
from app.services.criteria.imwg.spikes import m_protein_is_foreign
from app.services.criteria.imwg.unanswered_lesions import untracked
from app.services.criteria.imwg.usable import UsableEvaluation
from app.services.criteria.imwg.visit_response import (
    MarkerChange,
    Relapse,
    RelapseSign,
    ReviewFlag,
    SerumMProteinShown,
)
from app.vocabularies.imwg import Clonality


def marker_changes(history: History, visit: UsableEvaluation) -> tuple[MarkerChange, ...]:
    """Give each marker measured at a visit against its baseline and its nadir."""
    return tuple(_marker_changes(history, visit))


def _marker_changes(history: History, visit: UsableEvaluation) -> Iterator[MarkerChange]:
    for component, reading_of in (
        (history.serum_component, lambda evaluation: evaluation.serum),
        (Component.URINE_M_PROTEIN, lambda evaluation: evaluation.urine),
        (Component.FREE_LIGHT_CHAINS, lambda evaluation: evaluation.dflc),
        (Component.MARROW_PLASMA_CELLS, marrow_reading),
        (Component.CIRCULATING_PLASMA_CELLS, lambda evaluation: evaluation.circulating),
    ):
        reading, initial = reading_of(visit), reading_of(history.baseline)
        if reading is None:
            continue
        in_marrow = component is Component.MARROW_PLASMA_CELLS
        values = history.series(component, reading_of).before(
            reading.collected_on, "limit" if in_marrow else history.policy.below_limit_nadir
        )
        yield _change(
            component,
            reading.bounds,
            reported=reading.reported,
            baseline=None if initial is None else initial.bounds.low,
            lowest=nadir(values, "lowest" if in_marrow else history.policy.nadir),
        )
    survey, followed = visit.survey, history.plasmacytomas
    current = survey.product_sum(followed) if survey and followed else None
    if survey is None or current is None:
        return
    initial_survey = history.baseline.survey
    sums = [
        Dated(product_sum, earlier.imaged_on)
        for earlier in history.surveys_before(survey.imaged_on)
        if (product_sum := earlier.product_sum(followed)) is not None
    ]
    yield _change(
        Component.PLASMACYTOMAS,
        Bounds(current, current),
        baseline=initial_survey.product_sum(followed) if initial_survey else None,
        lowest=nadir(sums),
    )


def _change(
    component: Component,
    bounds: Bounds,
    *,
    reported: str = "",
    baseline: Decimal | None,
    lowest: Dated | None,
) -> MarkerChange:
    return MarkerChange(
        component=component,
        reported=reported,
        interval=str(bounds),
        current=bounds.low,
        at_most=bounds.high,
        baseline=baseline,
        nadir=lowest,
        percent_from_baseline=_percent(bounds.high, baseline),
        percent_from_nadir=_percent(bounds.low, lowest.value if lowest else None),
    )


def _percent(value: Decimal | None, reference: Decimal | None) -> Decimal | None:
    if value is None or not reference:
        return None
    return (value - reference) * 100 / reference


def m_proteins_shown(history: History, visit: UsableEvaluation) -> tuple[SerumMProteinShown, ...]:
    """Give the serum M-proteins of a visit one by one, where several were sent."""
    raw, own = visit.raw, history.myeloma.isotypes
    by_class = history.myeloma.quantitative is not None
    return tuple(
        SerumMProteinShown(
            isotype=spike.isotype,
            owner=spike.owner,
            reported=reported(spike),
            counts=not by_class and not m_protein_is_foreign(spike, raw.serum_immunofixation, own),
        )
        for spike in raw.serum_m_proteins or ()
    )


def relapse_signs(
    history: History, visit: UsableEvaluation, findings: tuple[ProgressionFinding, ...]
) -> tuple[Relapse, ...]:
    """Give the signs that would end a complete response, earliest first.

    The total of a class of immunoglobulin never becomes 0 and is none.

    Source: IMWG 2016, table 4, relapse from complete response: only where disease-free survival is
    the endpoint.
    """
    signs = [
        Relapse(sign=sign, collected_on=fixation.collected_on)
        for sign, fixation in (
            (RelapseSign.SERUM_IMMUNOFIXATION, visit.serum_fixation),
            (RelapseSign.URINE_IMMUNOFIXATION, visit.urine_fixation),
        )
        if fixation is not None and not fixation.negative
    ]
    signs += [
        Relapse(sign=sign, collected_on=reading.collected_on)
        for sign, reading in (
            (
                RelapseSign.SERUM_M_PROTEIN,
                None if history.myeloma.quantitative is not None else visit.serum,
            ),
            (RelapseSign.URINE_M_PROTEIN, visit.urine),
        )
        if reading is not None and reading.bounds.quantified
    ]
    marrow = visit.marrow
    if marrow is not None and marrow.plasma_cells.at_least(5):
        polyclonal = marrow.clonality is Clonality.ABSENT
        signs.append(
            Relapse(
                sign=RelapseSign.POLYCLONAL_PLASMA_CELLS
                if polyclonal
                else RelapseSign.MARROW_PLASMA_CELLS,
                collected_on=marrow.collected_on,
            )
        )
    signs += [
        Relapse(sign=RelapseSign.PROGRESSION, collected_on=finding.collected_on)
        for finding in findings
    ]
    return tuple(sorted(signs, key=lambda relapse: (relapse.collected_on, relapse.sign)))


def review_flags(
    history: History,
    visit: UsableEvaluation,
    tests: Iterable[Tested],
    questions: Iterable[EvaluationQuestion],
    *,
    blocked: bool,
) -> tuple[ReviewFlag, ...]:
    """Give what should be looked at.

    Args:
        history: the subject.
        visit: the evaluation.
        tests: the rules for progression that it meets, or would but for a reason.
        questions: what it asks about.
        blocked: only the ratio stands before sCR.
    """
    raw, survey, tested = visit.raw, visit.survey, tuple(tests)
    raised_by = {
        ReviewFlag.LIGHT_CHAIN_ESCAPE: history.measurable.by_m_protein
        and dflc_meets_progression(history, visit) is not None,
        ReviewFlag.SPIKE_WITH_NEGATIVE_IMMUNOFIXATION: bool(visit.contradictory_spikes),
        ReviewFlag.UNPROVEN_DRUG_BAND: bands.shows_unproven_drug(
            raw.serum_immunofixation, raw.urine_immunofixation
        ),
        ReviewFlag.METHOD_CHANGE: _method_changed(history, visit),
        ReviewFlag.RATIO_UNKNOWN: visit.ratio is RatioState.UNKNOWN,
        ReviewFlag.SCR_BLOCKED_BY_RATIO: blocked and visit.ratio is RatioState.UNKNOWN,
        ReviewFlag.INVOLVED_CHAIN_CONTRADICTED: history.measurable.involved_chain_contradicted,
        ReviewFlag.UNTRACKED_LESION: untracked(history, visit),
        ReviewFlag.NADIR_BELOW_LIMIT: _only_through_a_limit(tested),
        ReviewFlag.NADIR_ABOVE_LIMIT: any(
            test.withheld is Withheld.NADIR_ABOVE_LIMIT for test in tested
        ),
        ReviewFlag.CLONE_ESCAPE: any(
            question.code is QuestionCode.CLONE_ESCAPE for question in questions
        ),
        ReviewFlag.INCOMPLETE_IMAGING: survey is not None
        and not survey.accounts_for(history.plasmacytomas),
        ReviewFlag.INCOMPLETE_URINE_COLLECTION: raw.urine_m_protein is not None
        and raw.urine_m_protein.complete is False,
        ReviewFlag.HAEMODILUTED_MARROW: visit.marrow is not None and visit.marrow.haemodiluted,
        ReviewFlag.RAISED_CALCIUM: visit.calcium is not None
        and visit.calcium.bounds.above(11)
        and raw.calcium_due_to_myeloma is not False,
        ReviewFlag.IVIG_WITHIN_28_DAYS: raw.ivig_within_28_days,
        ReviewFlag.MEASURABLE_MARKER_MISSING: any(
            marker.level is None for marker in marker_levels(history, visit)
        ),
    }
    return tuple(flag for flag, raised in raised_by.items() if raised)


def _only_through_a_limit(tests: Iterable[Tested]) -> bool:
    proven = [
        tested.finding
        for tested in tests
        if tested.withheld is None and tested.finding.rule is not ProgressionRule.UNANSWERED_LESION
    ]
    return bool(proven) and all(finding.through_limit for finding in proven)


def _method_changed(history: History, visit: UsableEvaluation) -> bool:
    initial, raw = history.baseline.raw, visit.raw
    before, now = _electrophoresis_methods(initial), _electrophoresis_methods(raw)
    return bool(before and now and before != now) or any(
        before is not None and now is not None and before != now
        for before, now in (
            (bands.method_of(initial.immunoglobulin), bands.method_of(raw.immunoglobulin)),
            (bands.method_of(initial.urine_m_protein), bands.method_of(raw.urine_m_protein)),
            (bands.method_of(initial.kappa), bands.method_of(raw.kappa)),
            (bands.method_of(initial.lambda_), bands.method_of(raw.lambda_)),
        )
    )


def _electrophoresis_methods(raw: DiseaseEvaluation) -> frozenset[str]:
    """Give the assays by which serum M-protein was quantified, of one spike or of several."""
    spikes = (raw.serum_m_protein, *(raw.serum_m_proteins or ()))
    return frozenset(method for spike in spikes if (method := bands.method_of(spike)) is not None)
