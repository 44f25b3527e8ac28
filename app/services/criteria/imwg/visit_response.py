"""What the criteria say of one evaluation, and why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.criteria.imwg.baseline import Track
from app.services.criteria.imwg.clinical_relapse import ClinicalRelapseSign
from app.services.criteria.imwg.evaluation import Component, Isotype, MrdSample, PetCt
from app.services.criteria.imwg.nadir import Dated
from app.services.criteria.imwg.progression_rules import DerivedBasis, ProgressionFinding
from app.services.criteria.imwg.questions import EvaluationQuestion
from app.services.criteria.imwg.response_levels import MissingRule
from app.vocabularies.imwg import BandOwner, ResponseCategory


class ReviewFlag(StrEnum):
    """Something a reviewer should look at; it does not change the category."""

    LIGHT_CHAIN_ESCAPE = "light_chain_escape"
    """dFLC has risen as progression would, in a subject followed by serum or urine."""
    SPIKE_WITH_NEGATIVE_IMMUNOFIXATION = "spike_with_negative_immunofixation"
    UNPROVEN_DRUG_BAND = "unproven_drug_band"
    METHOD_CHANGE = "method_change"
    """M-protein or free light chains were measured by another assay than at baseline."""
    RATIO_UNKNOWN = "ratio_unknown"
    """Both chains were measured, at least one below its limit, and the bound does not decide."""
    SCR_BLOCKED_BY_RATIO = "scr_blocked_by_ratio"
    """Only the unknown ratio stands between CR and sCR."""
    INVOLVED_CHAIN_CONTRADICTED = "involved_chain_contradicted"
    UNTRACKED_LESION = "untracked_lesion"
    """A lesion was measured and not reported as new, and there is no baseline imaging."""
    NADIR_BELOW_LIMIT = "nadir_below_limit"
    """Progression stands only because a nadir below the limit of its assay counts as 0."""
    NADIR_ABOVE_LIMIT = "nadir_above_limit"
    """A rise as of progression, from a value above the range of its assay: it is none."""
    CLONE_ESCAPE = "clone_escape"
    """One of several M-proteins has risen as in progression, and their sum has not."""
    INCOMPLETE_IMAGING = "incomplete_imaging"
    INCOMPLETE_URINE_COLLECTION = "incomplete_urine_collection"
    HAEMODILUTED_MARROW = "haemodiluted_marrow"
    RAISED_CALCIUM = "raised_calcium"
    """Corrected calcium above 11 mg/dL: a sign of clinical relapse."""
    IVIG_WITHIN_28_DAYS = "ivig_within_28_days"
    MEASURABLE_MARKER_MISSING = "measurable_marker_missing"
    CONFLICTING_RECORDS = "conflicting_records"
    """Two complete records of one day disagreed; the worse category stands."""


class RelapseSign(StrEnum):
    """A sign that ends a complete response in disease-free survival, and in nothing else."""

    SERUM_IMMUNOFIXATION = "serum_immunofixation_positive"
    URINE_IMMUNOFIXATION = "urine_immunofixation_positive"
    SERUM_M_PROTEIN = "serum_m_protein_quantified"
    URINE_M_PROTEIN = "urine_m_protein_quantified"
    MARROW_PLASMA_CELLS = "marrow_plasma_cells_5_pct"
    POLYCLONAL_PLASMA_CELLS = "polyclonal_plasma_cells_5_pct"
    """At least 5 % plasma cells that were shown not to be clonal."""
    PROGRESSION = "progression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relapse:
    """A relapse sign and the day its sample was collected."""

    sign: RelapseSign
    collected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NotShown:
    """A level that nothing measured excludes, and the parts it was not shown for want of."""

    level: ResponseCategory
    missing: tuple[Component, ...]
    rules: tuple[MissingRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedForward:
    """A part that was not collected for this visit and stands from an earlier day."""

    component: Component
    collected_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerChange:
    """One marker at one visit, in the unit of its rule.

    Percentages are unrounded; None where the value they refer to is 0 or missing.
    """

    component: Component
    reported: str
    """As the laboratory wrote it, with its own unit; empty for a sum of lesions."""
    interval: str
    """All that the value may be, such as ``[0, 2.5)``."""
    current: Decimal | None
    """Least of it, by which progression is judged; None: no lower bound."""
    at_most: Decimal | None
    """Greatest of it, by which a response is judged; None: no upper bound."""
    baseline: Decimal | None
    nadir: Dated | None
    """Lowest value before this one, baseline included."""
    percent_from_baseline: Decimal | None
    """Of the greatest that the value may be: the fall that is certain."""
    percent_from_nadir: Decimal | None
    """Of the least that the value may be: the rise that is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerumMProteinShown:
    """One of several serum M-proteins of a visit."""

    isotype: Isotype
    owner: BandOwner | None
    """As the centre called it."""
    reported: str
    """As the laboratory wrote it, with its own unit; empty: not done."""
    counts: bool
    """It is the patient's, and a part of the serum value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitResponse:
    """The unconfirmed category of one evaluation with everything that led to it."""

    evaluation_ids: tuple[str, ...]
    anchor: date
    assessed_on: date
    """Day the category is dated: see :func:`app.services.criteria.imwg.classify.classify`."""
    category: ResponseCategory
    rules: tuple[str, ...]
    """Rules that fired: those of progression, else the level's own, else what is missing."""
    track: Track
    progression: tuple[ProgressionFinding, ...]
    basis: DerivedBasis | None
    """What progressive disease rests on; None unless the category is PD."""
    ceiling: ResponseCategory
    """Best category that the missing parts could have allowed; the category itself at least."""
    not_shown: tuple[NotShown, ...]
    carried_forward: tuple[CarriedForward, ...]
    markers: tuple[MarkerChange, ...]
    relapse_signs: tuple[Relapse, ...]
    flags: tuple[ReviewFlag, ...]
    clinical_relapse: tuple[ClinicalRelapseSign, ...]
    """Signs of clinical relapse that the evaluation itself shows; never its category."""
    m_proteins: tuple[SerumMProteinShown, ...]
    """The serum M-proteins one by one, where several were sent."""
    questions: tuple[EvaluationQuestion, ...]
    """What somebody should settle: labels that the facts do not bear out, values no rule used."""
    mrd: MrdSample | None
    """The marrow sample tested for residual disease, dated."""
    pet_ct: PetCt | None
    urine_waived: ResponseCategory
    """Category where VGPR does not ask for urine that was not measurable at baseline (Q8)."""
    urine_waived_on: date
    """Day the category under the waiver is dated."""

    @property
    def same_with_urine_waived(self) -> bool:
        """Whether urine that was not measurable at baseline makes no difference."""
        return self.urine_waived is self.category and self.urine_waived_on == self.assessed_on
