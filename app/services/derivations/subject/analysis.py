"""Everything that is derived of one subject, in the form that is kept.

One subject at a time: an analysis follows from the subject's own history and the trial's rules, and
all that the endpoints say of many subjects follows from analyses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from app.services.criteria.imwg.baseline import Track
from app.services.derivations.error_rules import DataError
from app.services.derivations.exposure import InfusionGiven
from app.services.derivations.kinetics.car_kinetics import CarKinetics
from app.services.derivations.laboratory.cytopenia_recovery import CytopeniaRecovery
from app.services.derivations.laboratory.lab_summary import LabSummary
from app.services.derivations.markers.pharmacodynamics import SubjectPharmacodynamics
from app.services.derivations.populations import Milestones, Population
from app.services.derivations.response.best_response import BestResponse
from app.services.derivations.response.confirmed_response import Confirmation
from app.services.derivations.response.marker_depth import MarkerDepth
from app.services.derivations.response.mrd_status import MrdSummary
from app.services.derivations.response.unconfirmed_response import UnconfirmedReason
from app.services.derivations.safety.analysed_adverse_event import SubjectAdverseEvents
from app.services.derivations.safety.haematotoxicity import Haematotoxicity
from app.services.derivations.safety.immune_toxicity import ImmuneToxicity
from app.services.derivations.sampled_values import NotPlausible
from app.services.derivations.subject_history import Characteristics
from app.services.derivations.time_to_event.facts_of_subject import Origin
from app.services.derivations.time_to_event.variants import FactsByHorizon
from app.services.derivations.visits.scheduled_visits import SubjectVisits
from app.vocabularies.adverse_events import AesiKind
from app.vocabularies.imwg import ResponseCategory, ResponseSource
from app.vocabularies.subjects import Disposition

Syndrome = Literal[AesiKind.CRS, AesiKind.ICANS]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDay:
    """One visit with its own category, what is confirmed at it and so far."""

    assessed_on: date
    category: ResponseCategory
    confirmed: ResponseCategory
    running: ResponseCategory
    state: Confirmation
    in_endpoint_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseByVisit:
    """The best response by the end of a visit's window."""

    best: ResponseCategory | None
    """None: no visit of the endpoint set by then."""
    closed: bool
    """The window has closed at the data cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseAnalysis:
    """The response of an infused subject by one source."""

    best: BestResponse
    best_urine_waived: ResponseCategory | None
    """Where VGPR and CR do not ask for unmeasurable urine; the derived categories alone."""
    days: tuple[ResponseDay, ...]
    by_visit: Mapping[str, ResponseByVisit]
    marker_depth: MarkerDepth | None
    """Best change of the tracked marker over the visits that count by this source."""
    mrd: Mapping[str, MrdSummary]
    """By threshold."""
    mrd_evaluable: bool
    """A sample could answer at the trial's threshold."""
    unconfirmed: Mapping[ResponseCategory, UnconfirmedReason]
    """By each level that a visit showed and none confirmed, why."""
    evaluable: bool
    """Measurable before treatment, and judged after it, by this source."""

    @property
    def complete(self) -> bool:
        """Whether CR or better was confirmed."""
        return self.best.first_complete_response_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedVisits:
    """How far the derived categories of an infused subject are the investigator's.

    Attributes:
        judged: derived visits that the investigator gave a category too.
        kinds: one for each visit on which the two differ.
        best_changes: visits whose other category would give another best response.
        progression_changes: the same for the day of progression.
        unanswered: visits with a lesion that nobody has called new or known.
    """

    judged: int = 0
    kinds: tuple[str, ...] = ()
    best_changes: int = 0
    progression_changes: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectAnalysis:
    """What is derived of one subject at a data cut. Members are empty before the infusion."""

    subject: str
    centre: str
    milestones: Milestones
    populations: frozenset[Population]
    screen_failed_on: date | None
    disposition: Disposition | None
    off_study_on: date | None
    died_on: date | None
    last_known_alive: date | None
    data_errors: tuple[DataError, ...]
    adverse_events: SubjectAdverseEvents
    visits: SubjectVisits
    characteristics: Characteristics
    age_years: int | None
    years_since_diagnosis: int | None
    exposure: InfusionGiven | None
    judged: JudgedVisits = JudgedVisits()
    track: Track | None = None
    scr_blocked_by_ratio: bool = False
    urine_measured: bool = False
    """There is an amount of urine M-protein at baseline."""
    clinical_relapse: bool = False
    """A sign of clinical relapse at any visit; no endpoint uses it."""
    responses: Mapping[ResponseSource, ResponseAnalysis] = field(default_factory=dict)
    facts: Mapping[tuple[ResponseSource, Origin], FactsByHorizon] = field(default_factory=dict)
    toxicity: Mapping[Syndrome, ImmuneToxicity] = field(default_factory=dict)
    laboratory: tuple[LabSummary, ...] = ()
    labs_not_analysed: Mapping[str, int] = field(default_factory=dict)
    """Laboratory results per code that names no analyte of the trial."""
    recovery: tuple[CytopeniaRecovery, ...] = ()
    haematotoxicity: Haematotoxicity | None = None
    kinetics: CarKinetics | None = None
    pharmacodynamics: SubjectPharmacodynamics | None = None
    not_plausible: tuple[NotPlausible, ...] = ()
    """Numbers that are not plausible, up to the data cut."""
