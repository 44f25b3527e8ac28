"""What of an evaluation may be used: units normalised, spurious values and foreign bands set aside.

A value that the investigator holds for a laboratory error is neither today's value nor a nadir. A
spike of another isotype or a proven drug counts as 0, for response, nadir and progression.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 4 with its footnotes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.services.criteria.imwg import bands, units
from app.services.criteria.imwg.bounds import ZERO, Bounds
from app.services.criteria.imwg.details import USUAL_DETAILS, ImwgDetails
from app.services.criteria.imwg.evaluation import (
    Component,
    DiseaseEvaluation,
    Immunofixation,
    Isotype,
    MeasuredValue,
    NewLesion,
    SerumMProtein,
    UrineMProtein,
)
from app.services.criteria.imwg.lesions import LesionSurvey
from app.services.criteria.imwg.light_chains import (
    LightChains,
    RatioState,
    involved_chain,
    ratio_state,
)
from app.services.criteria.imwg.marrow import clonality, plasma_cells
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import Clonality, LightChain


@dataclass(frozen=True, slots=True)
class MyelomaType:
    """What the enrolment record says about the myeloma's protein."""

    involved: LightChain | None = None
    isotypes: tuple[Isotype, ...] = ()

    def known_from(self, baseline: DiseaseEvaluation, details: ImwgDetails) -> "MyelomaType":
        """Fill in from the baseline evaluation what the enrolment record left open."""
        return MyelomaType(
            involved=involved_chain(self.involved, LightChains.of(baseline), details),
            isotypes=self.isotypes
            or bands.isotypes_on(baseline.serum_immunofixation, baseline.urine_immunofixation),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """One usable value of one marker, in the unit of its rule."""

    bounds: Bounds
    collected_on: date


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
    haemodiluted: bool
    of_this_visit: bool
    """Collected near enough to the serum sample to belong to its evaluation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableEvaluation:
    """An evaluation as the rules read it."""

    raw: DiseaseEvaluation
    serum: Reading | None
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
    chains_on = max(_day(raw.kappa, raw.anchor), _day(raw.lambda_, raw.anchor)) if chains else None
    dflc = None
    if chains and chains_on and myeloma.involved is not None:
        dflc = Reading(chains.difference(myeloma.involved), chains_on)
    serum, urine = _serum(raw, myeloma), _urine(raw, myeloma)
    serum_fixation = _fixation(raw.serum_immunofixation, raw.anchor, myeloma)
    urine_fixation = _fixation(raw.urine_immunofixation, raw.anchor, myeloma)
    survey = LesionSurvey.of(raw.imaging, raw.anchor) if raw.imaging else None
    return UsableEvaluation(
        raw=raw,
        serum=serum,
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
        survey_of_this_visit=survey is not None and _belongs(survey.imaged_on, raw.anchor, details),
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
            if spike and spike.bounds.quantified and fixation and fixation.negative
        ),
    )


def _day(value: MeasuredValue | None, anchor: date) -> date:
    return anchor if value is None or value.collected_on is None else value.collected_on


def _reading(
    measured: MeasuredValue | None, anchor: date, convert: Callable[[Decimal, str], Decimal]
) -> Reading | None:
    if measured is None or measured.value is None or measured.spurious:
        return None
    bounds = Bounds.of(convert(measured.value, measured.unit), measured.comparator)
    return Reading(bounds, _day(measured, anchor))


def _serum(raw: DiseaseEvaluation, myeloma: MyelomaType) -> Reading | None:
    spike = raw.serum_m_protein
    if spike is None or spike.value is None or spike.spurious:
        return None
    amount = units.serum_m_protein(spike.value, spike.unit)
    return _of_the_myeloma(spike, amount, raw.serum_immunofixation, raw.anchor, myeloma)


def _urine(raw: DiseaseEvaluation, myeloma: MyelomaType) -> Reading | None:
    spike = raw.urine_m_protein
    if spike is None or spike.value is None or spike.spurious:
        return None
    amount = units.urine_m_protein(
        spike.value,
        spike.unit,
        volume_ml=spike.volume_ml,
        collection_hours=spike.collection_hours,
    )
    return _of_the_myeloma(spike, amount, raw.urine_immunofixation, raw.anchor, myeloma)


def _of_the_myeloma(
    spike: SerumMProtein | UrineMProtein,
    amount: Decimal,
    immunofixation: Immunofixation | None,
    anchor: date,
    myeloma: MyelomaType,
) -> Reading:
    foreign = bands.spike_is_foreign(spike, immunofixation, myeloma.isotypes)
    bounds = Bounds(ZERO, ZERO) if foreign else Bounds.of(amount, spike.comparator)
    return Reading(bounds, _day(spike, anchor))


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
        haemodiluted=marrow.haemodiluted,
        of_this_visit=_belongs(collected_on, raw.anchor, details),
    )


def _belongs(collected_on: date, anchor: date, details: ImwgDetails) -> bool:
    return (
        anchor - timedelta(days=details.days_before_anchor)
        <= collected_on
        <= anchor + timedelta(days=details.days_after_anchor)
    )
