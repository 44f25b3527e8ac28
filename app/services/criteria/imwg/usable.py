"""What of an evaluation may be used: units normalised, spurious values and foreign bands set aside.

A value that the investigator holds for a laboratory error is neither today's value nor a nadir. A
spike of another isotype or a proven drug counts as 0, for response, nadir and progression.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4 with its footnotes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.criteria.imwg import (
    bands,
    protein_readings,
    quantitative_immunoglobulin,
    units,
)
from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import (
    Component,
    DiseaseEvaluation,
    Immunofixation,
    Isotype,
    MeasuredValue,
    NewLesion,
)
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.light_chains import (
    LightChains,
    RatioState,
    involved_chain,
    ratio_state,
)
from app.services.criteria.imwg.marrow import clonality, plasma_cells
from app.services.criteria.imwg.reading import Reading, day_of, reported
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import Clonality, HeavyChain, LightChain


@dataclass(frozen=True, slots=True)
class MyelomaType:
    """What is known of the myeloma's protein: by the enrolment, then from the baseline."""

    involved: LightChain | None = None
    isotypes: tuple[Isotype, ...] = ()
    """The subject's own; two or more in biclonal disease."""
    quantitative: HeavyChain | None = None
    """Class of immunoglobulin that stands for serum; None: electrophoresis does."""

    def known_from(
        self,
        baseline: DiseaseEvaluation,
        policy: ImwgPolicy,
        details: ImwgDetails = USUAL_DETAILS,
    ) -> "MyelomaType":
        """Complete what the enrolment record says from the baseline evaluation, once for all."""
        isotypes = bands.own_isotypes(self.isotypes, baseline)
        spike = protein_readings.electrophoresis(baseline, isotypes)
        return MyelomaType(
            involved=involved_chain(self.involved, LightChains.of(baseline), details),
            isotypes=isotypes,
            quantitative=quantitative_immunoglobulin.class_to_follow(
                baseline, isotypes, spike.bounds if spike else None, policy
            ),
        )


@dataclass(frozen=True, slots=True)
class Fixation:
    """A usable immunofixation of one fluid."""

    negative: bool
    """Nothing of the original M-protein is seen."""
    collected_on: date


@dataclass(frozen=True, slots=True)
class MarrowReading:
    """A usable marrow; plasma cells in %."""

    plasma_cells: Bounds
    clonality: Clonality | None
    collected_on: date
    reported: str
    haemodiluted: bool
    of_this_visit: bool
    """Collected near enough to the serum sample to belong to its evaluation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableEvaluation:
    """An evaluation as the rules read it."""

    raw: DiseaseEvaluation
    serum: Reading | None
    """M-protein by electrophoresis, g/dL, or the class of immunoglobulin followed, mg/dL."""
    clones: tuple[tuple[Isotype, Reading], ...]
    """The patient's serum M-proteins one by one where several were sent, g/dL."""
    urine: Reading | None
    serum_fixation: Fixation | None
    urine_fixation: Fixation | None
    dflc: Reading | None
    """Involved less uninvolved chain, mg/L; None also where the involved chain is unknown."""
    ratio: RatioState | None
    light_chains_on: date | None
    marrow: MarrowReading | None
    survey: LesionSurvey | None
    survey_of_this_visit: bool
    circulating: Reading | None
    calcium: Reading | None
    contradictory_spikes: tuple[Component, ...]
    """Fluids with a quantified spike of the myeloma and a negative immunofixation."""

    @property
    def anchor(self) -> date:
        """Day of the serum sample."""
        return self.raw.anchor

    @property
    def new_lesions(self) -> tuple[NewLesion, ...]:
        """New lesions that are more than the fracture of an osteoporotic bone."""
        return tuple(
            lesion for lesion in self.raw.new_lesions or () if not lesion.compression_fracture_only
        )


