"""How the trial's words are said in CDISC's SDTM: variables, flags and codelists.

Source: CDISC SDTM controlled terminology of 2022-09-30.
"""

from typing import Final

from app.vocabularies.adverse_events import ActionTaken, Outcome, SeriousnessCriterion
from app.vocabularies.astct import AstctScale
from app.vocabularies.concept import Concept
from app.vocabularies.imwg import ResponseCategory
from app.vocabularies.laboratory import Comparator
from app.vocabularies.specimens import Matrix, Specimen
from app.vocabularies.subjects import Sex
from app.vocabularies.therapies import Route

VERSION: Final = "CDISC SDTM CT 2022-09-30"

SERIOUSNESS_FLAGS: Final[dict[SeriousnessCriterion, str]] = {
    SeriousnessCriterion.DEATH: "AESDTH",
    SeriousnessCriterion.LIFE_THREATENING: "AESLIFE",
    SeriousnessCriterion.HOSPITALISATION: "AESHOSP",
    SeriousnessCriterion.DISABILITY: "AESDISAB",
    SeriousnessCriterion.CONGENITAL_ANOMALY: "AESCONG",
    SeriousnessCriterion.MEDICALLY_IMPORTANT: "AESMIE",
}
"""The flag of each criterion; AESER is Y exactly when one of them is."""

CODELISTS: Final[dict[type[Concept], str]] = {
    Outcome: "C66768",
    ActionTaken: "C66767",
    Sex: "C66731",
    Route: "C66729",
    ResponseCategory: "C96785",
}
"""NCI code of the codelist whose submission values a vocabulary's codes are."""

VARIABLES: Final[dict[type[Concept], str]] = {
    Outcome: "AEOUT",
    ActionTaken: "AEACN",
    Sex: "SEX",
    Route: "CMROUTE",
    ResponseCategory: "RSORRES",
    Matrix: "LBSPEC",
    Specimen: "LBSPEC",
    Comparator: "LBORRES",
    AstctScale: "FATESTCD",
}
"""The SDTM variable in which a vocabulary's codes are sent."""
