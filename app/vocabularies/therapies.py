"""Words of concomitant and subsequent therapy."""

from typing import Final

from app.vocabularies.concept import Concept


class TherapyKind(Concept):
    """What a therapy was given as; the kind decides what it does to an endpoint."""

    NEW_ANTI_MYELOMA = "new_anti_myeloma", "new systemic anti-myeloma therapy"
    MAINTENANCE = "maintenance", "maintenance after the infusion, not planned"
    RADIOTHERAPY = "radiotherapy", "radiotherapy; its target tells whether it is new therapy"
    TRANSPLANT_AUTO = "transplant_auto", "autologous stem-cell transplantation"
    TRANSPLANT_ALLO = "transplant_allo", "allogeneic stem-cell transplantation"
    CAR_T_REINFUSION = "car_t_reinfusion", "second infusion of CAR-T cells"
    CD34_BOOST = "cd34_boost", "stem-cell boost without conditioning"
    TOCILIZUMAB = "tocilizumab", "tocilizumab"
    SILTUXIMAB = "siltuximab", "siltuximab"
    ANAKINRA = "anakinra", "anakinra"
    CORTICOSTEROID = "corticosteroid", "corticosteroid"
    VASOPRESSOR = "vasopressor", "vasopressor"
    OXYGEN = "oxygen", "oxygen or ventilation"
    TRANSFUSION = "transfusion", "transfusion of a blood product"
    IVIG = "ivig", "intravenous immunoglobulin"
    G_CSF = "g_csf", "granulocyte colony-stimulating factor"
    ANTIMICROBIAL = "antimicrobial", "antibacterial, antiviral or antifungal"
    ANTICOAGULANT = "anticoagulant", "anticoagulant"
    OTHER = "other", "another therapy"


ALWAYS_NEW_ANTI_MYELOMA: Final = frozenset(
    {
        TherapyKind.NEW_ANTI_MYELOMA,
        TherapyKind.MAINTENANCE,
        TherapyKind.TRANSPLANT_AUTO,
        TherapyKind.TRANSPLANT_ALLO,
        TherapyKind.CAR_T_REINFUSION,
    }
)
"""Kinds that are new anti-myeloma therapy by themselves when given after the infusion."""


class RadiotherapyTarget(Concept):
    """What was irradiated; a stable lesion irradiated for pain is no new therapy."""

    NEW = "new", "a new lesion"
    PROGRESSING = "progressing", "a progressing lesion"
    STABLE = "stable", "a stable lesion of baseline"


NEW_THERAPY_TARGETS: Final = frozenset({RadiotherapyTarget.NEW, RadiotherapyTarget.PROGRESSING})
"""Targets that make radiotherapy new anti-myeloma therapy."""


class BloodProduct(Concept):
    """What was transfused."""

    RED_CELLS = "red_cells", "red cells"
    PLATELETS = "platelets", "platelets"
    PLASMA = "plasma", "fresh frozen plasma"
    CRYOPRECIPITATE = "cryoprecipitate", "cryoprecipitate"
    FIBRINOGEN = "fibrinogen", "fibrinogen concentrate"
    GRANULOCYTES = "granulocytes", "granulocytes"
    ALBUMIN = "albumin", "albumin"


class Route(Concept):
    """Route of administration (CMROUTE, CDISC C66729)."""

    ORAL = "ORAL", "by mouth"
    INTRAVENOUS = "INTRAVENOUS", "into a vein"
    SUBCUTANEOUS = "SUBCUTANEOUS", "under the skin"
    INTRAMUSCULAR = "INTRAMUSCULAR", "into a muscle"
    INTRATHECAL = "INTRATHECAL", "into the cerebrospinal fluid"
    RESPIRATORY = "RESPIRATORY (INHALATION)", "inhaled"
    TOPICAL = "TOPICAL", "on the skin or mucosa"
    OTHER = "OTHER", "another route"
