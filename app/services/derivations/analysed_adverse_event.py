"""One adverse event with what the analysis makes of it, and all those of one subject."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.services.derivations.partial_dates import ImputedPart
from app.services.derivations.safety_follow_up import SafetyFollowUp, SafetyWindow
from app.services.derivations.subject_history import RecordRef
from app.vocabularies.adverse_events import AesiKind, CollectionPeriod
from app.vocabularies.follow_up import DeathCause


class LeftOut(StrEnum):
    """Why an adverse event counts in no incidence; it stays listed."""

    SYMPTOM = "symptom"
    """It is the sign of another event that counts."""
    PROGRESSION = "progression"
    """Progressive disease itself; it is an efficacy endpoint."""
    PREGNANCY = "pregnancy"
    """Reported, and counted among the kinds of special interest, but no adverse event."""


class Ignored(StrEnum):
    """Why a record was ignored."""

    AFTER_CUT = "after_cut"
    """It began after the data cut; no error."""
    ONSET_AFTER_DEATH = "onset_after_death"
    END_AFTER_DEATH = "end_after_death"
    END_BEFORE_ONSET = "end_before_onset"

    @property
    def is_data_error(self) -> bool:
        """Whether its dates contradict others: a data error of the class ``record``."""
        return self is not Ignored.AFTER_CUT


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A record that was ignored."""

    record: RecordRef
    reason: Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedAdverseEvent:
    """One adverse event as the tables see it.

    Attributes:
        term: its row in the tables (AEDECOD); of ICANS the trial's term for it.
        system_organ_class: of that row.
        aesi_kind: kind of special interest; CRS and ICANS are known by term and scale too.
        onset: day it began, with the part of it that was filled in.
        onset_at: moment it began, UTC; None: the time is not known.
        end: day it ended; None: it had not by the cut, or nobody says.
        study_day: ADY of the onset, without a day 0; None: never infused. ``end_study_day`` alike.
        period: collection period; None: outside all.
        emerged_on: day from which it counts as after the infusion: the onset, or the infusion day
            of a worsening that kept the onset of the first record. None: it began before.
        treatment_emergent: TRTEMFL.
        in_primary_window: treatment-emergent within the trial's primary period.
        to_horizon: in the second table: serious, special interest or related, up to the horizon.
        left_out: why it counts in no incidence; None: it counts.
        grade: 1 to 5 on the scale of the tables of terms; None: not graded.
        special_interest_grade: 1 to 5 on the scale of the tables of special interest.
        astct_grade: 1 to 5 of a CRS or ICANS; None: not graded, or another event.
        related: to any study treatment; a causality that nobody judged counts by the trial's rule.
        causality_missing: nobody judged it.
        fatal: the event that the subject died of.
        part_of_episode: first event of the episode that it continues.
    """

    record: RecordRef
    term: str
    system_organ_class: str
    aesi_kind: AesiKind | None
    onset: date
    onset_imputed: ImputedPart | None
    onset_at: datetime | None
    end: date | None
    end_imputed: ImputedPart | None
    study_day: int | None
    end_study_day: int | None
    period: CollectionPeriod | None
    emerged_on: date | None
    treatment_emergent: bool
    in_primary_window: bool
    to_horizon: bool
    left_out: LeftOut | None
    grade: int | None
    special_interest_grade: int | None
    astct_grade: int | None
    serious: bool
    related: bool
    related_to_car_t: bool
    causality_missing: bool
    fatal: bool
    part_of_episode: uuid.UUID | None

    def within(self, window: SafetyWindow) -> bool:
        """Tell whether it belongs to a window, counted in incidence or not."""
        match window:
            case SafetyWindow.TREATMENT_EMERGENT:
                return self.treatment_emergent
            case SafetyWindow.PRIMARY:
                return self.in_primary_window
            case SafetyWindow.TO_HORIZON:
                return self.to_horizon
            case SafetyWindow.EARLIER_LYMPHODEPLETION:
                return self.period is CollectionPeriod.EARLIER_LYMPHODEPLETION
            case SafetyWindow.LYMPHODEPLETION:
                return self.period is CollectionPeriod.LYMPHODEPLETION


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAdverseEvents:
    """The adverse events of one subject, in the order of their onsets.

    Attributes:
        death_cause: of a death up to the cut; None: alive, or no cause was given.
        ignored: records that count nowhere.
    """

    subject: str
    centre: str
    follow_up: SafetyFollowUp
    death_cause: DeathCause | None
    events: tuple[AnalysedAdverseEvent, ...]
    ignored: tuple[IgnoredEvent, ...]

    def counted(
        self, window: SafetyWindow, *, also: Iterable[LeftOut] = ()
    ) -> tuple[AnalysedAdverseEvent, ...]:
        """Give the events of a window that count in incidence, and those left out for ``also``."""
        kept = {None, *also}
        return tuple(
            event for event in self.events if event.left_out in kept and event.within(window)
        )
