"""Measurable residual disease of one marrow sample, and its IMWG category at its own visit.

It is a field of its own and no rung of the ladder: a positive sample does not lower CR, and a
negative one without CR is an assay result and no IMWG category.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, MRD criteria.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Marrow, MrdSample, PetCt
from app.vocabularies.imwg import MrdMethod, MrdResult, MrdStatus, PetResult, ResponseCategory

IMWG_SENSITIVITY: Final = Decimal("1e-5")
"""One cell in 100,000: the least sensitivity of an IMWG category."""


def reaches(sample: MrdSample, threshold: Decimal) -> bool:
    """Tell whether a sample could have shown one cell in ``1 / threshold``.

    Numerically smaller is better: 1e-6 satisfies 1e-5, not the reverse. A sample of fewer cells
    than that cannot, whatever the assay promises; where neither is known it is not taken to.

    Source: IMWG 2016, table 4: a minimum sensitivity of 1 in 100,000 nucleated cells or higher.
    """
    known = sample.sensitivity is not None or sample.cells_analysed is not None
    assay_does = sample.sensitivity is None or sample.sensitivity <= threshold
    enough_cells = sample.cells_analysed is None or sample.cells_analysed * threshold >= 1
    return known and assay_does and enough_cells


def mrd_at(sample: MrdSample, threshold: Decimal) -> MrdResult:
    """Give what a sample says at a threshold; below its reach it is not evaluable, not positive.

    Sequencing without a clone known from before treatment is not evaluable.
    """
    unknown_clone = sample.method is MrdMethod.NGS and sample.clone_known is False
    if sample.result is MrdResult.NOT_EVALUABLE or unknown_clone:
        return MrdResult.NOT_EVALUABLE
    if sample.result is MrdResult.POSITIVE:
        return MrdResult.POSITIVE
    return MrdResult.NEGATIVE if reaches(sample, threshold) else MrdResult.NOT_EVALUABLE


def mrd_category(
    sample: MrdSample | None, pet_ct: PetCt | None, category: ResponseCategory
) -> MrdStatus | None:
    """Give the IMWG category of a visit's sample; None: not MRD-negative in the sense of IMWG.

    Args:
        sample: the visit's sample; None: none was taken.
        pet_ct: the visit's PET/CT against the baseline uptake.
        category: the visit's own response; only CR and sCR can be MRD-negative.

    Source: IMWG 2016, table 4, flow, sequencing and imaging plus MRD-negative.
    """
    if sample is None or mrd_at(sample, IMWG_SENSITIVITY) is not MrdResult.NEGATIVE:
        return None
    if not category.is_at_least(ResponseCategory.CR):
        return None
    if pet_ct is not None and pet_ct.result is PetResult.NEGATIVE:
        return MrdStatus.IMAGING_PLUS_MRD_NEGATIVE
    if sample.method is MrdMethod.NGF:
        return MrdStatus.FLOW_MRD_NEGATIVE
    return MrdStatus.SEQUENCING_MRD_NEGATIVE


def dated_sample(evaluation: DiseaseEvaluation) -> MrdSample | None:
    """Give an evaluation's sample with its day: its own, else the marrow's, else the anchor."""
    sample, marrow = evaluation.mrd, evaluation.marrow or Marrow()
    if sample is None:
        return None
    day = sample.collected_on or marrow.collected_on or evaluation.anchor
    return replace(sample, collected_on=day)


def dated_pet(evaluation: DiseaseEvaluation) -> PetCt | None:
    """Give an evaluation's PET/CT with its day: its own, else the anchor."""
    if evaluation.pet_ct is None:
        return None
    return replace(evaluation.pet_ct, imaged_on=evaluation.pet_ct.imaged_on or evaluation.anchor)
