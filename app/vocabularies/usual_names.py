"""What a ward calls an adverse event whose published term is spelled otherwise.

First of all what this trial watches: cytokine release, neurotoxicity and the haemophagocytic
syndrome of effector cells, and cytopenias, which CTCAE has by the names of their laboratory tests.
Names are in small letters and American spelling; a British one is read as that.

Source: NCI, CTCAE version 5.0, for the terms; the ASTCT consensus (Lee 2019) and its report on
IEC-HS (Hines 2023) for the names of the syndromes, which CTCAE 5.0 has no terms for.
"""

from typing import Final

NERVOUS: Final = "Nervous system disorders - Other, specify"
IMMUNE: Final = "Immune system disorders - Other, specify"
BLOOD: Final = "Blood and lymphatic system disorders - Other, specify"
_ICANS: Final = (
    "icans", "immune effector cell-associated neurotoxicity syndrome",
    "immune effector cell associated neurotoxicity syndrome",
    "immune effector cell-associated neurotoxicity", "car-t neurotoxicity",
    "car-t cell neurotoxicity", "cart neurotoxicity", "neurotoxicity",
    "car-t-cell-related encephalopathy syndrome", "cres",
)  # fmt: skip
_IEC_HS: Final = (
    "iec-hs", "iechs", "hlh", "mas", "hlh/mas", "car-hlh", "iec-associated hlh-like syndrome",
    "immune effector cell-associated hemophagocytic lymphohistiocytosis-like syndrome",
    "hemophagocytic lymphohistiocytosis", "hemophagocytic syndrome",
    "macrophage activation syndrome", "hemophagocytosis",
)  # fmt: skip

USUAL_NAMES: Final = {
    "crs": "Cytokine release syndrome",
    "cytokine storm": "Cytokine release syndrome",
    "cytokine release": "Cytokine release syndrome",
    **dict.fromkeys(_ICANS, NERVOUS),
    **dict.fromkeys(_IEC_HS, IMMUNE),
    "hypogammaglobulinemia": IMMUNE,
    "b-cell aplasia": BLOOD,
    "icaht": "Neutrophil count decreased",
    "hematotoxicity": "Neutrophil count decreased",
    "low anc": "Neutrophil count decreased",
    "anc decreased": "Neutrophil count decreased",
    "low wbc": "White blood cell decreased",
    "cmv reactivation": "Cytomegalovirus infection reactivation",
    "hbv reactivation": "Hepatitis B reactivation",
    "neutropenia": "Neutrophil count decreased",
    "granulocytopenia": "Neutrophil count decreased",
    "agranulocytosis": "Neutrophil count decreased",
    "low neutrophils": "Neutrophil count decreased",
    "thrombocytopenia": "Platelet count decreased",
    "thrombopenia": "Platelet count decreased",
    "low platelets": "Platelet count decreased",
    "leukopenia": "White blood cell decreased",
    "lymphopenia": "Lymphocyte count decreased",
    "lymphocytopenia": "Lymphocyte count decreased",
    "low hemoglobin": "Anemia",
    "hemoglobin decreased": "Anemia",
    "fn": "Febrile neutropenia",
    "neutropenic fever": "Febrile neutropenia",
    "tls": "Tumor lysis syndrome",
    "hyperbilirubinemia": "Blood bilirubin increased",
    "alt increased": "Alanine aminotransferase increased",
    "ast increased": "Aspartate aminotransferase increased",
    "transaminitis": "Alanine aminotransferase increased",
    "hypertransaminasemia": "Alanine aminotransferase increased",
    "hypofibrinogenemia": "Fibrinogen decreased",
    "pyrexia": "Fever",
    "pneumonia": "Lung infection",
    "uti": "Urinary tract infection",
    "dvt": "Thromboembolic event",
    "deep vein thrombosis": "Thromboembolic event",
    "pulmonary embolism": "Thromboembolic event",
}
"""Usual name and published term."""

_LINEAGES: Final = (
    "Neutrophil count decreased", "Platelet count decreased", "Anemia",
    "Lymphocyte count decreased", "White blood cell decreased",
)  # fmt: skip
USUAL_NAMES_OF_SEVERAL: Final = dict.fromkeys(
    ("cytopenia", "cytopenias", "pancytopenia", "bicytopenia"), _LINEAGES
)
"""Usual name of several published terms, of which each that applies is an event of its own."""

IN_WORDS: Final = {
    **dict.fromkeys(
        _ICANS,
        "CTCAE 5.0 has no term for ICANS: write the one that is listed with other_specify ICANS, "
        "aesi_kind ICANS and the ASTCT grade in astct",
    ),
    **dict.fromkeys(
        _IEC_HS,
        "CTCAE 5.0 has no term for it: write the one that is listed with other_specify IEC-HS and "
        "aesi_kind IEC-HS",
    ),
    "hypogammaglobulinemia": "CTCAE 5.0 has no term for it: write the one that is listed with "
    "other_specify hypogammaglobulinaemia and aesi_kind hypogammaglobulinaemia",
}
"""How to write what has no term of its own."""

ORGANS: Final = {
    "neuro": "Nervous system disorders",
    "enceph": "Nervous system disorders",
    "cerebr": "Nervous system disorders",
    "seizure": "Nervous system disorders",
    "brain": "Nervous system disorders",
    "parkinson": "Nervous system disorders",
    "aphasi": "Nervous system disorders",
    "cardi": "Cardiac disorders",
    "heart": "Cardiac disorders",
    "hepat": "Hepatobiliary disorders",
    "liver": "Hepatobiliary disorders",
    "cholang": "Hepatobiliary disorders",
    "nephr": "Renal and urinary disorders",
    "renal": "Renal and urinary disorders",
    "kidney": "Renal and urinary disorders",
    "pulmon": "Respiratory, thoracic and mediastinal disorders",
    "lung": "Respiratory, thoracic and mediastinal disorders",
    "respirat": "Respiratory, thoracic and mediastinal disorders",
    "bronch": "Respiratory, thoracic and mediastinal disorders",
    "pleur": "Respiratory, thoracic and mediastinal disorders",
    "dermat": "Skin and subcutaneous tissue disorders",
    "cutan": "Skin and subcutaneous tissue disorders",
    "skin": "Skin and subcutaneous tissue disorders",
    "gastr": "Gastrointestinal disorders",
    "bowel": "Gastrointestinal disorders",
    "intestin": "Gastrointestinal disorders",
    "enterocol": "Gastrointestinal disorders",
    "ocular": "Eye disorders",
    "retin": "Eye disorders",
    "thyroid": "Endocrine disorders",
    "adrenal": "Endocrine disorders",
}
"""Beginning of a word, and the organ class that a name with it is of."""

WITHOUT_AN_ORGAN: Final = frozenset(
    {"syndrome", "disorder", "disorders", "disease", "increased", "decreased", "abnormal", "acute",
     "chronic", "grade", "other", "specify", "nos", "related", "associated", "event", "toxicity",
     "immune", "effector", "cell-associated"}
)  # fmt: skip
"""Words that many terms share: two names that are alike in these alone are not alike."""
