"""Progression in serum: the M-protein of electrophoresis, or the class of immunoglobulin.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, progressive disease, serum M-protein;
the trial's readings U6 (quantitative immunoglobulin) and U7 (two clones).
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from app.services.criteria.imwg import progression, quantitative_immunoglobulin
from app.services.criteria.imwg.evaluation import Component, Isotype
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.nadir import Series
from app.services.criteria.imwg.nadir_test import Met, Tested, Withheld, against_nadir
from app.services.criteria.imwg.progression_rules import ProgressionRule
from app.services.criteria.imwg.reading import Reading
from app.services.criteria.imwg.usable import UsableEvaluation


def serum_tests(history: History, visit: UsableEvaluation) -> Iterator[Tested]:
    """Give the rules of serum that a visit meets, P-S and P-S5, or would but for a reason.

    A rise of the total immunoglobulin beside a negative immunofixation of the same visit is
    polyclonal, and no progression.
    """
    reading, policy = visit.serum, history.policy
    if reading is None or not (policy.pd_scope == "all" or history.measurable.serum):
        return
    by_class = history.myeloma.quantitative is not None
    initial = history.baseline.serum
    rules = _rules(history, reading, initial, by_class=by_class)
    component = history.serum_component
    polyclonal = by_class and visit.serum_fixation is not None and visit.serum_fixation.negative
    for tested in against_nadir(
        history.series(component, lambda evaluation: evaluation.serum),
        reading,
        policy,
        component,
        rules,
    ):
        withheld = tested.withheld or (Withheld.POLYCLONAL_RISE if polyclonal else None)
        yield replace(tested, withheld=withheld)


def escaped_clones(history: History, visit: UsableEvaluation) -> tuple[Isotype, ...]:
    """Give the clones that alone have risen as progression would, each from its own nadir.

    Where the sum of the subject's M-proteins has not, it is a finding to review and no progression.

    Source: the trial's reading U7, a second M-protein; IMWG 2016 is silent.
    """
    return tuple(
        isotype
        for isotype, reading in visit.clones
        if any(tested.withheld is None for tested in _clone(history, isotype, reading))
    )


def _clone(history: History, isotype: Isotype, reading: Reading) -> Iterator[Tested]:
    def own(evaluation: UsableEvaluation) -> Reading | None:
        return next((found for clone, found in evaluation.clones if clone == isotype), None)

    initial = own(history.baseline)
    readings = (own(evaluation) for evaluation in history.visits)
    series = Series(initial, tuple(protein for protein in readings if protein is not None))
    rules = _rules(history, reading, initial, by_class=False)
    return against_nadir(series, reading, history.policy, Component.SERUM_M_PROTEIN, rules)


def _rules(
    history: History, reading: Reading, initial: Reading | None, *, by_class: bool
) -> dict[ProgressionRule, Met]:
    current, policy = reading.bounds.low, history.policy
    if current is None:
        return {}
    start = initial.bounds.low if initial else None
    risen = progression.serum_m_protein_progressed
    risen_from_high = progression.high_serum_m_protein_progressed
    if by_class:
        risen = quantitative_immunoglobulin.progressed
        risen_from_high = quantitative_immunoglobulin.high_progressed
    rules: dict[ProgressionRule, Met] = {
        ProgressionRule.SERUM: lambda nadir: risen(nadir=nadir, current=current)
    }
    if policy.serum_5g != "replaces":
        return rules

    def from_high(nadir: Decimal) -> bool:
        reference = start if policy.serum_5g_reference == "start_value" else nadir
        return reference is not None and risen_from_high(
            reference=reference, nadir=nadir, current=current
        )

    rules[ProgressionRule.SERUM_FROM_5] = from_high
    return rules
