"""One adverse event with what the analysis makes of it, and all those of one subject."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.services.derivations.partial_dates import ImputedPart
from app.services.derivations.record_ref import RecordRef
from app.services.derivations.safety.safety_follow_up import SafetyFollowUp, SafetyWindow
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


class Resolution(StrEnum):
    """Whether an adverse event had ended at the cut."""

    ENDED = "ended"
    NOT_ENDED = "not_ended"
    UNKNOWN = "unknown"
    """Nobody says that it goes on, nor when it ended."""


@dataclass(frozen=True, slots=True)
class IgnoredEvent:
    """A record that was ignored."""

    record: RecordRef
    reason: Ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysedAdverseEvent:
    """One record of an adverse event as the tables see it.

    Records that are linked make up one event: whether it is treatment-emergent, and in which
    window, is told of the event, and the same for each record that belongs to it.

    Attributes:
        event: the record that its event begins with: the first emergent one, else the first.
        term: its row in the tables (AEDECOD); of ICANS the trial's term for it.
        system_organ_class: of that row.
        aesi_kind: kind of special interest; CRS and ICANS are known by term and scale too.
        onset: day it began; None: nothing is known of it.
        onset_imputed: how far up the day was filled in; Y: where it counts it stands at the
            infusion. None: it is known to the day.
        onset_at: moment it began, UTC; None: the time is not known.
        end: day it ended; None: it had not by the cut, or nobody says, as ``resolution`` tells.
        study_day: ADY of the onset, without a day 0; None: never infused, or not known.
            ``end_study_day`` alike.
        period: collection period; None: outside all.
        before_infusion: it began before the infusion started.
        emerged_on: day from which it counts as after the infusion: the onset, or the infusion day
            where that is not known. None: it began before, or is no worse than what was there.
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
    """

    record: RecordRef
    event: RecordRef
    term: str
    system_organ_class: str
    aesi_kind: AesiKind | None
    onset: date | None
    onset_imputed: ImputedPart | None
    onset_at: datetime | None
    end: date | None
    end_imputed: ImputedPart | None
    resolution: Resolution
    study_day: int | None
    end_study_day: int | None
    period: CollectionPeriod | None
    before_infusion: bool
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

    @property
    def began_on(self) -> date | None:
        """The day from which it counts; None: its onset is not known and it is not emergent."""
        return self.emerged_on or self.onset

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
