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
from app.services.derivations.error_rules import DataError
from app.services.derivations.possible_days import PossibleDays
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.sampled_values import (
    KineticsSample,
    LabValue,
    NeuroAssessment,
    NotPlausible,
)
from app.trial.policy import LymphodepletionPolicy
from app.vocabularies.adverse_events import AesiKind, Outcome, SeriousnessCriterion
from app.vocabularies.follow_up import DeathCause, SurvivalStatus, WithdrawalScope
from app.vocabularies.imwg import HeavyChain, LightChain, PdBasis, ResponseCategory
from app.vocabularies.preparations import PreparationOutcome
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
            infusion
            for infusion in self.infusions
            if infusion.day <= self.data_cut
            or not self.may_have_seen(infusion.record, infusion.day)
        ]
        return min(infused, key=lambda infusion: infusion.started_at, default=None)

    @property
    def infused_on(self) -> date | None:
        """The infusion day, day 0; None: never infused, up to the cut."""
        infusion = self.first_infusion
        return infusion.day if infusion else None
