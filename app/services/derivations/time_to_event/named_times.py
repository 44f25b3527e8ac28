"""What each time to an event is: how it is derived, and by which parts its definition is named.

Each is declared once, here; what it is called where people read it stands in
`app/vocabularies/times_to_event.py`.

Source: the trial's endpoint definitions, events and censoring, with the named alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.services.derivations.time_to_event.duration_of_response import (
    DurationDefinition,
    duration_of_response,
)
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_free_survival import event_free_survival
from app.services.derivations.time_to_event.event_time import EventTime
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    progression_free_survival,
)
from app.services.derivations.time_to_event.time_to_next_treatment import (
    NextTreatmentDefinition,
    time_to_next_treatment,
)
from app.services.derivations.time_to_event.time_to_progression import time_to_progression
from app.trial.policy import EfsDefinition
from app.vocabularies.times_to_event import TimeToEvent

if TYPE_CHECKING:
    from app.services.derivations.time_to_event.event_definition import EventDefinition

Part = tuple[str, Mapping[str, Any]]
"""What a part of a name is about, and what it sets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedTime:
    """One time to an event.

    Attributes:
        derive: gives the time of a subject by its definition; None: the subject has none.
        words: the events of a definition, in words.
        parts: what a name of its definition can say, in this order; the first part is about what
            every name says. What the horizon does can be said of each.
        beside: parts of which the figure is always returned beside its own.
        censored_by_regime: whether the two regimes censor it differently.
        competing: the part by which deaths compete with its event; None: they do not.
    """

    derive: Callable[[EndpointFacts, EventDefinition], EventTime | None]
    words: Callable[[EventDefinition], str]
    parts: Mapping[str, Part]
    beside: tuple[str, ...] = ()
    censored_by_regime: bool = False
    competing: str | None = None


_REGIME: Final[Mapping[str, Part]] = {
    "FDA": ("regime", {"regime": "FDA", "sensitivity": None}),
    "EMA": ("regime", {"regime": "EMA", "sensitivity": None}),
    "FDA_B": ("regime", {"regime": "FDA", "sensitivity": "FDA_B"}),
    "FDA_C": ("regime", {"regime": "FDA", "sensitivity": "FDA_C"}),
    "EMA_interval": ("regime", {"regime": "EMA", "sensitivity": "EMA_interval"}),
}
_PROGRESSION: Final[Mapping[str, Part]] = {
    "unconfirmed_pd=event": ("unconfirmed_pd", {"unconfirmed_pd": "event"}),
    "same_day_pd_newtx=censor": ("same_day_pd_newtx", {"same_day_pd_newtx": "censor"}),
}
_EFS: Final[Mapping[EfsDefinition, str]] = {
    "composite": "progression, death or new therapy",
    "death_only": "death of any cause",
    "pfs": "progression or death",
    "plus_no_response": "progression, death, new therapy or no response at month 3",
    "plus_toxicity": "progression, death, new therapy or severe CRS or ICANS",
}
_DOR: Final[Mapping[DurationDefinition, str]] = {
    "pd_or_death": "to progression or death of any cause",
    "DOR_IMWG": "to progression or death, other causes than the myeloma censored",
    "pd_related_death": "to progression or death due to the myeloma",
}
_TTNT: Final[Mapping[NextTreatmentDefinition, str]] = {
    "TTNT": "new therapy or death of any cause",
    "TTNT_therapy_only": "new therapy, deaths censored",
}


def _progression_free(facts: EndpointFacts, of: EventDefinition) -> EventTime | None:
    derive = time_to_progression if of.deaths_censored else progression_free_survival
    return derive(facts, reading=of.reading, horizon=of.horizon)


def _in_response(facts: EndpointFacts, of: EventDefinition) -> EventTime | None:
    return duration_of_response(
        facts, definition=of.dor, reading=of.reading, horizon=of.horizon, complete=of.complete
    )


NAMED_TIMES: Final[Mapping[TimeToEvent, NamedTime]] = {
    "overall-survival": NamedTime(
        derive=lambda facts, of: overall_survival(facts, horizon=of.horizon),
        words=lambda _: "death of any cause",
        parts={"any_cause": ("event", {})},
    ),
    "progression-free-survival": NamedTime(
        derive=_progression_free,
        words=lambda of: (
            f"progression{', deaths censored' if of.deaths_censored else ' or death of any cause'}"
        ),
        parts={**_REGIME, "TTP": ("event", {"deaths_censored": True}), **_PROGRESSION},
        beside=("FDA", "EMA", "unconfirmed_pd=event", "TTP"),
        censored_by_regime=True,
    ),
    "event-free-survival": NamedTime(
        derive=lambda facts, of: event_free_survival(facts, definition=of.efs, horizon=of.horizon),
        words=lambda of: _EFS[of.efs],
        parts={name: ("event", {"efs": name}) for name in _EFS},
        beside=("death_only", "pfs"),
    ),
    "duration-of-response": NamedTime(
        derive=_in_response,
        words=lambda of: f"{'complete response' if of.complete else 'response'} {_DOR[of.dor]}",
        parts={
            **_REGIME,
            "DOCR": ("response", {"complete": True}),
            **{name: ("event", {"dor": name}) for name in _DOR},
            **_PROGRESSION,
        },
        beside=("FDA", "EMA", "DOR_IMWG", "unconfirmed_pd=event", "DOCR"),
        censored_by_regime=True,
    ),
    "time-to-next-treatment": NamedTime(
        derive=lambda facts, of: time_to_next_treatment(
            facts, definition=of.ttnt, horizon=of.horizon
        ),
        words=lambda of: _TTNT[of.ttnt],
        parts={name: ("event", {"ttnt": name}) for name in _TTNT},
        beside=("TTNT_therapy_only",),
        competing="TTNT_therapy_only",
    ),
}
"""By the name in the address."""
