"""Words of survival follow-up."""

from app.vocabularies.concept import Concept


class SurvivalStatus(Concept):
    """What was learnt at a contact."""

    ALIVE = "alive", "alive"
    DIED = "died", "died"
    LOST = "lost", "lost to follow-up"
    WITHDREW = "withdrew", "withdrew"
    COMPLETED = "completed", "completed the follow-up, alive"


class WithdrawalScope(Concept):
    """What a subject withdrew from."""

    TREATMENT = "treatment", "further treatment; follow-up goes on"
    FOLLOW_UP = "follow_up", "follow-up; what was collected stays"
    DATA_USE = "data_use", "use of the data, as far as the law allows"


class DeathCause(Concept):
    """Class of the cause of death."""

    MYELOMA = "myeloma", "progression of the myeloma"
    CAR_T_TOXICITY = "car_t_toxicity", "toxicity of the CAR-T treatment"
    INFECTION = "infection", "infection"
    OTHER = "other", "another cause"
    UNKNOWN = "unknown", "not known"


class InformationSource(Concept):
    """Who or what told of the subject's status."""

    SUBJECT = "subject", "the subject"
    RELATIVE = "relative", "a relative or carer"
    PHYSICIAN = "physician", "a treating physician"
    MEDICAL_RECORD = "medical_record", "a medical record"
    DEATH_CERTIFICATE = "death_certificate", "a death certificate"
    PUBLIC_REGISTER = "public_register", "a public register"
    OTHER = "other", "another source"
