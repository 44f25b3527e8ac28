"""Measurable disease at baseline, and the one track of markers that a subject is followed by.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), table 1; Durie et al., Leukemia 2006, and
Rajkumar et al., Blood 2011: free light chains are used only when neither serum nor urine is
measurable.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.lesions import is_measurable
from app.services.criteria.imwg.light_chains import LightChains, raised_on_the_involved_side
from app.services.criteria.imwg.quantitative_immunoglobulin import (
    is_measurable as is_measurable_class,
)
from app.services.criteria.imwg.usable import MyelomaType, UsableEvaluation
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import HeavyChain


class Track(StrEnum):
    """The markers that decide a subject's response."""

    SERUM_URINE = "serum_urine"
    FREE_LIGHT_CHAINS = "free_light_chains"
    MARROW = "marrow"
    PLASMACYTOMA = "plasmacytoma"
    CIRCULATING_PLASMA_CELLS = "circulating_plasma_cells"
    NONE = "none"
    """Nothing measurable: not evaluable at every visit, though progression can still be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurableDisease:
    """What was measurable at baseline."""

    serum: bool
    urine: bool
    light_chains: bool
    marrow: bool
    plasmacytoma: bool
    circulating: bool
    immunoglobulin: HeavyChain | None = None
    """Class whose quantity is serum in this subject; None: electrophoresis is."""
    involved_chain_contradicted: bool
    """The ratio at baseline is abnormal towards the chain that is not the recorded one."""

    @property
    def by_m_protein(self) -> bool:
        """Whether serum or urine is measurable."""
        return self.serum or self.urine

    @property
    def track(self) -> Track:
        """The first measure, in the order of the criteria, that is measurable."""
        if self.by_m_protein:
            return Track.SERUM_URINE
        if self.light_chains:
            return Track.FREE_LIGHT_CHAINS
        if self.marrow:
            return Track.MARROW
        if self.plasmacytoma:
            return Track.PLASMACYTOMA
        return Track.CIRCULATING_PLASMA_CELLS if self.circulating else Track.NONE


def serum_is_measurable(m_protein: Bounds) -> bool:
    """Tell whether serum M-protein is measurable: at least 1.0 g/dL."""
    return m_protein.at_least(1)


def urine_is_measurable(m_protein: Bounds) -> bool:
    """Tell whether urine M-protein is measurable: at least 200 mg per 24 hours."""
    return m_protein.at_least(200)


def marrow_is_measurable(plasma_cells: Bounds) -> bool:
    """Tell whether marrow plasma cells are measurable: at least 30 %."""
    return plasma_cells.at_least(30)


def circulating_cells_are_measurable(cells_per_ul: Bounds) -> bool:
    """Tell whether circulating plasma cells are measurable: at least 200 per microlitre."""
    return cells_per_ul.at_least(200)


def measurable_disease(
    baseline: UsableEvaluation, myeloma: MyelomaType, policy: ImwgPolicy
) -> MeasurableDisease:
    """Tell what is measurable at baseline.

    Free light chains are when the involved one is at least 100 mg/L and the ratio is abnormal.

    Args:
        baseline: the baseline evaluation; a value is measurable if all it can be is.
        myeloma: the involved chain, without which free light chains are not measurable, and the
            class of immunoglobulin where one stands for serum.
        policy: the measurable amount of a class, and the size of a measurable plasmacytoma.

    Source: IMWG 2016, table 1; Q31 for plasmacytomas; the trial's reading U6.
    Decision: a ratio that is abnormal towards the other chain than the recorded one makes free
    light chains not measurable and is flagged, because one of the two is wrong.
    """
    chains, involved = LightChains.of(baseline.raw), myeloma.involved
    ratio = baseline.ratio
    light_chains = contradicted = False
    if chains and ratio and involved is not None:
        towards_it = raised_on_the_involved_side(ratio, involved)
        light_chains = towards_it and chains.of_type(involved).at_least(100)
        contradicted = ratio.abnormal and not towards_it
    survey, imaging = baseline.survey, baseline.raw.imaging
    return MeasurableDisease(
        serum=baseline.serum is not None
        and (
            serum_is_measurable(baseline.serum.bounds)
            if myeloma.quantitative is None
            else is_measurable_class(baseline.serum.bounds, myeloma.quantitative, policy)
        ),
        urine=baseline.urine is not None and urine_is_measurable(baseline.urine.bounds),
        light_chains=light_chains,
        marrow=baseline.marrow is not None and marrow_is_measurable(baseline.marrow.plasma_cells),
        plasmacytoma=survey is not None
        and imaging is not None
        and any(
            is_measurable(lesion, survey.imaged_on, policy.measurable_lesion_mm)
            for lesion in imaging.lesions
        ),
        circulating=baseline.circulating is not None
        and circulating_cells_are_measurable(baseline.circulating.bounds),
        immunoglobulin=myeloma.quantitative,
        involved_chain_contradicted=contradicted,
    )
