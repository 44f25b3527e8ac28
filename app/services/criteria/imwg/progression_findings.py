"""Which rules for progressive disease an evaluation meets, and against which nadir.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease; the trial's
readings U3 (results beyond a limit) and U6 (quantitative immunoglobulin).
"""

from collections.abc import Iterable, Iterator

from app.services.criteria.imwg import progression
from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.evaluation import Component
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.lesion_progression import lesion_findings
from app.services.criteria.imwg.nadir import Dated
from app.services.criteria.imwg.nadir_test import Tested, against_nadir
from app.services.criteria.imwg.progression_rules import (
    DerivedBasis,
    ProgressionFinding,
    ProgressionRule,
)
from app.services.criteria.imwg.reading import Reading
from app.services.criteria.imwg.serum_progression import serum_tests
from app.services.criteria.imwg.usable import UsableEvaluation
from app.vocabularies.imwg import PdBasis


def progression_tests(history: History, visit: UsableEvaluation) -> tuple[Tested, ...]:
    """Give every rule for progressive disease that an evaluation meets, or would but for a reason.

    Serum and urine are tested in all subjects (Q7), free light chains only where neither serum nor
    urine is measurable, marrow only where none of the three is, circulating plasma cells only where
    nothing else is, lesions always.
    """
    return (
        *serum_tests(history, visit),
        *_urine(history, visit),
        *_light_chains(history, visit),
        *_marrow(history, visit),
        *(Tested(finding) for finding in lesion_findings(history, visit)),
        *_circulating(history, visit),
        *_calcium(history, visit),
    )


def lone_marker_tests(history: History, visit: UsableEvaluation) -> tuple[Tested, ...]:
    """Give the rules of serum, urine and free light chains that a visit's values meet.

    Light chains are tested whatever the subject is followed by.
    """
    return (*serum_tests(history, visit), *_urine(history, visit), *_dflc(history, visit))


def basis_of(findings: Iterable[ProgressionFinding]) -> DerivedBasis | None:
    """Give what a progression rests on: imaging, marrow, biochemical or a question; None: nothing.

    A lesion that nobody has called new or known is the basis only where nothing else is.
    """
    bases = {finding.rule.basis for finding in findings}
    order: tuple[DerivedBasis, ...] = (PdBasis.IMAGING, PdBasis.MARROW, PdBasis.BIOCHEMICAL)
    return next((basis for basis in (*order, "unanswered") if basis in bases), None)


def dflc_meets_progression(history: History, visit: UsableEvaluation) -> Dated | None:
    """Give the dFLC nadir from which this visit's dFLC would be progression; None: it is not.

    Who is judged by it is another matter: with measurable serum or urine it is light-chain escape,
    a finding to review and no progression.
    """
    met = (tested.finding.nadir for tested in _dflc(history, visit) if tested.withheld is None)
    return next(met, None)


def _urine(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    reading = visit.urine
    if reading is None or not (history.policy.pd_scope == "all" or history.measurable.urine):
        return
    current = reading.bounds.low
    if current is None:
        return
    yield from against_nadir(
        history.series(Component.URINE_M_PROTEIN, lambda evaluation: evaluation.urine),
        reading,
        history.policy,
        Component.URINE_M_PROTEIN,
        {
            ProgressionRule.URINE: lambda nadir: progression.urine_m_protein_progressed(
                nadir=nadir, current=current
            )
        },
    )


def _light_chains(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    if not history.measurable.by_m_protein:
        yield from _dflc(history, visit)


def _dflc(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    reading = visit.dflc
    if reading is None or reading.bounds.low is None:
        return
    current, above = reading.bounds.low, reading.bounds.low_open
    yield from against_nadir(
        history.series(Component.FREE_LIGHT_CHAINS, lambda evaluation: evaluation.dflc),
        reading,
        history.policy,
        Component.FREE_LIGHT_CHAINS,
        {
            ProgressionRule.LIGHT_CHAINS: lambda nadir: progression.dflc_progressed(
                nadir=nadir, current=current, above=above
            )
        },
        floored=history.policy.flc_nadir_floor == "zero",
    )


def _marrow(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    measurable, reading = history.measurable, marrow_reading(visit)
    if measurable.by_m_protein or measurable.light_chains or reading is None:
        return
    current = reading.bounds.low
    if current is None:
        return
    yield from against_nadir(
        history.series(Component.MARROW_PLASMA_CELLS, marrow_reading),
        reading,
        history.policy.model_copy(update={"nadir": "lowest", "below_limit_nadir": "limit"}),
        Component.MARROW_PLASMA_CELLS,
        {
            ProgressionRule.MARROW: lambda nadir: progression.marrow_progressed(
                nadir=nadir, current=current, rule=history.policy.bmpc_pd
            )
        },
    )


def marrow_reading(evaluation: UsableEvaluation) -> Reading | None:
    """Give an evaluation's marrow plasma cells as a reading, %."""
    marrow = evaluation.marrow
    if marrow is None:
        return None
    return Reading(marrow.plasma_cells, marrow.collected_on, marrow.reported)


def _circulating(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    reading = visit.circulating
    if history.measurable.track is not Track.CIRCULATING_PLASMA_CELLS or reading is None:
        return
    current = reading.bounds.low
    if current is None:
        return
    yield from against_nadir(
        history.series(
            Component.CIRCULATING_PLASMA_CELLS, lambda evaluation: evaluation.circulating
        ),
        reading,
        history.policy,
        Component.CIRCULATING_PLASMA_CELLS,
        {
            ProgressionRule.CIRCULATING_CELLS: lambda nadir: (
                progression.circulating_plasma_cells_progressed(
                    nadir=nadir, current=current, rule=history.details.circulating_pd
                )
            )
        },
    )


def _calcium(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    if (
        history.policy.calcium_is_pd
        and visit.calcium is not None
        and progression.calcium_progressed(
            corrected_calcium=visit.calcium.bounds,
            due_to_myeloma=visit.raw.calcium_due_to_myeloma,
        )
    ):
        yield Tested(
            ProgressionFinding(
                rule=ProgressionRule.CALCIUM,
                component=Component.CORRECTED_CALCIUM,
                collected_on=visit.calcium.collected_on,
                current=visit.calcium.bounds.low,
                reported=visit.calcium.reported,
            )
        )
