"""Which rules for progressive disease an evaluation meets, and against which nadir.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.services.criteria.imwg import progression
from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.lesion_progression import lesion_findings
from app.services.criteria.imwg.nadir import Dated, nadir
from app.services.criteria.imwg.progression_rules import ProgressionFinding, ProgressionRule
from app.services.criteria.imwg.usable import Reading, UsableEvaluation
from app.vocabularies.imwg import PdBasis


def progression_findings(
    history: History, visit: UsableEvaluation
) -> tuple[ProgressionFinding, ...]:
    """Give every rule for progressive disease that an evaluation meets; empty: no progression.

    Serum and urine are tested in all subjects (Q7), free light chains only where neither serum nor
    urine is measurable, marrow only where none of the three is, circulating plasma cells only where
    nothing else is, lesions always.
    """
    return (
        *_m_protein(history, visit),
        *_light_chains(history, visit),
        *_marrow(history, visit),
        *lesion_findings(history, visit),
        *_circulating(history, visit),
        *_calcium(history, visit),
    )


def basis_of(findings: Iterable[ProgressionFinding]) -> PdBasis | None:
    """Give what a progression rests on: imaging, else marrow, else biochemical; None: nothing."""
    bases = {finding.rule.basis for finding in findings}
    for basis in (PdBasis.IMAGING, PdBasis.MARROW, PdBasis.BIOCHEMICAL):
        if basis in bases:
            return basis
    return None


def dflc_meets_progression(history: History, visit: UsableEvaluation) -> Dated | None:
    """Give the dFLC nadir from which this visit's dFLC would be progression; None: it is not.

    Who is judged by it is another matter: with measurable serum or urine it is light-chain escape,
    a finding to review and no progression.
    """
    if visit.dflc is None:
        return None
    values = history.series(Component.FREE_LIGHT_CHAINS, lambda evaluation: evaluation.dflc).before(
        visit.dflc.collected_on
    )
    lowest = nadir(values, history.policy.nadir)
    if lowest is None:
        return None
    if history.policy.flc_nadir_floor == "zero" and lowest.value < 0:
        lowest = Dated(Decimal(0), lowest.collected_on)
    met = progression.dflc_progressed(nadir=lowest.value, current=visit.dflc.bounds.low)
    return lowest if met else None


def _m_protein(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    policy, measurable = history.policy, history.measurable
    everybody = policy.pd_scope == "all"
    if visit.serum is not None and (everybody or measurable.serum):
        values = history.series(
            Component.SERUM_M_PROTEIN, lambda evaluation: evaluation.serum
        ).before(visit.serum.collected_on)
        lowest, current = nadir(values, policy.nadir), visit.serum.bounds.low
        baseline = history.baseline.serum
        reference = lowest.value if lowest else None
        if policy.serum_5g_reference == "start_value":
            reference = baseline.bounds.low if baseline else None
        if lowest is not None:
            if progression.serum_m_protein_progressed(nadir=lowest.value, current=current):
                yield _finding(ProgressionRule.SERUM, visit.serum, lowest)
            if (
                policy.serum_5g == "replaces"
                and reference is not None
                and progression.high_serum_m_protein_progressed(
                    reference=reference, nadir=lowest.value, current=current
                )
            ):
                yield _finding(ProgressionRule.SERUM_FROM_5, visit.serum, lowest)
    if visit.urine is not None and (everybody or measurable.urine):
        values = history.series(
            Component.URINE_M_PROTEIN, lambda evaluation: evaluation.urine
        ).before(visit.urine.collected_on)
        lowest = nadir(values, policy.nadir)
        if lowest is not None and progression.urine_m_protein_progressed(
            nadir=lowest.value, current=visit.urine.bounds.low
        ):
            yield _finding(ProgressionRule.URINE, visit.urine, lowest)


def _light_chains(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    if history.measurable.by_m_protein or visit.dflc is None:
        return
    lowest = dflc_meets_progression(history, visit)
    if lowest is not None:
        yield _finding(ProgressionRule.LIGHT_CHAINS, visit.dflc, lowest)


def _marrow(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    measurable = history.measurable
    if measurable.by_m_protein or measurable.light_chains:
        return
    current = marrow_reading(visit)
    if current is None:
        return
    lowest = nadir(
        history.series(Component.MARROW_PLASMA_CELLS, marrow_reading).before(current.collected_on)
    )
    if lowest is not None and progression.marrow_progressed(
        nadir=lowest.value, current=current.bounds.low, rule=history.policy.bmpc_pd
    ):
        yield _finding(ProgressionRule.MARROW, current, lowest)


def marrow_reading(evaluation: UsableEvaluation) -> Reading | None:
    """Give an evaluation's marrow plasma cells as a reading, %."""
    marrow = evaluation.marrow
    return None if marrow is None else Reading(marrow.plasma_cells, marrow.collected_on)


def _circulating(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    if history.measurable.track is not Track.CIRCULATING_PLASMA_CELLS or visit.circulating is None:
        return
    values = history.series(
        Component.CIRCULATING_PLASMA_CELLS, lambda evaluation: evaluation.circulating
    ).before(visit.circulating.collected_on)
    lowest = nadir(values, history.policy.nadir)
    if lowest is not None and progression.circulating_plasma_cells_progressed(
        nadir=lowest.value,
        current=visit.circulating.bounds.low,
        rule=history.details.circulating_pd,
    ):
        yield _finding(ProgressionRule.CIRCULATING_CELLS, visit.circulating, lowest)


def _calcium(history: History, visit: UsableEvaluation) -> Iterator[ProgressionFinding]:
    if (
        history.policy.calcium_is_pd
        and visit.calcium is not None
        and progression.calcium_progressed(
            corrected_calcium=visit.calcium.bounds.low,
            due_to_myeloma=visit.raw.calcium_due_to_myeloma,
        )
    ):
        yield _finding(ProgressionRule.CALCIUM, visit.calcium, None)


_COMPONENTS = {
    ProgressionRule.SERUM: Component.SERUM_M_PROTEIN,
    ProgressionRule.SERUM_FROM_5: Component.SERUM_M_PROTEIN,
    ProgressionRule.URINE: Component.URINE_M_PROTEIN,
    ProgressionRule.LIGHT_CHAINS: Component.FREE_LIGHT_CHAINS,
    ProgressionRule.MARROW: Component.MARROW_PLASMA_CELLS,
    ProgressionRule.CIRCULATING_CELLS: Component.CIRCULATING_PLASMA_CELLS,
    ProgressionRule.CALCIUM: Component.CORRECTED_CALCIUM,
}


def _finding(rule: ProgressionRule, reading: Reading, lowest: Dated | None) -> ProgressionFinding:
    return ProgressionFinding(
        rule=rule,
        component=_COMPONENTS[rule],
        collected_on=reading.collected_on,
        current=reading.bounds.low,
        nadir=lowest,
    )
