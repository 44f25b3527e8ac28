"""What the rules did against a label, or could not use, and somebody should settle.

Each has the code of the finding that asks about it. None changes a category: what it is about has
been decided by the rule it names.

Source: the trial's readings U6 (quantitative immunoglobulin), U7 (bands and spikes) and note 9
(lesions) of the IMWG 2016 criteria.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from app.services.criteria.imwg import bands, spikes
from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Immunofixation, Isotype
from app.services.criteria.imwg.history import History
from app.services.criteria.imwg.nadir_test import Tested, Withheld
from app.services.criteria.imwg.progression_rules import ProgressionRule
from app.services.criteria.imwg.serum_progression import escaped_clones
from app.services.criteria.imwg.usable import UsableEvaluation
from app.vocabularies.imwg import BandOwner, HeavyChain, LightChain


class QuestionCode(StrEnum):
    """What is asked about, as findings name it."""

    IG_RISE_IFE_NEGATIVE = "IG-RISE-IFE-NEGATIVE"
    SERUM_METHOD_DIFFERS = "SERUM-METHOD-DIFFERS"
    MEASURED_NOT_USED = "MEASURED-NOT-USED"
    SECOND_ISOTYPE_AT_BASELINE = "SECOND-ISOTYPE-AT-BASELINE"
    BAND_IS_OWN_ISOTYPE = "BAND-IS-OWN-ISOTYPE"
    BAND_ISOTYPE_INCOMPLETE = "BAND-ISOTYPE-INCOMPLETE"
    SPIKE_OWNER_UNPROVEN = "SPIKE-OWNER-UNPROVEN"
    CLONE_ESCAPE = "CLONE-ESCAPE"
    LESION_NOT_AT_BASELINE = "LESION-NOT-AT-BASELINE"


class EvaluationQuestion(NamedTuple):
    """A question, and the part of the evaluation that it is about."""

    code: QuestionCode
    part: tuple[str | int, ...]
    """The way to the part, as an evaluation is sent."""
    isotype: Isotype | None = None
    """Of a band or an M-protein that the question is about."""


IGG_KAPPA = Isotype(heavy_chain=HeavyChain.IGG, light_chain=LightChain.KAPPA)
"""What the therapeutic antibodies of myeloma are: daratumumab, isatuximab, elotuzumab."""


def questions_of_visit(
    history: History, visit: UsableEvaluation, tests: Iterable[Tested]
) -> tuple[EvaluationQuestion, ...]:
    """Give what a visit asks about.

    Args:
        history: the subject.
        visit: one of its evaluations after infusion.
        tests: the rules for progression that the visit meets, or would but for a reason.
    """
    tested = tuple(tests)
    return (
        *labels(visit.raw, history.myeloma.isotypes),
        *_serum_method(history, visit.raw),
        *_polyclonal_rise(tested),
        *_escaped(history, visit, tested),
        *_lesions(visit, tested),
    )


def questions_of_baseline(
    history: History, enrolled: Iterable[Isotype]
) -> tuple[EvaluationQuestion, ...]:
    """Give what the baseline asks about.

    Args:
        history: the subject.
        enrolled: isotypes that the enrolment record names.
    """
    raw = history.baseline.raw
    return (
        *labels(raw, history.myeloma.isotypes),
        *_second_isotypes(raw, tuple(enrolled)),
    )


def is_measured_for_nothing(history: History, raw: DiseaseEvaluation) -> bool:
    """Tell whether an evaluation has an immunoglobulin and the subject has no serum to follow."""
    measured = raw.immunoglobulin
    followed = history.myeloma.quantitative is not None or history.measurable.serum
    return measured is not None and measured.usable and not followed


def labels(raw: DiseaseEvaluation, own: tuple[Isotype, ...]) -> Iterator[EvaluationQuestion]:
    """Give the bands and spikes of an evaluation whose label the chains beside it do not bear out.

    Source: the trial's reading U7.
    """
    for fluid in ("serum", "urine"):
        fixation: Immunofixation | None = getattr(raw, f"{fluid}_immunofixation")
        if fixation is not None and not fixation.spurious:
            yield from _bands(f"{fluid}_immunofixation", fixation, own)
        spike = getattr(raw, f"{fluid}_m_protein")
        replaced = fluid == "serum" and raw.serum_m_proteins
        if spike is not None and not replaced and spikes.owner_is_unproven(spike, fixation, own):
            yield EvaluationQuestion(
                QuestionCode.SPIKE_OWNER_UNPROVEN, (f"{fluid}_m_protein", "owner")
            )
    for index, protein in enumerate(raw.serum_m_proteins or ()):
        place = ("serum_m_proteins", index, "owner")
        called = protein.owner in spikes.CALLED_FOREIGN | spikes.CALLED_A_DRUG
        if called and not spikes.m_protein_is_foreign(protein, raw.serum_immunofixation, own):
            yield EvaluationQuestion(QuestionCode.SPIKE_OWNER_UNPROVEN, place, protein.isotype)


def _bands(
    name: str, fixation: Immunofixation, own: tuple[Isotype, ...]
) -> Iterator[EvaluationQuestion]:
    for index, band in enumerate(fixation.bands):
        if band.owner is not BandOwner.OTHER_ISOTYPE:
            continue
        place = (name, "bands", index, "owner")
        if bands.is_own(band.isotype, own):
            yield EvaluationQuestion(QuestionCode.BAND_IS_OWN_ISOTYPE, place, band.isotype)
        elif not bands.is_complete(band.isotype):
            yield EvaluationQuestion(QuestionCode.BAND_ISOTYPE_INCOMPLETE, place, band.isotype)


def _second_isotypes(
    raw: DiseaseEvaluation, enrolled: tuple[Isotype, ...]
) -> Iterator[EvaluationQuestion]:
    """Give the isotypes that only an unlabelled baseline band shows, beside another own one."""
    fixations = [
        (name, fixation)
        for name in ("serum_immunofixation", "urine_immunofixation")
        if (fixation := getattr(raw, name)) is not None and not fixation.spurious
    ]
    known = list(enrolled) + [
        band.isotype
        for _, fixation in fixations
        for band in fixation.bands
        if band.owner is BandOwner.ORIGINAL
    ]
    for name, fixation in fixations:
        for index, band in enumerate(fixation.bands):
            if band.owner is not None:
                continue
            if bands.is_foreign(band.isotype, known):
                yield EvaluationQuestion(
                    QuestionCode.SECOND_ISOTYPE_AT_BASELINE, (name, "bands", index), band.isotype
                )
            if band.isotype.heavy_chain or band.isotype.light_chain:
                known.append(band.isotype)


def _serum_method(history: History, raw: DiseaseEvaluation) -> Iterator[EvaluationQuestion]:
    by_class, quantity = history.myeloma.quantitative, raw.immunoglobulin
    spike, several = raw.serum_m_protein, raw.serum_m_proteins or ()
    electrophoresis = any(protein is not None and protein.usable for protein in (spike, *several))
    quantified = quantity is not None and quantity.usable
    if by_class is not None:
        total = (
            quantity is not None
            and quantified
            and quantity.heavy_chain is by_class
            and quantity.light_chain is None
        )
        if not total and (electrophoresis or quantified):
            other = "serum_m_protein" if spike is not None and spike.usable else "serum_m_proteins"
            part = other if electrophoresis else "immunoglobulin"
            yield EvaluationQuestion(QuestionCode.SERUM_METHOD_DIFFERS, (part,))
    elif history.measurable.serum and quantified and not electrophoresis:
        yield EvaluationQuestion(QuestionCode.SERUM_METHOD_DIFFERS, ("immunoglobulin",))


def _polyclonal_rise(tests: tuple[Tested, ...]) -> Iterator[EvaluationQuestion]:
    if any(tested.withheld is Withheld.POLYCLONAL_RISE for tested in tests):
        yield EvaluationQuestion(QuestionCode.IG_RISE_IFE_NEGATIVE, ("immunoglobulin",))


def _escaped(
    history: History, visit: UsableEvaluation, tests: tuple[Tested, ...]
) -> Iterator[EvaluationQuestion]:
    by_the_sum = {ProgressionRule.SERUM, ProgressionRule.SERUM_FROM_5}
    if any(tested.finding.rule in by_the_sum and tested.withheld is None for tested in tests):
        return
    escaped = escaped_clones(history, visit)
    for index, protein in enumerate(visit.raw.serum_m_proteins or ()):
        if protein.isotype in escaped:
            yield EvaluationQuestion(
                QuestionCode.CLONE_ESCAPE, ("serum_m_proteins", index), protein.isotype
            )


def _lesions(visit: UsableEvaluation, tests: tuple[Tested, ...]) -> Iterator[EvaluationQuestion]:
    asked = {
        tested.finding.lesion_id
        for tested in tests
        if tested.finding.rule is ProgressionRule.UNANSWERED_LESION
    }
    imaging = visit.raw.imaging
    for index, lesion in enumerate(imaging.lesions if imaging else ()):
        if lesion.lesion_id in asked:
            yield EvaluationQuestion(
                QuestionCode.LESION_NOT_AT_BASELINE, ("imaging", "lesions", index)
            )
