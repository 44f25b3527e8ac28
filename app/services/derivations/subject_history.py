"""Everything that is known of one subject at a data cut, as plain values.

A derivation reads a :class:`SubjectHistory` and nothing else: it runs in a notebook as it does
here. Values are as the centre sent them, in the unit they were sent in; no date is imputed here.
Voided records are not in it. ``None`` means not known, or has not happened.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from app.services.criteria.imwg.evaluation import DiseaseEvaluation
from app.services.criteria.imwg.usable import MyelomaType
from app.services.derivations.error_effects import ErrorClass
from app.trial.policy import LymphodepletionPolicy
from app.vocabularies.adverse_events import AesiKind, Outcome, SeriousnessCriterion
from app.vocabularies.concept import Concept
from app.vocabularies.follow_up import DeathCause, SurvivalStatus, WithdrawalScope
from app.vocabularies.imwg import HeavyChain, LightChain, PdBasis, ResponseCategory
from app.vocabularies.kinetics import KineticsMethod, NotEvaluableReason, QuantificationState
from app.vocabularies.laboratory import Comparator, QualitativeResult
from app.vocabularies.preparations import PreparationOutcome
from app.vocabularies.specimens import Matrix, Specimen
from app.vocabularies.subjects import (
    Disposition,
    ExtramedullaryDisease,
    IssStage,
    Refractoriness,
    Sex,
)
from app.vocabularies.therapies import (
    ALWAYS_NEW_ANTI_MYELOMA,
    NEW_THERAPY_TARGETS,
    BloodProduct,
    RadiotherapyTarget,
    TherapyKind,
)
from app.vocabularies.visits import VisitStatus

NOTHING_SAID: Final = MyelomaType()
"""The enrolment does not say which protein the myeloma makes."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """The version of a record that a value rests on."""

    kind: str
    """Path of its kind, such as ``adverse-events``."""
    record_id: uuid.UUID
    version: int


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


@dataclass(frozen=True, slots=True)
class PossibleDays:
    """A date as far as it is known: the days it can mean, and the instant where the time is known.

    ``2026-03`` can mean each day of March; a full date means one, and so does a moment: its civil
    day in the time zone of the record's centre.
    """

    earliest: date
    latest: date
    instant: datetime | None = None
    """None: the time is not known."""
    observed_by: date | None = field(default=None, compare=False)
    """Of a partial date, the day by which it was recorded: no day imputed for it is later."""

    @property
    def day(self) -> date | None:
        """The day; None where it is known only to the month or year."""
        return self.earliest if self.earliest == self.latest else None

    @property
    def month_known(self) -> bool:
        """Whether every day it can mean lies in one month."""
        return (self.earliest.year, self.earliest.month) == (self.latest.year, self.latest.month)

    @classmethod
    def on(cls, day: date) -> "PossibleDays":
        """Give a date that is known to the day."""
        return cls(day, day)


def may_cover(start: PossibleDays | None, end: PossibleDays | None, day: date) -> bool:
    """Tell whether what began and ended on these days may have been there on a day.

    Args:
        start: None: nothing is known of it.
        end: None: it goes on, or its end is not known.
    """
    began = start is None or start.earliest <= day
    return began and (end is None or day <= end.latest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """What was known of a subject and its myeloma before treatment, as the enrolment says it."""

    sex: Sex | None = None
    year_of_birth: int | None = None
    year_of_diagnosis: int | None = None
    heavy_chain: HeavyChain | None = None
    light_chain: LightChain | None = None
    iss: IssStage | None = None
    r_iss: IssStage | None = None
    extramedullary_disease: ExtramedullaryDisease | None = None
    marrow_plasma_cells: Decimal | None = None
    """% at screening."""
    ecog: int | None = None
    prior_lines: int | None = None
    prior_autologous_transplant: bool | None = None
    prior_bcma_therapy: bool | None = None
    refractoriness: Refractoriness | None = None
    refractory_to_last_line: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the enrolment record says that a derivation needs."""

    record: RecordRef
    consented_on: date | None = None
    eligible: bool = True
    """No eligibility criterion was answered as not met."""
    enrolled_on: date | None = None
    """Day the subject claimed a slot."""
    screen_failed_on: date | None = None
    disposition: Disposition | None = None
    off_study_on: date | None = None
    myeloma: MyelomaType = NOTHING_SAID
    characteristics: Characteristics = Characteristics()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """One way to an infusion; days are in their order."""

    record: RecordRef
    leukapheresis_on: tuple[date, ...] = ()
    bridging_from: PossibleDays | None = None
    bridged: bool | None = None
    """Bridging was given; None: not said."""
    lymphodepletion: tuple[PossibleDays, ...] = ()
    """Doses, each to the day or to the minute."""
    outcome: PreparationOutcome | None = None
    """How it ended; None: not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """One infusion of CAR-T cells, or one part of it."""

    record: RecordRef
    started_at: datetime
    """On the clock of the centre."""
    planned: bool = True
    preparation: uuid.UUID | None = None
    """The preparation that led to it."""
    part: int = 1
    dose: Decimal | None = None
    """CAR+ T cells given, 10^6/kg."""
    planned_dose: Decimal | None = None
    """CAR+ T cells planned, 10^6/kg."""
    out_of_specification: bool | None = None
    viability: Decimal | None = None
    """Viable cells of the product, %."""
    vector_copy_number: Decimal | None = None
    """Vector copies per transduced cell."""
    transduction: Decimal | None = None
    """CAR+ cells among the T cells of the product, %."""

    @property
    def day(self) -> date:
        """The date on the centre's clock."""
        return self.started_at.date()

    @property
    def began(self) -> PossibleDays:
        """The start as a moment that others are ordered by."""
        return PossibleDays(self.day, self.day, self.started_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigatorResponse:
    """A category that a person gave an evaluation: the investigator, or a reviewer."""

    category: ResponseCategory
    pd_basis: PdBasis | None = None
    dated: date | None = None
    """Day of the category; None: the day of the evaluation."""
    progression_confirmed: bool | None = None
    """Whoever judged it says that the progression was confirmed; None: not said."""
    record: RecordRef | None = None
    """The adjudication; None: the evaluation's own record says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One disease evaluation: what was measured, and what people made of it."""

    record: RecordRef
    evaluation: DiseaseEvaluation
    visit: str | None = None
    investigator: InvestigatorResponse | None = None
    adjudicated: InvestigatorResponse | None = None
    not_plausible_on: tuple[date, ...] = ()
    """Days on which components were collected whose values are not plausible and left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit; ``visited_on`` None: it did not take place, or its day is not known."""

    record: RecordRef
    code: str
    status: VisitStatus
    visited_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Therapy:
    """One concomitant or subsequent therapy."""

    record: RecordRef
    kind: TherapyKind
    start: PossibleDays | None
    """None: nothing is known of it."""
    end: PossibleDays | None = None
    ongoing: bool | None = None
    name: str | None = None
    radiotherapy_target: RadiotherapyTarget | None = None
    blood_product: BloodProduct | None = None
    given_for: tuple[uuid.UUID, ...] = ()
    """The adverse events it was given for."""
    starts_new_line: bool | None = None
    """It begins a new line of anti-myeloma therapy; None: not said."""

    @property
    def is_anti_myeloma(self) -> bool:
        """Whether it is new anti-myeloma therapy when given after the infusion.

        Source: the trial's endpoint definitions, time to event, N.
        """
        return (
            self.kind in ALWAYS_NEW_ANTI_MYELOMA
            or self.radiotherapy_target in NEW_THERAPY_TARGETS
            or self.starts_new_line is True
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One contact, or why there will be none."""

    record: RecordRef
    contacted_on: PossibleDays
    status: SurvivalStatus
    last_contact_on: PossibleDays | None = None
    """Of a subject lost: the last day known alive."""
    withdrawal_scope: WithdrawalScope | None = None
    withdrew_on: date | None = None
    death: PossibleDays | None = None
    death_cause: DeathCause | None = None
    death_due_to_myeloma: bool | None = None
    adverse_event: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One adverse event, with its highest grade."""

    record: RecordRef
    term: str
    system_organ_class: str
    onset: PossibleDays | None
    """None: nothing is known of it."""
    end: PossibleDays | None = None
    ongoing: bool | None = None
    first_recorded: PossibleDays | None = None
    """When its first version was recorded; None: not known."""
    other_specify: str | None = None
    meddra_pt: str | None = None
    """MedDRA preferred term code, as the centre coded the event."""
    grade: int | None = None
    """CTCAE 5.0, 1 to 5."""
    astct_grade: int | None = None
    """ASTCT 2019 grade of CRS or ICANS, 0 to 5."""
    outcome: Outcome | None = None
    serious: bool | None = None
    seriousness_criteria: tuple[SeriousnessCriterion, ...] = ()
    related: bool | None = None
    """To any study treatment by the investigator; None: causality was not judged."""
    related_to_car_t: bool | None = None
    aesi_kind: AesiKind | None = None
    worsening_of: uuid.UUID | None = None
    symptom_of: uuid.UUID | None = None
    part_of_episode: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabValue:
    """One laboratory result as reported."""

    record: RecordRef
    analyte: str
    """Our code where the analyte is of the trial's list, else the sender's."""
    collected: PossibleDays
    sent_as: str | None = None
    """The code it was sent under: of urea it says what was weighed, urea or its nitrogen."""
    visit: str | None = None
    value: Decimal | None = None
    comparator: Comparator | None = None
    unit: str | None = None
    coded_value: QualitativeResult | None = None
    lower_limit: Decimal | None = None
    """Of the laboratory's reference range, in the unit of the value."""
    upper_limit: Decimal | None = None
    lloq: Decimal | None = None
    uloq: Decimal | None = None
    specimen: Specimen | None = None
    sample_id: str | None = None
    fasting: bool | None = None
    method: str | None = None
    spurious: bool = False
    clinically_significant: bool | None = None
    """The investigator's flag; None: not judged."""
    adverse_event: uuid.UUID | None = None
    transfused_before: bool | None = None
    g_csf_before: bool | None = None
    not_plausible: bool = False
    """No living person can have the number that was sent, and nobody confirmed it: the value is
    left out, and the sample is still evidence of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KineticsSample:
    """One assay of one sample for CAR-T cells."""

    record: RecordRef
    matrix: Matrix
    method: KineticsMethod
    collected: PossibleDays
    visit: str | None = None
    nominal_day: int | None = None
    infusion: uuid.UUID | None = None
    value: Decimal | None = None
    unit: str | None = None
    lloq: Decimal | None = None
    lod: Decimal | None = None
    state: QuantificationState | None = None
    """As the laboratory stated it; None: value and limits tell."""
    not_evaluable: NotEvaluableReason | None = None
    spurious: bool = False
    cd3_per_ul: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeuroAssessment:
    """One neurological assessment, as far as the derivations look at it."""

    record: RecordRef
    assessed_at: datetime
    """On the clock of the centre."""
    icans_grade: int | None = None
    """ASTCT grade from its parts; None: they do not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlausible:
    """A number that no living person can have, which nobody confirmed and no rule reads."""

    record: RecordRef
    member: str
    """The member of the record, or our code of the analyte."""
    day: date | None
    """Of the record; None: it has no day of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectHistory:
    """One subject as the database knew it at a data cut.

    Attributes:
        data_cut: last clinical day that counts (X); records dated after it are in the history all
            the same, and each derivation leaves them out by its own rule.
        horizon_months: months from the infusion after which nothing counts.
        course_gap_days: most days between two doses of one course of lymphodepletion.
        enrolment: None: there is no enrolment that stands.
        infusions: every infusion of cells, first to last.
        visits_after_infusion: codes of the visits planned after the infusion day: what names one
            on that day, without a time, was drawn after the infusion.
        recorded_on: by record, the latest date that a calendar of the world showed when the version
            that stands was recorded; of one that is not in it nothing is held against that.
        set_aside: what the records say that cannot be, and that the rest of the history is
            without.
    """

    subject: str
    centre: str
    data_cut: date
    horizon_months: int
    course_gap_days: int = LymphodepletionPolicy().course_gap_days
    enrolment: Enrolment | None = None
    preparations: tuple[Preparation, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    visits: tuple[Visit, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    lab_values: tuple[LabValue, ...] = ()
    kinetics: tuple[KineticsSample, ...] = ()
    neuro_assessments: tuple[NeuroAssessment, ...] = ()
    visits_after_infusion: frozenset[str] = frozenset()
    recorded_on: Mapping[uuid.UUID, date] = field(default_factory=dict)
    set_aside: tuple[DataError, ...] = ()
    not_plausible: tuple[NotPlausible, ...] = ()
    """Numbers that are not plausible and in none of the values above."""

    def may_have_seen(self, record: RecordRef, day: date) -> bool:
        """Tell whether what a record dates on a day can have been observed when it was recorded.

        Source: the trial's endpoint definitions, section 1, if it can have been observed.
        """
        recorded_on = self.recorded_on.get(record.record_id)
        return recorded_on is None or day <= recorded_on

    @property
    def first_infusion(self) -> Infusion | None:
        """The infusion that every endpoint counts from; None: never infused, up to the cut.

        An infusion that is dated later than it was recorded took place all the same, on a day that
        nobody knows.
        """
        infused = [
            one
            for one in self.infusions
            if one.day <= self.data_cut or not self.may_have_seen(one.record, one.day)
        ]
        return min(infused, key=lambda infusion: infusion.started_at, default=None)

    @property
    def infused_on(self) -> date | None:
        """The infusion day, day 0; None: never infused, up to the cut."""
        infusion = self.first_infusion
        return infusion.day if infusion else None
