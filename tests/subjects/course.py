"""Records of one subject in a few words, infused on 15 January 2024."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Marrow
from app.services.derivations.sampled_values import KineticsSample, LabValue, NeuroAssessment
from app.services.derivations.subject_history import (
    AdverseEvent,
    Assessment,
    Enrolment,
    FollowUp,
    Infusion,
    Preparation,
    SubjectHistory,
    Therapy,
    Visit,
)
from app.vocabularies.follow_up import SurvivalStatus
from app.vocabularies.kinetics import KineticsMethod
from app.vocabularies.specimens import Matrix
from app.vocabularies.therapies import TherapyKind
from app.vocabularies.visits import VisitStatus
from tests.subjects import base
from tests.subjects.base import days, ref

INFUSED_ON = date(2024, 1, 15)


def midnight(on: str) -> datetime:
    """The first moment of a day."""
    return datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC)


def history(*, cut: str = "2025-02-18", infused: bool = True, **records: Any) -> SubjectHistory:
    """A subject whom nobody knows anything of but the infusion, and what is said here."""
    infusions = {"infusions": (infusion(),) if infused else ()}
    return base.history(data_cut=date.fromisoformat(cut), **infusions | records)


def infusion(on: str = "2024-01-15", number: int = 1, **more: Any) -> Infusion:
    return base.infusion(midnight(on), number, **more)


def enrolment(on: str | None = "2023-12-01", **more: Any) -> Enrolment:
    return base.enrolment(date.fromisoformat(on) if on else None, **more)


def visit(code: str, on: str | None, status: VisitStatus = VisitStatus.DONE) -> Visit:
    day = date.fromisoformat(on) if on else None
    return Visit(record=ref("visits"), code=code, status=status, visited_on=day)


def assessment(on: str, *, marrow: str | None = None, number: int = 1, **more: Any) -> Assessment:
    """An evaluation of which only the days matter here."""
    evaluation = DiseaseEvaluation(
        evaluation_id=f"evaluation {number}",
        anchor=date.fromisoformat(on),
        marrow=Marrow(collected_on=date.fromisoformat(marrow)) if marrow else None,
    )
    return Assessment(record=ref("assessments", number), evaluation=evaluation, **more)


def therapy(
    start: str,
    kind: TherapyKind = TherapyKind.NEW_ANTI_MYELOMA,
    *,
    end: str | None = None,
    number: int = 1,
    **more: Any,
) -> Therapy:
    return Therapy(
        record=ref("therapies", number),
        kind=kind,
        start=days(start),
        end=days(end) if end else None,
        **more,
    )


def follow_up(status: SurvivalStatus, on: str, *, number: int = 1, **more: Any) -> FollowUp:
    return FollowUp(record=ref("follow-ups", number), contacted_on=days(on), status=status, **more)


def alive(on: str, number: int = 1) -> FollowUp:
    return follow_up(SurvivalStatus.ALIVE, on, number=number)


def died(on: str, *, told: str | None = None, number: int = 9, **more: Any) -> FollowUp:
    return follow_up(
        SurvivalStatus.DIED, told or "2026-01-01", number=number, death=days(on), **more
    )


def lost(last_contact: str, *, declared: str, number: int = 5) -> FollowUp:
    return follow_up(
        SurvivalStatus.LOST, declared, number=number, last_contact_on=days(last_contact)
    )


def adverse_event(
    onset: str, *, end: str | None = None, number: int = 1, **more: Any
) -> AdverseEvent:
    return AdverseEvent(
        record=ref("adverse-events", number),
        term="Nausea",
        system_organ_class="Gastrointestinal disorders",
        onset=days(onset),
        end=days(end) if end else None,
        **more,
    )


def lab_value(on: str, number: int = 1) -> LabValue:
    return LabValue(record=ref("lab-results", number), analyte="HGB", collected=days(on))


def sample(on: str, **more: Any) -> KineticsSample:
    return KineticsSample(
        record=ref("kinetics"),
        matrix=Matrix.PB,
        method=KineticsMethod.QPCR,
        collected=days(on),
        **more,
    )


def neuro_assessment(on: str) -> NeuroAssessment:
    return NeuroAssessment(record=ref("neuro-assessments"), assessed_at=midnight(on))


def preparation(number: int = 1, **more: Any) -> Preparation:
    return Preparation(record=ref("preparations", number), **more)


def but(history: SubjectHistory, **records: Any) -> SubjectHistory:
    """The same subject with other records."""
    return replace(history, **records)
