"""What an edit check is made of: the rule that it applies, and the records that it looks at."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Generic, Literal, NamedTuple, Self, TypeVar

from app.models.adjudication import AdjudicationFields
from app.models.adverse_event import AdverseEventFields
from app.models.assessment import AssessmentFields
from app.models.enrolment import EnrolmentFields
from app.models.follow_up import FollowUpFields
from app.models.infusion import InfusionFields
from app.models.kinetics_result import KineticsResultFields
from app.models.lab_result import LabResultFields
from app.models.neuro_assessment import NeuroAssessmentFields
from app.models.preparation import PreparationFields
from app.models.therapy import TherapyFields
from app.models.visit import VisitFields
from app.schemas.record import Finding, RecordKind
from app.services.criteria.plausibility import Implausibility, Normal, implausibility
from app.services.derivations.possible_days import PossibleDays
from app.services.measured_values import as_analysed
from app.services.subject_course import SubjectCourse
from app.services.written_dates import DateAsSent, is_before, possible_days
from app.trial.trial import Trial
from app.vocabularies.annotations import without_annotations
from app.vocabularies.laboratory import Comparator, analysed_in, find_analyte

FieldsT = TypeVar("FieldsT", covariant=True)  # noqa: PLC0105 - read as a noun in every check
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that an edit check can notice.

    Attributes:
        id: stable identity, as filters, queries and reports know it.
        severity: ``error``: the records contradict each other; ``warning``: they may be right but
            somebody has to look; ``notice``: an analysis will do something about it.
        message: what was noticed and what would settle it. It never contains a value.
    """

    id: str
    severity: Literal["error", "warning", "notice"]
    message: str

    def at(self, *way: str | int) -> Finding:
        """Give the finding at a member of a record."""
        return Finding(
            rule=self.id,
            severity=self.severity,
            pointer="".join(f"/{step}" for step in way),
            message=self.message,
        )


@lru_cache(maxsize=32_768)
def impossible_result(
    analyte: str,
    value: Decimal,
    unit: str,
    comparator: str | None,
    lower_limit: Decimal | None,
    upper_limit: Decimal | None,
) -> Implausibility | None:
    """Tell what no living person can have of a laboratory result, judged once where it repeats."""
    listed = find_analyte(analyte)
    if listed is None:
        return None
    return implausibility(
        listed.code,
        value,
        without_annotations(unit),
        comparator=None if comparator is None else Comparator(comparator),
        normal=Normal(lower_limit, upper_limit),
    )


@dataclass(frozen=True, slots=True)
class LabSample:
    """What the checks look at in a laboratory result; of a subject there are hundreds."""

    visit: str | None
    analyte: str
    value: Decimal | None
    coded_value: str | None
    titre: str | None
    not_done: str | None
    comparator: str | None
    unit: str | None
    has_range: bool
    specimen: str | None
    sample_id: str | None
    collected_at: str
    method: str | None
    spurious: bool
    significant: bool | None
    adverse_event: uuid.UUID | None
    transfused_before: bool | None
    g_csf_before: bool | None
    lower_limit: Decimal | None
    upper_limit: Decimal | None
    judged_at: str | None
    confirmed_implausible: bool | None

    @property
    def impossible(self) -> Implausibility | None:
        """What no living person can have of the value; None: nothing, or it was confirmed."""
        if self.value is None or self.unit is None:
            return None
        if self.confirmed_implausible or self.spurious:
            return None
        return impossible_result(
            self.analyte,
            self.value,
            self.unit,
            self.comparator,
            self.lower_limit,
            self.upper_limit,
        )

    @property
    def normal(self) -> Normal:
        """The laboratory's own range."""
        return Normal(self.lower_limit, self.upper_limit)

    def as_analysed(self) -> Self:
        """Give the result as rules read it: in a listed unit, without what is not plausible."""
        listed = find_analyte(self.analyte)
        if self.value is None or self.unit is None or listed is None:
            return self
        if self.impossible is not None:
            return replace(self, value=None, comparator=None)
        read = analysed_in(listed, self.unit)
        if read is None or read.unit == self.unit:
            return self
        low, high = (None if limit is None else read.of(limit) for limit in self.normal)
        return replace(
            self, value=read.of(self.value), unit=read.unit, lower_limit=low, upper_limit=high
        )

    @classmethod
    def of(cls, result: LabResultFields) -> Self:
        """Take what is needed of a result as a centre sends it."""
        judged, limits = result.clinically_significant, result.reference_range
        return cls(
            result.visit,
            result.analyte,
            result.value,
            result.coded_value,
            result.titre,
            result.not_done,
            result.comparator,
            result.unit,
            limits is not None,
            result.specimen,
            result.sample_id,
            result.collected_at,
            result.method,
            result.spurious,
            judged.flag if judged is not None else None,
            result.adverse_event,
            result.transfused_before,
            result.g_csf_before,
            limits.low if limits is not None else None,
            limits.high if limits is not None else None,
            judged.at if judged is not None else None,
            result.confirmed_implausible,
        )


