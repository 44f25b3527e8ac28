"""One disease evaluation as a centre reports it: the plain values that the criteria read.

``None`` for a component means not done. Zero means looked for and not found: no quantifiable spike
is 0 g/dL, a lesion that has gone is 0 x 0 mm. Each component may carry the day it was collected;
without one it was collected on the evaluation's ``anchor``.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), tables 1 and 4, for what is measured.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.vocabularies.imwg import (
    BandOwner,
    Clonality,
    ClonalityMethod,
    DrugBandTest,
    HeavyChain,
    ImmunofixationResult,
    LesionKind,
    LightChain,
    MrdMethod,
    MrdResult,
    PetResult,
)
from app.vocabularies.laboratory import Comparator


class Component(StrEnum):
    """What an evaluation is made of, as results name it."""

    SERUM_M_PROTEIN = "serum_m_protein"
    URINE_M_PROTEIN = "urine_m_protein"
    SERUM_IMMUNOFIXATION = "serum_immunofixation"
    URINE_IMMUNOFIXATION = "urine_immunofixation"
    FREE_LIGHT_CHAINS = "free_light_chains"
    FREE_LIGHT_CHAIN_RATIO = "free_light_chain_ratio"
    MARROW_PLASMA_CELLS = "marrow_plasma_cells"
    MARROW_CLONALITY = "marrow_clonality"
    PLASMACYTOMAS = "plasmacytomas"
    NEW_LESION = "new_lesion"
    CIRCULATING_PLASMA_CELLS = "circulating_plasma_cells"
    CORRECTED_CALCIUM = "corrected_calcium"
    IMMUNOGLOBULIN = "immunoglobulin"
    MRD = "mrd"
    PET_CT = "pet_ct"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredValue:
    """A number with its unit and what the laboratory and the investigator said about it."""

    value: Decimal | None
    """None: not done."""
    unit: str = ""
    """UCUM code; see :mod:`app.services.criteria.imwg.units`."""
    comparator: Comparator | None = None
    """Set when the true value lies beyond the number."""
    spurious: bool = False
    """The investigator holds the value for a laboratory error."""
    collected_on: date | None = None
    method: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the value may be used, today or as a nadir."""
        return self.value is not None and not self.spurious


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotype:
    """Chains of a monoclonal protein; None: not told."""

    heavy_chain: HeavyChain | None = None
    light_chain: LightChain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerumMProtein(MeasuredValue):
    """Serum M-protein by electrophoresis; ``owner`` None: whose spike it is was not said."""

    owner: BandOwner | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerumMProteinOfIsotype(SerumMProtein):
    """One of several serum M-proteins, with its isotype."""

    isotype: Isotype


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantitativeImmunoglobulin(MeasuredValue):
    """Immunoglobulin of one class, by nephelometry."""

    heavy_chain: HeavyChain
    light_chain: LightChain | None = None
    """Set for a heavy/light chain assay, which is another method than the total of the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrineMProtein(MeasuredValue):
    """Urine M-protein of a collection; ``complete`` None: not known."""

    owner: BandOwner | None = None
    volume_ml: Decimal | None = None
    collection_hours: Decimal | None = None
    complete: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One monoclonal band of an immunofixation; ``owner`` None: judged by its isotype."""

    isotype: Isotype = Isotype()
    owner: BandOwner | None = None
    drug_test: DrugBandTest | None = None
    """Assay that told a therapeutic antibody; without one a drug is suspected, not proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Immunofixation:
    """Immunofixation of serum or urine; ``result`` None: not done."""

    result: ImmunofixationResult | None
    bands: tuple[Band, ...] = ()
    spurious: bool = False
    collected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marrow:
    """One marrow examination: plasma cells of the aspirate and the biopsy, and their clonality."""

    aspirate: MeasuredValue | None = None
    biopsy: MeasuredValue | None = None
    clonality: Clonality | None = None
    """As recorded; None: not tested."""
    clonality_method: ClonalityMethod | None = None
    kappa_cells: int | None = None
    lambda_cells: int | None = None
    cells_counted: int | None = None
    haemodiluted: bool = False
    collected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One lesion under one identity through follow-up; 0 x 0 mm: gone."""

    lesion_id: str
    kind: LesionKind
    long_mm: Decimal | None
    """Longest diameter; None: not assessed."""
    short_mm: Decimal | None
    """Diameter perpendicular to the longest; None: not assessed."""
    irradiated_on: date | None = None
    merged_from: tuple[str, ...] = ()
    """Lesions that have flowed into this one, which holds the sum from then on."""
    split_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaging:
    """The lesions seen or looked for on one occasion."""

    lesions: tuple[Lesion, ...]
    imaged_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesion:
    """A plasmacytoma or bone lesion that was not there before."""

    kind: LesionKind
    compression_fracture_only: bool = False
    found_on: date | None = None
    lesion_id: str | None = None
    """The identity it has from now on; None: not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MrdSample:
    """A marrow sample tested for measurable residual disease."""

    method: MrdMethod
    result: MrdResult
    sensitivity: Decimal | None = None
    """Share of cells the sample could have shown, as 0.00001; smaller is better; None: unknown."""
    cells_analysed: int | None = None
    clone_known: bool | None = None
    """Whether sequencing knew the clone from before treatment; None: not said."""
    first_pull: bool | None = None
    """None: not said."""
    haemodiluted: bool = False
    """Its marrow was diluted with blood."""
    collected_on: date | None = None

    @property
    def inadequate(self) -> bool:
        """Whether it is known to hold fewer marrow cells than a first pull does."""
        return self.haemodiluted or self.first_pull is False

    @property
    def reach_unknown(self) -> bool:
        """Whether its assay reaches no threshold but by a sensitivity that was not stated."""
        return self.method is MrdMethod.MFC and self.sensitivity is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PetCt:
    """PET/CT against the uptake at baseline."""

    result: PetResult
    imaged_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseEvaluation:
    """Everything one visit says about the disease."""

    evaluation_id: str
    anchor: date
    """Day of the serum sample."""
    merged_with: tuple[str, ...] = ()
    """Other records of the day that this one has taken in."""
    serum_m_protein: SerumMProtein | None = None
    serum_m_proteins: tuple[SerumMProteinOfIsotype, ...] | None = None
    """More than one serum M-protein, each by itself; they stand for ``serum_m_protein``."""
    immunoglobulin: QuantitativeImmunoglobulin | None = None
    urine_m_protein: UrineMProtein | None = None
    serum_immunofixation: Immunofixation | None = None
    urine_immunofixation: Immunofixation | None = None
    kappa: MeasuredValue | None = None
    lambda_: MeasuredValue | None = None
    marrow: Marrow | None = None
    imaging: Imaging | None = None
    new_lesions: tuple[NewLesion, ...] | None = None
    """Empty: looked for, none found. None: not looked for."""
    circulating_plasma_cells: MeasuredValue | None = None
    corrected_calcium: MeasuredValue | None = None
    calcium_due_to_myeloma: bool | None = None
    """The investigator's attribution of a raised calcium; None: not said."""
    mrd: MrdSample | None = None
    pet_ct: PetCt | None = None
    ivig_within_28_days: bool = False
