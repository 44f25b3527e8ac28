"""Quantitative IgA or IgD in the place of electrophoresis: who is followed by it, and how.

IgA and IgD move in the beta region, where electrophoresis is unreliable. The class is then "serum"
for that subject throughout, decided once, at baseline; the two methods are never mixed. The total
of a class never becomes 0: what is left of it is polyclonal.

Source: Rajkumar et al., Blood 2011 (IMWG 2011); the trial's reading U6. IMWG prints no measurable
amount of a class: a sponsor's convention, to be confirmed.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg import units
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Isotype
from app.services.criteria.imwg.progression import risen_by
from app.services.criteria.imwg.response_levels import NO_LEVEL
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import HeavyChain, ResponseCategory

CLASSES: Final = frozenset({HeavyChain.IGA, HeavyChain.IGD})
NOT_A_CLASS: Final = frozenset({None, HeavyChain.LIGHT_CHAIN_ONLY, HeavyChain.NON_SECRETORY})


def class_to_follow(
    baseline: DiseaseEvaluation,
    own: Iterable[Isotype],
    electrophoresis: Bounds | None,
    policy: ImwgPolicy,
) -> HeavyChain | None:
    """Give the class that stands for serum in a subject; None: electrophoresis does.

    It does where every heavy chain of the subject's own isotypes is IgA or IgD, the baseline has a
    usable quantity of that class, and electrophoresis is as the policy says: by default without a
    usable amount at baseline, or with one below 1.0 g/dL.

    Args:
        baseline: the baseline evaluation.
        own: the subject's own isotypes.
        electrophoresis: the patient's M-protein at baseline, g/dL; None: no usable amount.
        policy: ``quantitative_immunoglobulin``.

    Source: the trial's reading U6.
    Decision: IgA and IgD together have no one quantity, and are followed by electrophoresis.
    """
    chains = {isotype.heavy_chain for isotype in own} - NOT_A_CLASS
    if policy.quantitative_immunoglobulin == "never" or len(chains) != 1 or not chains <= CLASSES:
        return None
    [heavy_chain] = chains
    if heavy_chain is None or amount_of(baseline, heavy_chain) is None:
        return None
    match policy.quantitative_immunoglobulin:
        case "iga_igd_always":
            followed = True
        case "iga_igd_when_spep_not_done":
            followed = electrophoresis is None
        case _:
            followed = electrophoresis is None or electrophoresis.below(1)
    return heavy_chain if followed else None


def amount_of(evaluation: DiseaseEvaluation, heavy_chain: HeavyChain) -> Bounds | None:
    """Give the usable total of a class, mg/dL; None: none, or by a heavy/light chain assay."""
    measured = evaluation.immunoglobulin
    if measured is None or measured.value is None or measured.spurious:
        return None
    if measured.heavy_chain is not heavy_chain or measured.light_chain is not None:
        return None
    return Bounds.of(units.immunoglobulin(measured.value, measured.unit), measured.comparator)


def is_measurable(amount: Bounds, heavy_chain: HeavyChain, policy: ImwgPolicy) -> bool:
    """Tell whether a class is measurable disease: at least its policy value, mg/dL.

    Source: the trial's reading U6; the values are a sponsor's convention.
    """
    return amount.at_least(policy.quantitative_ig_measurable.of(heavy_chain))


def level(*, baseline: Decimal, current: Bounds, immunofixation_negative: bool) -> ResponseCategory:
    """Give the level of a measurable class: the percentages of serum M-protein.

    VGPR from a fall of 90 % or with an effectively negative immunofixation of the visit's serum, PR
    from 50 %, MR from 25 %.

    Args:
        baseline: mg/dL.
        current: mg/dL of this visit.
        immunofixation_negative: False also where it was not done.

    Source: IMWG 2016, table 4, with the trial's reading U6.
    """
    if shows_vgpr(
        baseline=baseline, current=current, immunofixation_negative=immunofixation_negative
    ):
        return ResponseCategory.VGPR
    if current.fallen_by(50, baseline=baseline):
        return ResponseCategory.PR
    return ResponseCategory.MR if current.fallen_by(25, baseline=baseline) else NO_LEVEL


def shows_vgpr(*, baseline: Decimal | None, current: Bounds, immunofixation_negative: bool) -> bool:
    """Tell whether a class allows VGPR: 90 % down, or no clone on immunofixation.

    Args:
        baseline: mg/dL; None: not measured at baseline.
        current: mg/dL of this visit.
        immunofixation_negative: False also where it was not done.

    Source: the trial's reading U6.
    """
    fallen = baseline is not None and current.fallen_by(90, baseline=baseline)
    return fallen or immunofixation_negative


def progressed(*, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether a class has risen by at least 25 % and at least 500 mg/dL (P-S).

    Source: IMWG 2016, table 4, 0.5 g/dL of serum M-protein; the trial's reading U6.
    """
    return risen_by(25, nadir=nadir, current=current) and current - nadir >= 500


def high_progressed(*, reference: Decimal, nadir: Decimal, current: Decimal) -> bool:
    """Tell whether a class has risen by at least 1,000 mg/dL from 5,000 or more (P-S5).

    Args:
        reference: what has to be at least 5,000 mg/dL: the nadir, or by Q2 the baseline.
        nadir: lowest value before, mg/dL.
        current: value of this visit, mg/dL.

    Source: IMWG 2016, table 4; the trial's readings Q1, Q2 and U6.
    """
    return reference >= 5000 and current - nadir >= 1000
