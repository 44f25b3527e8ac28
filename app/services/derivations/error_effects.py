"""What each finding of the severity ``error`` keeps out of the figures, as a table.

Most keep out nothing: a breach or a contradiction is reported, not analysed away. A wrong date
takes out the date, never a serious event. Whoever was treated stays in ``treated``, in every
denominator and in every table of safety.

Source: the trial's endpoint definitions, section 11.6; ICH E9 for what is not analysed away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.vocabularies.concept import Concept


class ErrorClass(Concept):
    """How far a data error reaches."""

    FATAL = "fatal", "out of every time to an event"
    ENDPOINT = "endpoint", "out of every time to an event but overall survival"
    RECORD = "record", "what is wrong is set aside, the subject is kept"


class Effect(Concept):
    """What a finding does to the figures."""

    FATAL = "fatal", "the subject is out of every time to an event"
    ENDPOINT = "endpoint", "the subject is out of every time to an event but overall survival"
    RECORD = "record", "the record is set aside, and counted beside the figure"
    UNKNOWN = "unknown", "the member becomes unknown, the record stays"
    ENTRY = "entry", "this entry of the list is set aside, the record stays"
    VALUE = "value", "the value is set aside; its sample is still evidence of life"
    REFERENCE = "reference", "the reference is set aside, the record stays"
    ONSET_AND_DURATION = "onset_and_duration", "out of onset and duration; the event stays"


@dataclass(frozen=True, slots=True)
class KeptOut:
    """One effect of a finding.

    Attributes:
        kinds: paths of the kinds of record that have it; empty: every kind.
        member: the member that the finding is about; None: whichever.
    """

    effect: Effect
    kinds: tuple[str, ...] = ()
    member: str | None = None

    def __str__(self) -> str:
        """Write it as one phrase, as in ``adverse-events/onset: unknown``."""
        kinds = " ".join(self.kinds) or "any"
        where = kinds if self.member is None else f"{kinds}/{self.member}"
        return f"{where}: {self.effect}"


DATE_IN_FUTURE: Final = "DATE-IN-FUTURE"
DATE_AFTER_DEATH: Final = "DATE-AFTER-DEATH"
THERAPY_AFTER_DEATH: Final = "THERAPY-AFTER-DEATH"
AE_END_AFTER_DEATH: Final = "AE-END-AFTER-DEATH"
CONTACT_AFTER_DEATH: Final = "CONTACT-AFTER-DEATH"
REFERENCE_TO_ITSELF: Final = "REFERENCE-TO-ITSELF"

FOUND_ON: Final = "new_lesions.found_on"
RESPONSE_DATE: Final = "investigator_response_date"
ADJUDICATED_DATE: Final = "response_date"

_MEASURED: Final = ("assessments", "lab-results", "kinetics", "neuro-assessments")

_DAYS_OF_A_CATEGORY: Final = (
    KeptOut(Effect.UNKNOWN, ("assessments",), FOUND_ON),
    KeptOut(Effect.UNKNOWN, ("assessments",), RESPONSE_DATE),
    KeptOut(Effect.UNKNOWN, ("adjudications",), ADJUDICATED_DATE),
)

KEEPS_OUT: Final[Mapping[str, tuple[KeptOut, ...]]] = {
    DATE_IN_FUTURE: (
        *_DAYS_OF_A_CATEGORY,
        KeptOut(Effect.RECORD, (*_MEASURED, "visits"), None),
        KeptOut(Effect.FATAL, ("follow-ups",), "death_date"),
        KeptOut(Effect.RECORD, ("follow-ups",), None),
        KeptOut(Effect.UNKNOWN, ("adverse-events",), "onset"),
        KeptOut(Effect.UNKNOWN, ("adverse-events", "therapies"), "end"),
        KeptOut(Effect.ENDPOINT, ("therapies",), "start of new anti-myeloma therapy"),
        KeptOut(Effect.RECORD, ("therapies",), "start"),
        KeptOut(Effect.ENTRY, ("preparations",), "lymphodepletion"),
        KeptOut(Effect.FATAL, ("infusions",), "infused_at"),
    ),
    DATE_AFTER_DEATH: (
        *_DAYS_OF_A_CATEGORY,
        KeptOut(Effect.RECORD, _MEASURED, None),
        KeptOut(Effect.UNKNOWN, ("adverse-events",), "onset"),
        KeptOut(Effect.FATAL, ("visits", "infusions"), None),
    ),
    THERAPY_AFTER_DEATH: (KeptOut(Effect.RECORD, ("therapies",), None),),
    AE_END_AFTER_DEATH: (KeptOut(Effect.UNKNOWN, ("adverse-events",), "end"),),
    CONTACT_AFTER_DEATH: (KeptOut(Effect.FATAL, ("follow-ups",), None),),
    "DEATH-BEFORE-INFUSION": (KeptOut(Effect.FATAL, ("follow-ups",), "death_date"),),
    "NO-INFUSION": (KeptOut(Effect.FATAL),),
    "NEW-THERAPY-BEFORE-INFUSION": (KeptOut(Effect.ENDPOINT, ("therapies",), "start"),),
    "CRS-BEFORE-INFUSION": (KeptOut(Effect.ONSET_AND_DURATION, ("adverse-events",), "onset"),),
    "NOT-PLAUSIBLE": (KeptOut(Effect.VALUE),),
    REFERENCE_TO_ITSELF: (KeptOut(Effect.REFERENCE),),
    "NO-CONSENT": (),
    "TREATED-BEFORE-CONSENT": (),
    "NO-ENROLMENT": (),
    "ENROLLED-NOT-ELIGIBLE": (),
    "TREATED-NOT-ENROLLED": (),
    "SCREEN-FAILED-BUT-TREATED": (),
    "INFUSED-BEFORE-RELEASE": (),
    "INFUSION-BEFORE-LD": (),
    "LEUKAPHERESIS-AFTER-INFUSION": (),
    "OUTCOME-DIFFERS": (),
    "AE-FATAL-WITHOUT-DEATH": (),
    "AE-FATAL-DATE-DIFFERS": (),
    "AE-FATAL-TWICE": (),
    "DEATH-DATES-DIFFER": (),
    "DEATH-BEFORE-RECORDS": (),
    "DISPOSITION-WITHOUT-DEATH": (),
    "NO-BASELINE": (),
    "LESION-NOT-AT-BASELINE": (),
    "ADJUDICATION-WITHOUT-ASSESSMENT": (),
    "LOT-INFUSED-TWICE": (),
}
"""By the finding: what it keeps out; an empty row: nothing.

Decision: of what the table does not name, a neurological examination is set aside as a sample is,
and a visit or a further infusion after the death shows a living subject, as a contact does. Of an
evaluation whose own day can be, the day of a new lesion and the day that a reader gives a category
become unknown: the progression stays, dated to the image or to the evaluation.
"""


def effect_of(finding: str, kind: str, member: str | None = None) -> Effect | None:
    """Give what a finding about a member of a record does; None: nothing.

    Args:
        finding: identity of its rule.
        kind: path of the kind of record.
        member: the member; a row for this very member comes before one for the kind.
    """
    rows = [row for row in KEEPS_OUT.get(finding, ()) if not row.kinds or kind in row.kinds]
    of_member = [row for row in rows if row.member is not None and row.member == member]
    of_kind = [row for row in rows if row.member is None]
    return next((row.effect for row in (*of_member, *of_kind)), None)
