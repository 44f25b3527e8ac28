"""Words of the International Myeloma Working Group's response criteria, IMWG 2016.

Source: Kumar et al., Lancet Oncol 2016;17:e328-46, table 4; categories in their printed spelling.
"""

from typing import Final, Literal, get_args

from app.vocabularies.concept import Concept

VERSION: Final = "IMWG 2016"


class ResponseCategory(Concept):
    """Response at one evaluation, or the best one of a subject (RSORRES), best first."""

    SCR = "sCR", "stringent complete response"
    CR = "CR", "complete response"
    VGPR = "VGPR", "very good partial response"
    PR = "PR", "partial response"
    MR = "MR", "minimal response"
    SD = "SD", "stable disease"
    PD = "PD", "progressive disease"
    NE = "NE", "not evaluable"

    @property
    def rank(self) -> int:
        """Place in the order of best overall response: 0 is sCR, 7 is NE."""
        return _RANKS[self]

    def is_at_least(self, level: "ResponseCategory") -> bool:
        """Tell whether this response is ``level`` or deeper; PD and NE never are.

        Args:
            level: one of sCR to SD.

        Raises:
            ValueError: ``level`` is PD or NE, which are no depth of response.
        """
        if level.rank > ResponseCategory.SD.rank:
            raise ValueError("PD and NE are no depth of response")
        return self.rank <= level.rank


BEST_FIRST: Final[tuple[ResponseCategory, ...]] = tuple(ResponseCategory)
"""sCR > CR > VGPR > PR > MR > SD > PD > NE, the order that ranks best overall response."""

_RANKS: Final = {category: place for place, category in enumerate(BEST_FIRST)}

RUNNING_ORDER: Final[tuple[ResponseCategory, ...]] = (
    ResponseCategory.NE,
    ResponseCategory.SD,
    ResponseCategory.MR,
    ResponseCategory.PR,
    ResponseCategory.VGPR,
    ResponseCategory.CR,
    ResponseCategory.SCR,
    ResponseCategory.PD,
)
"""Least first: the order of the running confirmed value, in which progression is terminal."""


class ResponseSource(Concept):
    """Whose category an endpoint is computed from."""

    INVESTIGATOR = "investigator", "category the investigator reported"
    DERIVED = "derived", "category computed from the measurements"
    ADJUDICATED = "adjudicated", "category the response reviewers agreed on"


class PdBasis(Concept):
    """What progressive disease rests on; imaging and marrow need no confirmation."""

    IMAGING = "imaging", "new or larger lesion on imaging"
    MARROW = "marrow", "plasma cells in the marrow"
    BIOCHEMICAL = "biochemical", "M-protein, free light chains or circulating plasma cells"
    CLINICAL = "clinical", "clinical judgement; treated as biochemical"
    UNKNOWN = "unknown", "basis not stated; treated as biochemical"


class HeavyChain(Concept):
    """Immunoglobulin class of the myeloma protein at diagnosis."""

    IGG = "IgG", "IgG"
    IGA = "IgA", "IgA"
    IGM = "IgM", "IgM"
    IGD = "IgD", "IgD"
    IGE = "IgE", "IgE"
    LIGHT_CHAIN_ONLY = "light_chain_only", "light chain only"
    NON_SECRETORY = "non_secretory", "no secreted myeloma protein"


class LightChain(Concept):
    """Light chain type of the myeloma: the involved side of the free light chains."""

    KAPPA = "kappa", "kappa"
    LAMBDA = "lambda", "lambda"


class ImmunofixationResult(Concept):
    """Immunofixation of serum or urine as the laboratory read it; not done is no result."""

    NEGATIVE = "negative", "no monoclonal band"
    POSITIVE = "positive", "monoclonal band"


class BandOwner(Concept):
    """Whose protein a band or a spike is: only the original one counts as the disease."""

    ORIGINAL = "original", "isotype of the myeloma at baseline"
    OTHER_ISOTYPE = "other_isotype", "another isotype, as in oligoclonal recovery"
    DRUG_PROVEN = "drug_proven", "therapeutic antibody, shown by a shift or reflex assay"
    DRUG_SUSPECTED = "drug_suspected", "therapeutic antibody suspected, not shown"


