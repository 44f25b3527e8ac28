"""Takes out of records what is dated on days that cannot be, and notes what it took.

Source: the trial's endpoint definitions, section 11.6.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from app.services.criteria.imwg.merging import PARTS
from app.services.derivations.error_effects import Effect, ErrorClass, effect_of
from app.services.derivations.subject_history import (
    Assessment,
    DataError,
    ErrorRule,
    KineticsSample,
    LabValue,
    NeuroAssessment,
    PossibleDays,
    RecordRef,
    Visit,
)

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
            one
            for one in values
            if self.takes(kind, one.record, day_of(one), member) is not Effect.RECORD
        )

    def assessments(self, assessments: Iterable[Assessment]) -> tuple[Assessment, ...]:
        """Give the evaluations whose day can be, without components whose own day cannot."""
        kept = []
        for one in assessments:
            evaluation = one.evaluation
            if self.takes("assessments", one.record, evaluation.anchor, "assessed_on"):
                continue
            wrong: dict[str, Any] = {}
            for name in PARTS:
                part = getattr(evaluation, name)
                day = getattr(part, "collected_on", None) or getattr(part, "imaged_on", None)
                if self.takes("assessments", one.record, day, name):
                    wrong[name] = None
            kept.append(replace(one, evaluation=replace(evaluation, **wrong)) if wrong else one)
        return tuple(kept)
