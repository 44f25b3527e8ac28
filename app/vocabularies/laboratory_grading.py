"""Words of the grade of a laboratory result: its direction, what it needs, why there is none."""

from app.vocabularies.concept import Concept


class AbnormalityDirection(Concept):
    """On which side of normal an abnormality lies (ATOXDSCL and ATOXDSCH name its term)."""

    LOW = "LOW", "below normal"
    HIGH = "HIGH", "above normal"


class GradingReference(Concept):
    """What the cut of a grade can be a multiple of."""

    LOWER_LIMIT = "lower_limit", "the laboratory's lower limit of normal"
    UPPER_LIMIT = "upper_limit", "the laboratory's upper limit of normal"
    BASELINE = "baseline", "the subject's own baseline"


class DecidingFact(Concept):
    """What decides between the grades that a number leaves open."""

    SYMPTOMS = "symptoms", "whether there were symptoms, or intervention was indicated"
    ANTICOAGULATION = "anticoagulation", "whether the subject was on anticoagulation"
    INTERVENTION = "intervention", "whether an intervention was begun"
    PHYSIOLOGIC_CONSEQUENCES = "physiologic_consequences", "whether there were consequences"
    INFARCTION_LIMIT = (
        "infarction_limit",
        "whether the level is one at which the assay's maker speaks of infarction",
    )
    EXACT_VALUE = "exact_value", "the exact value: the number has a comparator"
    RESTATED_VALUE = (
        "restated_value",
        "the value in the other unit: it lies within 0.5 % of a cut, and the factor is rounded",
    )


class UngradedReason(Concept):
    """Why a laboratory result has no CTCAE grade."""

    NO_RULE = "no_rule", "CTCAE grades this analyte by no number"
    UNIT_NOT_ACCEPTED = "unit_not_accepted", "CTCAE has no cuts in this unit"
    NO_NUMBER = "no_number", "there is no number: a word, a titre, or not done"
    LOWER_LIMIT_MISSING = "lower_limit_missing", "the laboratory's lower limit is needed"
    UPPER_LIMIT_MISSING = "upper_limit_missing", "the laboratory's upper limit is needed"
    ANY_GRADE = "any_grade", "every grade of the term is open: the number has a comparator"
    BASELINE_NOT_COMPARABLE = (
        "baseline_not_comparable",
        "the baseline is abnormal by its own limits, and the result cannot be compared with it",
    )


class GradeScale(Concept):
    """What a term with two scales is graded by."""

    BASELINE = "baseline", "multiples of the subject's abnormal baseline"
    LIMITS = "limits", "multiples of the laboratory's upper limit of normal"
