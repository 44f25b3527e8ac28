"""Measurable residual disease of one marrow sample, and its IMWG category at its own visit.

It is a field of its own and no rung of the ladder: a positive sample does not lower CR, and a
negative one without CR is an assay result and no IMWG category.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4, MRD criteria.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final, Literal

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Marrow, MrdSample, PetCt
from app.vocabularies.imwg import MrdMethod, MrdResult, MrdStatus, PetResult, ResponseCategory

InadequateSample = Literal["not_evaluable", "as_reported"]

IMWG_SENSITIVITY: Final = Decimal("1e-5")
"""One cell in 100,000: the least sensitivity of an IMWG category."""


def reaches(sample: MrdSample, threshold: Decimal) -> bool:
    """Tell whether a sample could have shown one cell in ``1 / threshold``.

    Numerically smaller is better: 1e-6 satisfies 1e-5, not the reverse. A sample of fewer cells
    than that cannot, whatever the assay promises; where neither is known it is not taken to. Flow
    cytometry that is not next-generation reaches a threshold by its stated sensitivity alone.

    Source: IMWG 2016, table 4: a minimum sensitivity of 1 in 100,000 nucleated cells or higher; the
    trial's endpoint definitions, MRD.
    """
    if sample.reach_unknown:
        return False
    known = sample.sensitivity is not None or sample.cells_analysed is not None
    assay_does = sample.sensitivity is None or sample.sensitivity <= threshold
    enough_cells = sample.cells_analysed is None or sample.cells_analysed * threshold >= 1
    return known and assay_does and enough_cells


def mrd_at(
    sample: MrdSample, threshold: Decimal, *, inadequate: InadequateSample = "not_evaluable"
) -> MrdResult:
    """Give what a sample says at a threshold; below its reach it is not evaluable, not positive.

    Sequencing without a clone known from before treatment is not evaluable. Of flow cytometry that
    is not next-generation and states no sensitivity neither result is: to drop its negatives alone
    would leave the positives. A positive of a diluted marrow, or not of the first pull, stays
    positive.

    Args:
        sample: what the laboratory said.
        threshold: share of cells, such as 1e-5.
        inadequate: what a negative of a diluted marrow, or not of the first pull, says.

    Source: the trial's endpoint definitions, MRD; the trial's protocol, policies,
    ``mrd.inadequate_sample``.
    """
    unknown_clone = sample.method is MrdMethod.NGS and sample.clone_known is False
    if sample.result is MrdResult.NOT_EVALUABLE or unknown_clone or sample.reach_unknown:
        return MrdResult.NOT_EVALUABLE
    if sample.result is MrdResult.POSITIVE:
        return MrdResult.POSITIVE
    if sample.inadequate and inadequate == "not_evaluable":
        return MrdResult.NOT_EVALUABLE
    return MrdResult.NEGATIVE if reaches(sample, threshold) else MrdResult.NOT_EVALUABLE


def mrd_category(
    sample: MrdSample | None,
    pet_ct: PetCt | None,
    category: ResponseCategory,
    *,
    inadequate: InadequateSample = "not_evaluable",
) -> MrdStatus | None:
    """Give the IMWG category of a visit's sample; None: not MRD-negative in the sense of IMWG.

    Args:
        sample: the visit's sample; None: none was taken.
        pet_ct: the visit's PET/CT against the baseline uptake.
        category: the visit's own response; only CR and sCR can be MRD-negative.
        inadequate: as of :func:`mrd_at`.

    Source: IMWG 2016, table 4, flow (next-generation, or a validated equivalent), sequencing and
    imaging plus MRD-negative.
    """
    if sample is None:
        return None
    if mrd_at(sample, IMWG_SENSITIVITY, inadequate=inadequate) is not MrdResult.NEGATIVE:
        return None
    if not category.is_at_least(ResponseCategory.CR):
        return None
    if pet_ct is not None and pet_ct.result is PetResult.NEGATIVE:
        return MrdStatus.IMAGING_PLUS_MRD_NEGATIVE
    if sample.method is MrdMethod.NGS:
        return MrdStatus.SEQUENCING_MRD_NEGATIVE
    return MrdStatus.FLOW_MRD_NEGATIVE


def dated_sample(evaluation: DiseaseEvaluation) -> MrdSample | None:
    """Give an evaluation's sample with its day: its own, else the marrow's, else the anchor.

    It is diluted where the marrow of that day is.
    """
    sample, marrow = evaluation.mrd, evaluation.marrow or Marrow()
    if sample is None:
        return None
    marrow_day = marrow.collected_on or evaluation.anchor
    day = sample.collected_on or marrow_day
    diluted = sample.haemodiluted or (marrow.haemodiluted and day == marrow_day)
    return replace(sample, collected_on=day, haemodiluted=diluted)


def dated_pet(evaluation: DiseaseEvaluation) -> PetCt | None:
    """Give an evaluation's PET/CT with its day: its own, else the anchor."""
    if evaluation.pet_ct is None:
        return None
    return replace(evaluation.pet_ct, imaged_on=evaluation.pet_ct.imaged_on or evaluation.anchor)
