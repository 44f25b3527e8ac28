"""Words of a subject's enrolment and disease history."""

from app.vocabularies.concept import Concept


class SubjectState(Concept):
    """Where a subject stands; derived from the records, never typed."""

    SCREENING = "screening", "consented, eligibility open"
    SCREEN_FAILED = "screen_failed", "not eligible"
    ENROLLED = "enrolled", "holds a slot, not infused"
    INFUSED = "infused", "received CAR-T cells"
    OFF_STUDY = "off_study", "left the trial alive"
    DIED = "died", "died"


class Sex(Concept):
    """Sex (SEX, CDISC C66731)."""

    FEMALE = "F", "female"
    MALE = "M", "male"
    UNKNOWN = "U", "unknown"


class EligibilityAnswer(Concept):
    """Answer to one eligibility criterion."""

    MET = "met", "criterion met"
    NOT_MET = "not_met", "criterion not met"
    UNKNOWN = "unknown", "not known"


class IssStage(Concept):
    """International Staging System, ISS or its revision R-ISS."""

    STAGE_I = "I", "stage I"
    STAGE_II = "II", "stage II"
    STAGE_III = "III", "stage III"


class ExtramedullaryDisease(Concept):
    """Plasmacytomas at enrolment."""

    NONE = "none", "none"
    PARASKELETAL = "paraskeletal", "paraskeletal only"
    EXTRAMEDULLARY = "extramedullary", "extramedullary, with or without paraskeletal"


class CytogeneticMarker(Concept):
    """Chromosomal abnormality looked for by FISH."""

    DEL_17P = "del(17p)", "deletion of 17p"
    T_4_14 = "t(4;14)", "translocation (4;14)"
    T_14_16 = "t(14;16)", "translocation (14;16)"
    GAIN_1Q = "gain(1q)", "three copies of 1q"
    AMP_1Q = "amp(1q)", "four or more copies of 1q"
    T_11_14 = "t(11;14)", "translocation (11;14)"


class VirusStatus(Concept):
    """Hepatitis B, hepatitis C or HIV status at screening."""

    NEGATIVE = "negative", "never infected"
    PAST = "past", "past infection, no replication"
    ACTIVE = "active", "active infection"
    UNKNOWN = "unknown", "not known"


class DrugClass(Concept):
    """Class of anti-myeloma drug a subject was exposed or refractory to."""

    PI = "PI", "proteasome inhibitor"
    IMID = "IMiD", "immunomodulatory drug"
    CD38 = "CD38", "anti-CD38 antibody"
    SLAMF7 = "SLAMF7", "anti-SLAMF7 antibody"
    BCMA = "BCMA", "BCMA-directed therapy"
    GPRC5D = "GPRC5D", "GPRC5D-directed therapy"
    FCRH5 = "FcRH5", "FcRH5-directed therapy"
    XPO1 = "XPO1", "inhibitor of nuclear export"
    BCL2 = "BCL2", "BCL-2 inhibitor"
    HDAC = "HDAC", "histone deacetylase inhibitor"
    ALKYLATOR = "alkylator", "alkylating agent"
    ANTHRACYCLINE = "anthracycline", "anthracycline"
    CORTICOSTEROID = "corticosteroid", "corticosteroid"
    OTHER = "other", "another class"


class Refractoriness(Concept):
    """How far the myeloma is refractory to the three main classes."""

    NONE = "none", "refractory to none of them"
    SINGLE_CLASS = "single_class", "to one of PI, IMiD, anti-CD38"
    DOUBLE_CLASS = "double_class", "to two of PI, IMiD, anti-CD38"
    TRIPLE_CLASS = "triple_class", "to a PI, an IMiD and an anti-CD38 antibody"
    PENTA_DRUG = "penta_drug", "to two PIs, two IMiDs and an anti-CD38 antibody"


class LineStopReason(Concept):
    """Why a prior line of therapy ended."""

    COMPLETED = "completed", "completed as planned"
    PROGRESSION = "progression", "progression"
    TOXICITY = "toxicity", "toxicity"
    OTHER = "other", "another reason"
    UNKNOWN = "unknown", "not known"


class Disposition(Concept):
    """How a subject left the trial."""

    COMPLETED = "completed", "completed the follow-up"
    DIED = "died", "died"
    LOST = "lost", "lost to follow-up"
    WITHDREW = "withdrew", "withdrew consent"
    OTHER = "other", "another reason"