def usable(
    raw: DiseaseEvaluation,
    myeloma: MyelomaType,
    policy: ImwgPolicy,
    details: ImwgDetails = USUAL_DETAILS,
) -> UsableEvaluation:
    """Read an evaluation for a subject whose myeloma type is known.

    Raises:
        ValueError: a negative value, a unit that a marker is not reported in, or a urine
            concentration without the volume of its collection.
    """
    chains = LightChains.of(raw)
    chains_on = (
        max(day_of(raw.kappa, raw.anchor), day_of(raw.lambda_, raw.anchor)) if chains else None
    )
    dflc = None
    if chains and chains_on and myeloma.involved is not None:
        dflc = Reading(
            chains.difference(myeloma.involved),
            chains_on,
            reported=f"kappa {reported(raw.kappa)}, lambda {reported(raw.lambda_)}",
            counted_as=chains.difference_as_nadir(myeloma.involved),
        )
    own, followed = myeloma.isotypes, myeloma.quantitative
    serum, urine = protein_readings.serum(raw, own, followed), protein_readings.urine(raw, own)
    serum_fixation = _fixation(raw.serum_immunofixation, raw.anchor, myeloma)
    urine_fixation = _fixation(raw.urine_immunofixation, raw.anchor, myeloma)
    survey = LesionSurvey.of(raw.imaging, raw.anchor) if raw.imaging else None
    return UsableEvaluation(
        raw=raw,
        serum=serum,
        clones=() if followed else tuple(protein_readings.clones(raw, own)),
        urine=urine,
        serum_fixation=serum_fixation,
        urine_fixation=urine_fixation,
        dflc=dflc,
        ratio=ratio_state(chains, details, both_suppressed=policy.both_flc_suppressed)
        if chains
        else None,
        light_chains_on=chains_on,
        marrow=_marrow(raw, myeloma, details),
        survey=survey,
        survey_of_this_visit=survey is not None
        and details.components.imaging.holds(survey.imaged_on, raw.anchor),
        circulating=_reading(
            raw.circulating_plasma_cells, raw.anchor, units.circulating_plasma_cells
        ),
        calcium=_reading(raw.corrected_calcium, raw.anchor, units.corrected_calcium),
        contradictory_spikes=tuple(
            component
            for component, spike, fixation in (
                (Component.SERUM_M_PROTEIN, serum, serum_fixation),
                (Component.URINE_M_PROTEIN, urine, urine_fixation),
            )
            if spike
            and spike.bounds.quantified
            and fixation
            and fixation.negative
            and not (followed and component is Component.SERUM_M_PROTEIN)
        ),
    )


def _reading(
    measured: MeasuredValue | None, anchor: date, convert: Callable[[Decimal, str], Decimal]
) -> Reading | None:
    if measured is None or measured.value is None or measured.spurious:
        return None
    bounds = Bounds.of(convert(measured.value, measured.unit), measured.comparator)
    return Reading(bounds, day_of(measured, anchor), reported(measured))


def _fixation(
    immunofixation: Immunofixation | None, anchor: date, myeloma: MyelomaType
) -> Fixation | None:
    negative = bands.immunofixation_is_negative(immunofixation, myeloma.isotypes)
    if immunofixation is None or negative is None:
        return None
    return Fixation(negative, immunofixation.collected_on or anchor)


def _marrow(
    raw: DiseaseEvaluation, myeloma: MyelomaType, details: ImwgDetails
) -> MarrowReading | None:
    marrow = raw.marrow
    counted = plasma_cells(marrow, details) if marrow else None
    if marrow is None or counted is None:
        return None
    collected_on = marrow.collected_on or raw.anchor
    return MarrowReading(
        plasma_cells=counted,
        clonality=clonality(marrow, myeloma.involved, details),
        collected_on=collected_on,
        reported=", ".join(
            f"{name} {reported(count)}"
            for name, count in (("aspirate", marrow.aspirate), ("biopsy", marrow.biopsy))
            if count is not None and count.usable
        ),
        haemodiluted=marrow.haemodiluted,
        of_this_visit=details.components.marrow.holds(collected_on, raw.anchor),
    )
