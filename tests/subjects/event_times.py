"""Subjects in a few words, as the tests of times to an event write them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.services.derivations.time_to_event.death import Death
from app.services.derivations.time_to_event.endpoint_facts import (
    AdequateVisit,
    ContactEnd,
    EndpointFacts,
)
from app.services.derivations.time_to_event.event_time import CensoringReason, EventTime, Happening
from app.trial.anchors import add_months
from app.trial.windows import VisitWindow
from app.vocabularies.imwg import ResponseCategory
from tests.subjects.course import INFUSED_ON

DATA = Path(__file__).parents[1] / "services/derivations/data"


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def on(text: str) -> Happening:
    """Something that happened on a day."""
    return Happening(day=date.fromisoformat(text))


def days_and_code(time: EventTime | None) -> tuple[int, int] | None:
    """AVAL and CNSR of a time; None: the subject is not in the set."""
    return None if time is None else (time.days, time.censored)


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def schedule(
    infused_on: date, every_days: int, window_days: int, evaluations: int = 40
) -> tuple[VisitWindow, ...]:
    """Evaluations every so many days, each with the same window on both sides."""
    margin = timedelta(days=window_days)
    targets = [infused_on + timedelta(days=every_days * n) for n in range(1, evaluations + 1)]
    return tuple(
        VisitWindow(f"V{n}", target, target - margin, target + margin, disease_evaluation=True)
        for n, target in enumerate(targets, start=1)
    )


def facts(
    *assessments: tuple[str, str],
    cut: str,
    infused: date = INFUSED_ON,
    last_alive: str | None = None,
    death: str | None = None,
    due_to_myeloma: bool | None = None,
    new_therapy: str | None = None,
    horizon_months: int | None = 36,
    every_days: int | None = 28,
    **more: Any,
) -> EndpointFacts:
    """Facts of a subject whose categories are all confirmed, as the shared cases have them."""
    data_cut = date.fromisoformat(cut)
    visits = tuple(
        AdequateVisit(day=on, category=ResponseCategory(category))
        for text, category in assessments
        if category != "NE" and (on := date.fromisoformat(text)) <= data_cut
    )
    therapy_on, died_on = day(new_therapy), day(death)
    died_after_cut = died_on is not None and died_on > data_cut
    evidence = [infused, *(visit.day for visit in visits)]
    evidence += [one for one in (therapy_on, day(last_alive)) if one is not None]
    progression = next((one.day for one in visits if one.category is ResponseCategory.PD), None)
    closing = min((one for one in (therapy_on, progression) if one is not None), default=date.max)

    def first(level: ResponseCategory) -> Happening | None:
        return next(
            (
                Happening(day=visit.day)
                for visit in visits
                if visit.day <= closing and visit.category.is_at_least(level)
            ),
            None,
        )

    given: dict[str, Any] = {
        "origin": infused,
        "infused_on": infused,
        "cut": data_cut,
        "last_known_alive": data_cut if died_after_cut else min(max(evidence), data_cut),
        "horizon": None if horizon_months is None else add_months(infused, horizon_months),
        "visits": visits,
        "progression": None if progression is None else Happening(day=progression),
        "death": None
        if died_on is None or died_after_cut
        else Death(day=died_on, due_to_myeloma=due_to_myeloma),
        "new_therapy": None
        if therapy_on is None or therapy_on > data_cut
        else Happening(day=therapy_on),
        "first_response": first(ResponseCategory.PR),
        "first_complete_response": first(ResponseCategory.CR),
        "windows": () if every_days is None else schedule(infused, every_days, 7),
    }
    return EndpointFacts(**given | more)


def facts_of(case: dict[str, Any]) -> EndpointFacts:
    """Facts of one of the shared cases."""
    told = case["input"]
    discontinued = told.get("discontinued")
    return facts(
        *told["assessments"],
        cut=told["cutoff"],
        infused=date.fromisoformat(told["infusion"]),
        last_alive=told["last_alive"],
        death=told["death"],
        due_to_myeloma=False if "death_cause" in told else None,
        new_therapy=told["new_tx"],
        horizon_months=case["horizon_months"],
        every_days=told["schedule"]["every_days"] if told["schedule"] else None,
        has_baseline=told.get("baseline", True),
        contact_end=None
        if discontinued is None
        else ContactEnd(
            day=date.fromisoformat(told["last_alive"]), reason=CensoringReason(discontinued)
        ),
    )
