"""Records that were typed twice, of every kind that can double and has no rule of its own for it.

Two records are one when what they are about and when it was are the same. Adverse events, scheduled
visits, evaluations of one day, verdicts, and results of one sample or time have their own rules.

Source: the trial's rules for its doors, section 3: one thing told twice is noticed. Decision: two
results of one day without a time and without a sample's id are two samples, and two unscheduled
visits of one day are two.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from typing import Any, Final

from app.services.edit_checks.rule import CheckedRecord, RecordFinding, Rule, SubjectRecords

THERAPY_TWICE = Rule(
    "THERAPY-TWICE",
    "warning",
    "the subject has the same therapy with the same start twice; void one",
)
PREPARATION_TWICE = Rule(
    "PREPARATION-TWICE",
    "warning",
    "the subject has two preparations with the same leukapheresis or the same lymphodepletion; "
    "void one",
)
INFUSION_TWICE = Rule(
    "INFUSION-TWICE",
    "warning",
    "the subject has two infusions that began at the same time; void one",
)
KINETICS_TWICE = Rule(
    "KINETICS-TWICE",
    "warning",
    "another result of the same assay and sample has the same day; void one, or correct the sample",
)
NEURO_ASSESSMENT_TWICE = Rule(
    "NEURO-ASSESSMENT-TWICE",
    "warning",
    "the subject has two neurological examinations at the same time; void one",
)
FOLLOW_UP_TWICE = Rule(
    "FOLLOW-UP-TWICE",
    "warning",
    "the subject has the same contact with the same result twice; void one",
)

Same = Callable[[CheckedRecord[Any]], Hashable | None]
"""Gives what two records have to share to be one; None for a record that is not compared."""


def _therapy(record: CheckedRecord[Any]) -> Hashable | None:
    said = record.fields
    dated = f"until {said.end}" if said.start is None else record.days(said.start)
    name = None if said.name is None else said.name.casefold()
    return said.therapy_kind, name, said.blood_product, said.radiotherapy_target, dated


def _leukapheresis(record: CheckedRecord[Any]) -> Hashable | None:
    said = record.fields
    days = tuple(
        day for day in (said.leukapheresis_on, *said.further_leukapheresis_on) if day is not None
    )
    return days or None


def _lymphodepletion(record: CheckedRecord[Any]) -> Hashable | None:
    doses = record.fields.lymphodepletion
    given = sorted((dose.agent.value, record.days(dose.given_on).earliest) for dose in doses)
    return tuple(given) or None


def _infusion(record: CheckedRecord[Any]) -> Hashable | None:
    began: datetime = record.fields.infused_at.instant
    return began


def _kinetics(record: CheckedRecord[Any]) -> Hashable | None:
    said = record.fields
    untold = said.sample_id is None or said.not_evaluable is not None or said.spurious
    if untold or record.dated is None or record.dated.instant is not None:
        return None
    assay = (said.matrix, said.method, said.assay, said.unit, said.marrow_pull)
    return assay, said.sample_id, record.dated


def _examination(record: CheckedRecord[Any]) -> Hashable | None:
    examined: datetime = record.fields.assessed_at.instant
    return examined


def _contact(record: CheckedRecord[Any]) -> Hashable | None:
    said = record.fields
    return said.status, record.days(said.contacted_on)


_DOUBLES: Final[tuple[tuple[str, Same, Rule, str], ...]] = (
    ("therapies", _therapy, THERAPY_TWICE, "start"),
    ("preparations", _leukapheresis, PREPARATION_TWICE, "leukapheresis_on"),
    ("preparations", _lymphodepletion, PREPARATION_TWICE, "lymphodepletion"),
    ("infusions", _infusion, INFUSION_TWICE, "infused_at"),
    ("kinetics", _kinetics, KINETICS_TWICE, "collected_at"),
    ("neuro-assessments", _examination, NEURO_ASSESSMENT_TWICE, "assessed_at"),
    ("follow-ups", _contact, FOLLOW_UP_TWICE, "contacted_on"),
)
"""Kind, what two records of it share, the rule, and the member that it is noticed at."""


def records_are_told_once(subject: SubjectRecords) -> Iterator[RecordFinding]:
    """Notice each record that says what one before it says already."""
    for kind, same, rule, member in _DOUBLES:
        seen: set[Hashable] = set()
        for record in subject.of_kind(kind):
            key = same(record)
            if key is None:
                continue
            if key in seen:
                yield RecordFinding(record, rule.at(member))
            seen.add(key)


SUBJECT_CHECKS = (records_are_told_once,)
