"""Words of the way to the infusion: leukapheresis, bridging, lymphodepletion, product."""

from app.vocabularies.concept import Concept


class PreparationOutcome(Concept):
    """How one preparation ended."""

    INFUSED = "infused", "the cells were infused"
    MANUFACTURING_FAILURE = "manufacturing_failure", "no product could be made or released"
    PROGRESSED = "progressed", "not infused because the myeloma progressed"
    DIED = "died", "died before the infusion"
    WITHDREW = "withdrew", "withdrew before the infusion"
    OTHER = "other", "not infused for another reason"


class LymphodepletionAgent(Concept):
    """Agent of the lymphodepleting chemotherapy."""

    FLUDARABINE = "fludarabine", "fludarabine"
    CYCLOPHOSPHAMIDE = "cyclophosphamide", "cyclophosphamide"
    BENDAMUSTINE = "bendamustine", "bendamustine"
    OTHER = "other", "another agent"


class LymphodepletionDoseUnit(Concept):
    """Unit of a lymphodepletion dose (UCUM)."""

    MG_PER_M2 = "mg/m2", "milligram per square metre of body surface"
    MG_PER_KG = "mg/kg", "milligram per kilogram of body weight"
    MG = "mg", "milligram"


class InfusionKind(Concept):
    """Whether an infusion belongs to the plan; an unplanned repeat is new therapy."""

    PLANNED = "planned", "planned infusion, or a planned part of it"
    UNPLANNED_REPEAT = "unplanned_repeat", "repeat that the protocol does not plan"
