"""Adverse events of which something is not known that a table has to leave out or stand in for.

Source: the trial's endpoint definitions, adverse events, unknown onset and linked lines.
"""

from collections.abc import Iterator

from app.models.adverse_event import AdverseEventFields
from app.schemas.record import Finding
from app.services.edit_checks.rule import CheckedRecord, Rule
from app.services.subject_course import SubjectCourse
from app.trial.trial import Trial
from app.vocabularies.adverse_events import ONGOING, Outcome

AE_ONSET_UNKNOWN = Rule(
    "AE-ONSET-UNKNOWN",
    "notice",
    "nothing is known of the onset: the event counts as treatment-emergent unless it ended, or was "
    "first recorded, before the infusion, and has no day of onset; send the year or month if known",
)
AE_END_UNKNOWN = Rule(
    "AE-END-UNKNOWN",
    "warning",
    "there is neither an end, nor the word that the event goes on, nor an outcome; send one of "
    "them, until then the tables count its end as unknown",
)
WORSENING_BEFORE_INFUSION = Rule(
    "WORSENING-BEFORE-INFUSION",
    "warning",
    "the worsening is dated before the infusion and is the state that later records are held "
    "against; if it worsened after the infusion, write that day as the onset",
)


def onset_is_known(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an event of which no onset is known."""
    if event.fields.onset is None:
        yield AE_ONSET_UNKNOWN.at("onset")


def end_is_known(
    event: CheckedRecord[AdverseEventFields], _: SubjectCourse, __: Trial
) -> Iterator[Finding]:
    """Notice an event of which nobody says whether it has ended, or when.

    Decision: the outcome UNKNOWN is an answer, and is asked about no more.
    """
    fields = event.fields
    said = fields.end is not None or fields.ongoing or fields.outcome in {*ONGOING, Outcome.UNKNOWN}
    if not said:
        yield AE_END_UNKNOWN.at("end")


def worsening_follows_the_infusion(
    event: CheckedRecord[AdverseEventFields], course: SubjectCourse, _: Trial
) -> Iterator[Finding]:
    """Notice a worsening with an onset before the infusion."""
    fields = event.fields
    if fields.worsening_of is not None and event.is_before(fields.onset, course.infused_at):
        yield WORSENING_BEFORE_INFUSION.at("onset")


RECORD_CHECKS = (onset_is_known, end_is_known, worsening_follows_the_infusion)
