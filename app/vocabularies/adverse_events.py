"""Words of an adverse event record beside its term and grade.

Source: CDISC controlled terminology (codelists C66767 and C66768, submission values); ICH E2A for
seriousness; the five levels of causality are those of NCI, one judgement per candidate cause.
"""

from typing import Final

from app.vocabularies.concept import Concept


class Outcome(Concept):
    """How the event ended (AEOUT, C66768)."""

    RECOVERED = "RECOVERED/RESOLVED", "recovered"
    RECOVERING = "RECOVERING/RESOLVING", "recovering"
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED", "not recovered"
    RECOVERED_WITH_SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE", "recovered with sequelae"
    FATAL = "FATAL", "the subject died of this event"
    UNKNOWN = "UNKNOWN", "unknown"


ENDED: Final = frozenset({Outcome.RECOVERED, Outcome.RECOVERED_WITH_SEQUELAE, Outcome.FATAL})
"""Outcomes that need an end date; of a fatal event it is the date of death."""

ONGOING: Final = frozenset({Outcome.RECOVERING, Outcome.NOT_RECOVERED})
"""Outcomes that forbid an end date; with ``UNKNOWN`` it may be given."""

PROGRESSION_TERM: Final = "Disease progression"
"""CTCAE 5.0 term of what is the disease's and no event of the treatment."""


class ActionTaken(Concept):
    """What was done with the study treatment (AEACN, C66767)."""

    DOSE_INCREASED = "DOSE INCREASED", "dose increased"
    DOSE_NOT_CHANGED = "DOSE NOT CHANGED", "dose not changed"
    DOSE_RATE_REDUCED = "DOSE RATE REDUCED", "infusion slowed"
    DOSE_REDUCED = "DOSE REDUCED", "dose reduced"
    DRUG_INTERRUPTED = "DRUG INTERRUPTED", "infusion interrupted"
    DRUG_WITHDRAWN = "DRUG WITHDRAWN", "treatment stopped for good"
    NOT_APPLICABLE = "NOT APPLICABLE", "not applicable, as after a single infusion"
    UNKNOWN = "UNKNOWN", "unknown"


class SeriousnessCriterion(Concept):
    """What makes an event serious (ICH E2A); an event is serious exactly when one holds."""

    DEATH = "death", "results in death (AESDTH)"
    LIFE_THREATENING = "life_threatening", "life-threatening at the time (AESLIFE)"
    HOSPITALISATION = "hospitalisation", "in-patient admission or its prolongation (AESHOSP)"
    DISABILITY = "disability", "lasting or significant disability (AESDISAB)"
    CONGENITAL_ANOMALY = "congenital_anomaly", "congenital anomaly or birth defect (AESCONG)"
    MEDICALLY_IMPORTANT = "medically_important", "another medically important event (AESMIE)"


class Causality(Concept):
    """How likely one candidate cause is, weakest first."""

    UNRELATED = "unrelated", "clearly not related"
    UNLIKELY = "unlikely", "doubtfully related"
    POSSIBLE = "possible", "may be related"
    PROBABLE = "probable", "likely related"
    DEFINITE = "definite", "clearly related"


class CandidateCause(Concept):
    """What an event may be due to; each has its own causality."""

    CAR_T = "car_t", "the CAR-T cells"
    LYMPHODEPLETION = "lymphodepletion", "lymphodepleting chemotherapy"
    BRIDGING = "bridging", "bridging therapy"
    PROCEDURE = "procedure", "a procedure of the trial"
    DISEASE = "disease", "the myeloma"
    OTHER_DRUG = "other_drug", "another medicine"


class AesiKind(Concept):
    """Adverse event of special interest after BCMA-directed CAR-T cells."""

    CRS = "CRS", "cytokine release syndrome"
    ICANS = "ICANS", "immune effector cell-associated neurotoxicity syndrome"
    OTHER_NEUROTOXICITY = (
        "other_neurotoxicity",
        "movement or neurocognitive disorder, parkinsonism, nerve palsy, neuropathy",
    )
    IEC_HS = "IEC-HS", "haemophagocytic lymphohistiocytosis-like syndrome"
    PROLONGED_CYTOPENIA = "prolonged_cytopenia", "prolonged cytopenia or ICAHT"
    INFECTION = "infection", "infection of grade 3 or more, opportunistic, or reactivation"
    HYPOGAMMAGLOBULINAEMIA = "hypogammaglobulinaemia", "hypogammaglobulinaemia"
    TUMOUR_LYSIS = "tumour_lysis", "tumour lysis syndrome"
    INFUSION_REACTION = "infusion_reaction", "infusion reaction, or antibody to the binder"
    ENTEROCOLITIS = "enterocolitis", "immune-mediated enterocolitis"
    CARDIAC = "cardiac", "cardiac disorder"
    SECOND_MALIGNANCY = "second_malignancy", "second malignancy, T-cell lymphoma included"
    REPLICATION_COMPETENT_VECTOR = "replication_competent_vector", "replication-competent vector"
    PREGNANCY = "pregnancy", "pregnancy: reported, not in itself an adverse event"


class CollectionPeriod(Concept):
    """The part of the trial an event began in; it decides what is collected."""

    SCREENING = "screening", "consent to the day before leukapheresis"
    APHERESIS_BRIDGING = "apheresis_bridging", "leukapheresis to the day before lymphodepletion"
    EARLIER_LYMPHODEPLETION = (
        "earlier_lymphodepletion",
        "first dose of an earlier lymphodepletion to 30 days after its last, or to the next",
    )
    LYMPHODEPLETION = "lymphodepletion", "first lymphodepletion dose to the start of infusion"
    TREATMENT = "treatment", "start of infusion to the end of general collection"
    FOLLOW_UP = "follow_up", "after general collection to the horizon"
    AFTER_NEW_THERAPY = "after_new_therapy", "from new anti-myeloma therapy to the horizon"


class InfectionSource(Concept):
    """How the organism of an infection was found."""

    CULTURE = "culture", "culture"
    NUCLEIC_ACID = "nucleic_acid", "nucleic acid test"
    ANTIGEN = "antigen", "antigen test"
    SEROLOGY = "serology", "antibody test"
    HISTOLOGY = "histology", "histology"
    CLINICAL = "clinical", "clinical or imaging diagnosis only"