class DrugBandTest(Concept):
    """Assay that tells a therapeutic antibody's band from the myeloma's."""

    DIRA = "DIRA", "daratumumab interference reflex assay"
    HYDRASHIFT = "Hydrashift", "Hydrashift immunofixation"
    OTHER = "other", "another assay"


class FreeLightChainAssay(Concept):
    """Assay of the serum free light chains; results of two assays are never mixed."""

    FREELITE = "Freelite", "Freelite"
    N_LATEX = "N_Latex", "N Latex FLC"
    OTHER = "other", "another assay"


class MarrowSampleKind(Concept):
    """How marrow plasma cells were counted."""

    ASPIRATE = "aspirate", "aspirate"
    BIOPSY = "biopsy", "trephine biopsy"


class Clonality(Concept):
    """Clonal plasma cells in the marrow."""

    ABSENT = "absent", "no clonal plasma cells"
    PRESENT = "present", "clonal plasma cells"


class ClonalityMethod(Concept):
    """How clonality of marrow plasma cells was told."""

    IMMUNOHISTOCHEMISTRY = "immunohistochemistry", "kappa to lambda ratio on the biopsy"
    FLOW_CYTOMETRY = "flow_cytometry", "flow cytometry of two to four colours or more"


class LesionKind(Concept):
    """Where a plasmacytoma or bone lesion arises."""

    EXTRAMEDULLARY = "extramedullary", "soft tissue, apart from bone"
    PARASKELETAL = "paraskeletal", "soft tissue arising from bone"
    BONE = "bone", "bone lesion"


class ImagingModality(Concept):
    """How lesions were imaged."""

    PET_CT = "PET/CT", "positron emission tomography with computed tomography"
    CT = "CT", "computed tomography"
    LOW_DOSE_CT = "low_dose_CT", "whole-body low-dose computed tomography"
    MRI = "MRI", "magnetic resonance imaging"
    PET_MRI = "PET/MRI", "positron emission tomography with magnetic resonance imaging"
    RADIOGRAPHY = "radiography", "skeletal survey"
    ULTRASOUND = "ultrasound", "ultrasound"
    EXAMINATION = "examination", "measured on physical examination"


class PetResult(Concept):
    """PET/CT against the baseline uptake, for imaging MRD."""

    NEGATIVE = "negative", "all baseline uptake gone, or below the reference tissue"
    POSITIVE = "positive", "uptake above the reference tissue"


class MrdMethod(Concept):
    """Assay of measurable residual disease in the marrow."""

    NGF = "NGF", "next-generation flow cytometry"
    NGS = "NGS", "next-generation sequencing"
    MFC = "MFC", "other validated multiparameter flow cytometry"


MrdThreshold = Literal["1e-4", "1e-5", "1e-6"]
"""A sensitivity that a negative sample can be asked to have reached: cells in nucleated cells."""

MRD_THRESHOLDS: Final[tuple[MrdThreshold, ...]] = get_args(MrdThreshold)
"""They, from the coarsest to the finest."""


class MrdResult(Concept):
    """What the laboratory said of the marrow sample at the sensitivity it reached."""

    NEGATIVE = "negative", "no residual disease at the sensitivity reached"
    POSITIVE = "positive", "residual disease"
    NOT_EVALUABLE = "not_evaluable", "sample cannot answer"


class MrdStatus(Concept):
    """MRD category of IMWG 2016: the assay's result read together with the response."""

    FLOW_MRD_NEGATIVE = "FLOW_MRD_NEGATIVE", "flow MRD-negative"
    SEQUENCING_MRD_NEGATIVE = "SEQUENCING_MRD_NEGATIVE", "sequencing MRD-negative"
    IMAGING_PLUS_MRD_NEGATIVE = "IMAGING_PLUS_MRD_NEGATIVE", "imaging plus MRD-negative"
    SUSTAINED_MRD_NEGATIVE = "SUSTAINED_MRD_NEGATIVE", "sustained MRD-negative"
    RELAPSE_FROM_MRD_NEGATIVE = "RELAPSE_FROM_MRD_NEGATIVE", "relapse from MRD-negative"
