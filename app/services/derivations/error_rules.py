"""What can be wrong with the records of a subject, and between which of them it lies."""

from dataclasses import dataclass

from app.services.derivations.error_effects import ErrorClass
from app.services.derivations.record_ref import RecordRef
from app.vocabularies.concept import Concept


class ErrorRule(Concept):
    """What is wrong."""

    DEATH_BEFORE_ORIGIN = "death_before_origin", "death before infusion, or before enrolment"
    INFUSION_AFTER_DEATH = "infusion_after_death", "a further infusion after death"
    EVALUATION_AFTER_DEATH = "evaluation_after_death", "disease evaluation after death"
    CONTACT_AFTER_DEATH = "contact_after_death", "visit or contact with the living after death"
    NEW_THERAPY_AFTER_DEATH = "new_therapy_after_death", "anti-myeloma therapy after death"
    INFUSION_MISSING = "infusion_missing", "records of after an infusion that is not recorded"
    NEW_THERAPY_BEFORE_INFUSION = (
        "new_therapy_before_infusion",
        "new anti-myeloma therapy before infusion",
    )
    ENDS_BEFORE_ONSET = "ends_before_onset", "adverse event ends before it begins"
    THERAPY_AFTER_DEATH = "therapy_after_death", "concomitant therapy begins or ends after death"
    ADVERSE_EVENT_AFTER_DEATH = (
        "adverse_event_after_death",
        "adverse event begins or ends after death",
    )
    SAMPLE_AFTER_DEATH = "sample_after_death", "sample or examination dated after death"
    DATE_IN_FUTURE = "date_in_future", "dated later than the day on which it was recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataError:
    """One contradiction, and the records it lies between.

    Attributes:
        records: the one that is set aside, or that is likeliest wrong, first.
        finding: the finding that says the same of the record; None: there is none.
        member: the member that becomes unknown, or whose entry is set aside; None: the record.
    """

    error_class: ErrorClass
    rule: ErrorRule
    records: tuple[RecordRef, ...]
    finding: str | None = None
    member: str | None = None