@dataclass(frozen=True, slots=True)
class CheckedRecord(Generic[FieldsT]):
    """The version of a record that stands, as the checks see it.

    Attributes:
        kind: path of its kind.
        recorded_on: the latest date that a calendar of the world showed when this version was
            recorded: nothing later can have been observed.
        fields: what the centre said.
        zone: time zone of the centre, in which its moments have their days.
        dated_by: the member that dates it; empty when the kind has none.
        dated: what this date can mean; None when there is none.
        differs: members that a person corrected and that the source still says otherwise.
    """

    kind: str
    record_id: uuid.UUID
    version: int
    recorded_on: date
    fields: FieldsT
    zone: tzinfo
    dated_by: str
    dated: PossibleDays | None
    differs: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        kind: RecordKind,
        record_id: uuid.UUID,
        version: int,
        recorded_on: date,
        fields: Any,
        zone: tzinfo,
        differs: tuple[str, ...] = (),
    ) -> "CheckedRecord[Any]":
        """Take a record with the days it can lie on."""
        written = getattr(fields, kind.dated_by) if kind.dated_by else None
        return cls(
            kind.path,
            record_id,
            version,
            recorded_on,
            fields,
            zone,
            kind.dated_by or "",
            None if written is None else possible_days(written, zone),
            differs,
        )

    @property
    def first_day(self) -> date | None:
        """The first day that its date can mean; None when it has none."""
        return None if self.dated is None else self.dated.earliest

    @property
    def last_day(self) -> date | None:
        """The last day that its date can mean; None when it has none."""
        return None if self.dated is None else self.dated.latest

    def days(self, written: DateAsSent) -> PossibleDays:
        """Give what one of its dates can mean."""
        return possible_days(written, self.zone)

    def is_before(self, one: DateAsSent | None, other: DateAsSent | None) -> bool:
        """Tell whether one date is before another whatever is not known of both."""
        return is_before(one, other, self.zone)

    def as_analysed(self) -> "CheckedRecord[FieldsT]":
        """Give the record as rules read it: in listed units, without what is not plausible."""
        fields: Any = self.fields
        read: Any = fields.as_analysed() if isinstance(fields, LabSample) else as_analysed(fields)
        return self if read is fields else replace(self, fields=read)


class RecordFinding(NamedTuple):
    """A finding and the record that it is about."""

    record: CheckedRecord[Any]
    finding: Finding


@dataclass(frozen=True, slots=True)
class OtherSubjects:
    """The other subjects that the caller sees, as far as one is held against them.

    Attributes:
        alike: codes of those who look like the same person.
        lots: lots and parts that others were given, of a product that one subject alone is given.
    """

    alike: tuple[str, ...] = ()
    lots: frozenset[tuple[str, int]] = frozenset()


NOBODY: Final = OtherSubjects()


@dataclass(frozen=True, slots=True)
class SubjectRecords:
    """What stands of one subject, each kind in the order of its days.

    Attributes:
        records: by the path of their kind; a kind of which nothing stands may be missing.
        others: what the subject is held against in the other subjects.
    """

    trial: Trial
    course: SubjectCourse
    records: Mapping[str, tuple[CheckedRecord[Any], ...]]
    others: OtherSubjects = NOBODY
    readings: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What several checks read of the records alike, made once."""

    def of_kind(self, path: str) -> tuple[CheckedRecord[Any], ...]:
        """Give the records of a kind by its path."""
        return self.records.get(path, ())

    def as_analysed(self) -> Self:
        """Give the records as rules read them; each keeps its identity."""
        return replace(
            self,
            records={
                path: tuple(record.as_analysed() for record in of_kind)
                for path, of_kind in self.records.items()
            },
        )

    @property
    def enrolment(self) -> CheckedRecord[EnrolmentFields] | None:
        """The enrolment; None where none stands."""
        return next(iter(self.of_kind("subjects")), None)

    @property
    def preparations(self) -> tuple[CheckedRecord[PreparationFields], ...]:
        """The preparations."""
        return self.of_kind("preparations")

    @property
    def infusions(self) -> tuple[CheckedRecord[InfusionFields], ...]:
        """The infusions."""
        return self.of_kind("infusions")

    @property
    def assessments(self) -> tuple[CheckedRecord[AssessmentFields], ...]:
        """The assessments."""
        return self.of_kind("assessments")

    @property
    def adverse_events(self) -> tuple[CheckedRecord[AdverseEventFields], ...]:
        """The adverse events."""
        return self.of_kind("adverse-events")

    @property
    def lab_results(self) -> tuple[CheckedRecord[LabSample], ...]:
        """The laboratory results."""
        return self.of_kind("lab-results")

    @property
    def kinetics(self) -> tuple[CheckedRecord[KineticsResultFields], ...]:
        """The kinetics."""
        return self.of_kind("kinetics")

    @property
    def visits(self) -> tuple[CheckedRecord[VisitFields], ...]:
        """The visits."""
        return self.of_kind("visits")

    @property
    def neuro_assessments(self) -> tuple[CheckedRecord[NeuroAssessmentFields], ...]:
        """The neuro assessments."""
        return self.of_kind("neuro-assessments")

    @property
    def therapies(self) -> tuple[CheckedRecord[TherapyFields], ...]:
        """The therapies."""
        return self.of_kind("therapies")

    @property
    def follow_ups(self) -> tuple[CheckedRecord[FollowUpFields], ...]:
        """The follow ups."""
        return self.of_kind("follow-ups")

    @property
    def adjudications(self) -> tuple[CheckedRecord[AdjudicationFields], ...]:
        """The adjudications."""
        return self.of_kind("adjudications")

    @property
    def deaths(self) -> tuple[CheckedRecord[FollowUpFields], ...]:
        """The follow-ups that tell of the death."""
        return tuple(
            contact for contact in self.follow_ups if contact.fields.death_date is not None
        )


RecordCheck = Callable[[CheckedRecord[Any], SubjectCourse, Trial], Iterator[Finding]]
"""Looks at one record beside the course of its subject."""

SubjectCheck = Callable[[SubjectRecords], Iterator[RecordFinding]]
"""Looks at the records of one subject beside each other."""
