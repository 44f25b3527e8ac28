"""The components of a disease evaluation, as a centre reports each of them.

None for a component is not done and not said why; zero is looked for and not found. A component
has the day it was collected where that is not the day of the assessment.

Decision: a component that comes from a laboratory result carries its value all the same and names
the result beside it. An assessment then means the same whatever becomes of the other record, and a
difference between the two is a finding.

Source: Kumar et al., Lancet Oncol 2016 (IMWG 2016), for what is measured.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field

from app.models.measurements import (
    CellPercentage,
    CirculatingPlasmaCells,
    CorrectedCalcium,
    FreeLightChain,
    Measurement,
    SerumMProtein,
    UrineMProtein,
)
from app.models.references import RecordReference
from app.models.shape import Part
from app.models.values import (
    CivilDate,
    ClinicalNumber,
    Code,
    Coded,
    Count,
    NonNegativeDecimal,
    ShortText,
    StrictBool,
)
from app.vocabularies.imwg import (
    BandOwner,
    Clonality,
    ClonalityMethod,
    DrugBandTest,
    HeavyChain,
    ImagingModality,
    ImmunofixationResult,
    LesionKind,
    LightChain,
    MrdMethod,
    MrdResult,
    PetResult,
)

Sensitivity = Annotated[Decimal, ClinicalNumber(above=Decimal(0), at_most=Decimal("0.1"))]
"""Share of cells that a sample could have shown, such as 0.00001 for 1e-5."""


class _FromLaboratory(BaseModel):
    """Where the value was also reported."""

    lab_result: RecordReference | None = Field(
        default=None, description="The laboratory result that has the same value."
    )


class SerumSpike(SerumMProtein, _FromLaboratory):
    """Serum M-protein, and whose it is."""

    owner: Coded[BandOwner] | None = Field(
        default=None, description="Whose protein the spike is; None: not said."
    )


class IsotypeOfProtein(Part):
    """Chains of one monoclonal protein."""

    heavy_chain: Coded[HeavyChain] | None = Field(default=None, description="Heavy chain.")
    light_chain: Coded[LightChain] | None = Field(default=None, description="Light chain.")


class MProteinOfIsotype(Part):
    """One of several serum M-proteins, by itself."""

    isotype: IsotypeOfProtein = Field(description="Its chains, as immunofixation showed them.")
    owner: Coded[BandOwner] | None = Field(
        default=None, description="Whose protein it is; None: judged by its chains."
    )
    value: SerumMProtein = Field(description="Its concentration, or why it was not measured.")


class UrineSpike(UrineMProtein, _FromLaboratory):
    """Urine M-protein, and whose it is."""

    owner: Coded[BandOwner] | None = Field(
        default=None, description="Whose protein the spike is; None: not said."
    )


class SerumFreeLightChain(FreeLightChain, _FromLaboratory):
    """Serum free light chain."""


class SerumCalcium(CorrectedCalcium, _FromLaboratory):
    """Corrected serum calcium."""


class BloodPlasmaCells(CirculatingPlasmaCells, _FromLaboratory):
    """Circulating plasma cells."""


class QuantitativeImmunoglobulin(Measurement, _FromLaboratory):
    """Immunoglobulin of the myeloma's class, where electrophoresis cannot be relied on."""

    units = ("g/L", "g/dL", "mg/dL")

    value: NonNegativeDecimal | None = Field(default=None, description="Concentration.")
    heavy_chain: Coded[HeavyChain] = Field(description="Class measured.")
    light_chain: Coded[LightChain] | None = Field(
        default=None, description="Set for a heavy/light chain assay."
    )

    def measures(self) -> str:
        """Give the immunoglobulin by our code of the analyte."""
        return self.heavy_chain.value.upper()


class Band(Part):
    """One monoclonal band."""

    heavy_chain: Coded[HeavyChain] | None = Field(default=None, description="Heavy chain.")
    light_chain: Coded[LightChain] | None = Field(default=None, description="Light chain.")
    owner: Coded[BandOwner] | None = Field(
        default=None, description="Whose band it is; None: judged by its chains."
    )
    drug_test: Coded[DrugBandTest] | None = Field(
        default=None, description="Assay that told a therapeutic antibody from the myeloma."
    )


class Immunofixation(Part):
    """Immunofixation of serum or urine."""

    result: Coded[ImmunofixationResult] | None = Field(
        default=None, description="As the laboratory read it."
    )
    not_done: ShortText | None = Field(default=None, description="Why there is no result.")
    bands: list[Band] = Field(default_factory=list, description="The bands seen.")
    spurious: StrictBool = Field(
        default=False, description="The investigator holds the result for a laboratory error."
    )
    collected_on: CivilDate | None = Field(default=None, description="Day of the sample.")
    lab_result: RecordReference | None = Field(
        default=None, description="The laboratory result that says the same."
    )


