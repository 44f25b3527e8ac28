"""Takes out of records what is dated on days that cannot be, and notes what it took.

Source: the trial's endpoint definitions, section 11.6.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from app.services.criteria.imwg.merging import PARTS
from app.services.derivations.error_effects import (
    ADJUDICATED_DATE,
    FOUND_ON,
    RESPONSE_DATE,
    Effect,
    ErrorClass,
    effect_of,
)
from app.services.derivations.error_rules import DataError, ErrorRule
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import KineticsSample, LabValue, NeuroAssessment
from app.services.derivations.subject_history import Assessment, InvestigatorResponse, Visit

_CLASSES: Final = {Effect.FATAL: ErrorClass.FATAL, Effect.ENDPOINT: ErrorClass.ENDPOINT}
_ValueT = TypeVar("_ValueT", LabValue, KineticsSample, NeuroAssessment, Visit)
_Days = PossibleDays | date | None


@dataclass(frozen=True, slots=True)
class DateSieve:
    """What is wrong with a day, by which finding, and what was found so far.

    Attributes:
        wrong: whether a record cannot be dated on a day.
        findings: by kind and member, or by kind; every other has the usual one.
        rules: by kind; every other has the usual one.
        beside: the record that is contradicted.
    """

    wrong: Callable[[RecordRef, date], bool]
    finding: str
    rule: ErrorRule
    findings: dict[tuple[str, str], str] = field(default_factory=dict)
    rules: dict[str, ErrorRule] = field(default_factory=dict)
    beside: tuple[RecordRef, ...] = ()
    found: list[DataError] = field(default_factory=list)

    def takes(
        self, kind: str, record: RecordRef, days: _Days, member: str, *, row: str | None = None
    ) -> Effect | None:
        """Give what a date takes out, and note it; None: it can be, or takes out nothing."""
        if days is None:
            return None
        day = days.earliest if isinstance(days, PossibleDays) else days
        if not self.wrong(record, day):
            return None
        finding = self.findings.get((kind, member), self.finding)
        effect = effect_of(finding, kind, row or member)
        if effect is not None:
            self.found.append(
                DataError(
                    error_class=_CLASSES.get(effect, ErrorClass.RECORD),
                    rule=self.rules.get(kind, self.rule),
                    records=(record, *self.beside),
                    finding=finding,
                    member=None if effect is Effect.RECORD else member,
                )
            )
        return effect

    def kept(
        self, kind: str, member: str, values: Sequence[_ValueT], day_of: Callable[[_ValueT], _Days]
    ) -> tuple[_ValueT, ...]:
        """Give the values of a kind whose date can be."""
        return tuple(
            value
            for value in values
            if self.takes(kind, value.record, day_of(value), member) is not Effect.RECORD
        )

    def assessments(self, assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
        """Give the evaluations whose day can be, without components whose own day cannot.

        A new lesion and a reader's category stay without a day that cannot be.
        """
        return tuple(
            self._dated(assessment)
            for assessment in assessments
            if not self.takes(
                "assessments", assessment.record, assessment.evaluation.anchor, "assessed_on"
            )
        )

    def _dated(self, assessment: Assessment) -> Assessment:
        evaluation = assessment.evaluation
        changes: dict[str, Any] = {
            name: None
            for name in PARTS
            if self.takes(
                "assessments", assessment.record, _last_day(getattr(evaluation, name)), name
            )
        }
        lesions = tuple(
            replace(lesion, found_on=None)
            if self.takes("assessments", assessment.record, lesion.found_on, FOUND_ON)
            else lesion
            for lesion in evaluation.new_lesions or ()
        )
        if lesions != (evaluation.new_lesions or ()):
            changes["new_lesions"] = lesions
        investigator = self._category(
            "assessments", assessment.record, assessment.investigator, RESPONSE_DATE
        )
        judged_in = assessment.adjudicated.record if assessment.adjudicated is not None else None
        adjudicated = self._category(
            "adjudications", judged_in, assessment.adjudicated, ADJUDICATED_DATE
        )
        return replace(
            assessment,
            evaluation=replace(evaluation, **changes) if changes else evaluation,
            investigator=investigator,
            adjudicated=adjudicated,
        )

    def _category(
        self,
        kind: str,
        record: RecordRef | None,
        judged: InvestigatorResponse | None,
        member: str,
    ) -> InvestigatorResponse | None:
        if judged is None or record is None or not self.takes(kind, record, judged.dated, member):
            return judged
        return replace(judged, dated=None)


def _last_day(part: Any) -> date | None:
    """Give the last day that a component, or one of its entries, was collected on."""
    if isinstance(part, tuple):
        days = (getattr(entry, "collected_on", None) for entry in part)
        return max((known_day for known_day in days if known_day is not None), default=None)
    day: date | None = getattr(part, "collected_on", None) or getattr(part, "imaged_on", None)
    return day