class MarrowExamination(Part):
    """Plasma cells of the marrow and their clonality."""

    aspirate: CellPercentage | None = Field(default=None, description="Plasma cells, aspirate.")
    biopsy: CellPercentage | None = Field(default=None, description="Plasma cells, biopsy.")
    clonality: Coded[Clonality] | None = Field(
        default=None, description="Clonal plasma cells; None: not tested."
    )
    clonality_method: Coded[ClonalityMethod] | None = Field(
        default=None, description="How clonality was told."
    )
    kappa_cells: Count | None = Field(default=None, description="Kappa plasma cells counted.")
    lambda_cells: Count | None = Field(default=None, description="Lambda plasma cells counted.")
    cells_counted: Count | None = Field(default=None, description="Plasma cells counted in all.")
    haemodiluted: StrictBool = Field(default=False, description="The aspirate was diluted.")
    not_done: ShortText | None = Field(default=None, description="Why there is no marrow.")
    collected_on: CivilDate | None = Field(default=None, description="Day of the sample.")


class Lesion(Part):
    """One plasmacytoma or bone lesion under one identity through follow-up; 0 x 0 mm: gone."""

    lesion_id: Code = Field(description="Stable identity, such as `L1` (TULNKID).")
    kind: Coded[LesionKind] = Field(description="Where it arises.")
    site: ShortText | None = Field(default=None, description="Site (TULOC).")
    long_mm: NonNegativeDecimal | None = Field(
        default=None, description="Longest diameter, mm (LDIAM)."
    )
    short_mm: NonNegativeDecimal | None = Field(
        default=None, description="Diameter perpendicular to it, mm (LPERP)."
    )
    not_assessed: ShortText | None = Field(
        default=None, description="Why the lesion has no diameters this time."
    )
    irradiated_on: CivilDate | None = Field(
        default=None, description="Day it was irradiated; it is not measurable from then on."
    )
    merged_from: list[Code] = Field(
        default_factory=list, description="Lesions that have flowed into this one."
    )
    split_from: Code | None = Field(default=None, description="Lesion that this one was part of.")


class Imaging(Part):
    """The lesions looked for on one occasion."""

    modality: Coded[ImagingModality] = Field(description="How (TUMETHOD).")
    imaged_on: CivilDate | None = Field(default=None, description="Day of the imaging (TUDTC).")
    lesions: list[Lesion] = Field(
        default_factory=list, description="Every lesion known; empty: none has ever been seen."
    )


class NewLesion(Part):
    """A plasmacytoma or bone lesion that was not there before."""

    lesion_id: Code | None = Field(default=None, description="The identity it has from now on.")
    kind: Coded[LesionKind] = Field(description="Where it arises.")
    site: ShortText | None = Field(default=None, description="Site (TULOC).")
    compression_fracture_only: StrictBool = Field(
        default=False, description="No more than a compression fracture: it is no progression."
    )
    found_on: CivilDate | None = Field(default=None, description="Day it was found.")


class MrdSample(Part):
    """A marrow sample tested for measurable residual disease."""

    method: Coded[MrdMethod] = Field(description="Assay.")
    result: Coded[MrdResult] = Field(description="Result at the sensitivity reached.")
    sensitivity: Sensitivity | None = Field(
        default=None, description="Sensitivity reached, as a share of cells, such as 0.00001."
    )
    cells_analysed: Count | None = Field(default=None, description="Cells analysed.")
    clone_known: StrictBool | None = Field(
        default=None, description="The clone was identified before treatment."
    )
    first_pull: StrictBool | None = Field(
        default=None, description="The sample was the first pull of the aspiration."
    )
    collected_on: CivilDate | None = Field(default=None, description="Day of the marrow.")


class PetLesion(Part):
    """Uptake of one lesion."""

    lesion_id: Code = Field(description="The lesion.")
    result: Coded[PetResult] = Field(description="Its uptake.")


class PetCt(Part):
    """PET/CT read against the uptake at baseline."""

    result: Coded[PetResult] = Field(description="The whole scan.")
    avid_at_baseline: StrictBool | None = Field(
        default=None, description="There was uptake at baseline."
    )
    lesions: list[PetLesion] = Field(default_factory=list, description="Lesion by lesion.")
    imaged_on: CivilDate | None = Field(default=None, description="Day of the scan.")
