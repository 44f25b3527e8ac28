"""Every time to an event that the trial reports, by endpoint and by the name of its variant.

The trial's policy says which variant an endpoint's own figure is; the others are named
alternatives, and some of them are always returned beside it.

Source: the trial's endpoint definitions, events and censoring, with the named alternatives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from app.services.derivations.duration_of_response import duration_of_response
from app.services.derivations.endpoint_facts import EndpointFacts
from app.services.derivations.event_free_survival import event_free_survival
from app.services.derivations.overall_survival import overall_survival
from app.services.derivations.progression_free_survival import (
    EMA,
    EMA_INTERVAL,
    FDA,
    FDA_B,
    FDA_C,
    ProgressionReading,
    progression_free_survival,
)
from app.services.derivations.time_to_event import EventTime
from app.services.derivations.time_to_next_treatment import time_to_next_treatment
from app.services.derivations.time_to_progression import time_to_progression
from app.trial.policy import EfsDefinition, TimeToEventPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """The facts of one subject, with and without what came after the horizon."""

    at_horizon: EndpointFacts
    """From the records up to the earlier of data cut and horizon, confirmations among them."""
    at_cut: EndpointFacts
    """From the records up to the data cut."""
    _times: dict[tuple[str, str], EventTime | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The times that were asked for: facts never change, and cohorts are counted many times."""

    def time(self, endpoint: str, variant: str) -> EventTime | None:
        """Give the time to an event by the name of its variant; None: this subject has none."""
        key = (endpoint, variant)
        if key not in self._times:
            self._times[key] = VARIANTS[endpoint][variant](self)
        return self._times[key]


Derive = Callable[[SubjectFacts], EventTime | None]


def _os(facts: SubjectFacts) -> EventTime:
    return overall_survival(facts.at_horizon)


def _pfs(reading: ProgressionReading, facts: SubjectFacts) -> EventTime:
    return progression_free_survival(facts.at_horizon, reading=reading)


def _efs(definition: EfsDefinition, facts: SubjectFacts) -> EventTime:
    return event_free_survival(facts.at_horizon, definition=definition)


OVERALL_SURVIVAL: Final[Mapping[str, Derive]] = {
    "any_cause": _os,
    "truncate": lambda facts: overall_survival(facts.at_cut, horizon="truncate"),
    "no_horizon": lambda facts: overall_survival(facts.at_cut, horizon="none"),
}
PROGRESSION_FREE_SURVIVAL: Final[Mapping[str, Derive]] = {
    "FDA": partial(_pfs, FDA),
    "EMA": partial(_pfs, EMA),
    "FDA_B": partial(_pfs, FDA_B),
    "FDA_C": partial(_pfs, FDA_C),
    "EMA_interval": partial(_pfs, EMA_INTERVAL),
    "unconfirmed_pd=event": partial(_pfs, ProgressionReading(unconfirmed_pd="event")),
    "same_day_pd_newtx=censor": partial(_pfs, ProgressionReading(same_day_pd_newtx="censor")),
    "TTP": lambda facts: time_to_progression(facts.at_horizon),
    "truncate": lambda facts: progression_free_survival(facts.at_cut, horizon="truncate"),
    "EMA,truncate": lambda facts: progression_free_survival(
        facts.at_cut, reading=EMA, horizon="truncate"
    ),
    "no_horizon": lambda facts: progression_free_survival(facts.at_cut, horizon="none"),
}
EVENT_FREE_SURVIVAL: Final[Mapping[str, Derive]] = {
    "composite": partial(_efs, "composite"),
    "death_only": partial(_efs, "death_only"),
    "pfs": partial(_efs, "pfs"),
    "plus_no_response": partial(_efs, "plus_no_response"),
    "plus_toxicity": partial(_efs, "plus_toxicity"),
    "truncate": lambda facts: event_free_survival(facts.at_cut, horizon="truncate"),
    "no_horizon": lambda facts: event_free_survival(facts.at_cut, horizon="none"),
}
DURATION_OF_RESPONSE: Final[Mapping[str, Derive]] = {
    "FDA": lambda facts: duration_of_response(facts.at_horizon),
    "EMA": lambda facts: duration_of_response(facts.at_horizon, reading=EMA),
    "DOR_IMWG": lambda facts: duration_of_response(facts.at_horizon, definition="DOR_IMWG"),
    "pd_related_death": lambda facts: duration_of_response(
        facts.at_horizon, definition="pd_related_death"
    ),
    "unconfirmed_pd=event": lambda facts: duration_of_response(
        facts.at_horizon, reading=ProgressionReading(unconfirmed_pd="event")
    ),
    "DOCR": lambda facts: duration_of_response(facts.at_horizon, complete=True),
    "truncate": lambda facts: duration_of_response(facts.at_cut, horizon="truncate"),
    "no_horizon": lambda facts: duration_of_response(facts.at_cut, horizon="none"),
}
TIME_TO_NEXT_TREATMENT: Final[Mapping[str, Derive]] = {
    "TTNT": lambda facts: time_to_next_treatment(facts.at_horizon),
    "TTNT_therapy_only": lambda facts: time_to_next_treatment(
        facts.at_horizon, definition="TTNT_therapy_only"
    ),
    "truncate": lambda facts: time_to_next_treatment(facts.at_cut, horizon="truncate"),
    "no_horizon": lambda facts: time_to_next_treatment(facts.at_cut, horizon="none"),
}

VARIANTS: Final[Mapping[str, Mapping[str, Derive]]] = {
    "overall-survival": OVERALL_SURVIVAL,
    "progression-free-survival": PROGRESSION_FREE_SURVIVAL,
    "event-free-survival": EVENT_FREE_SURVIVAL,
    "duration-of-response": DURATION_OF_RESPONSE,
    "time-to-next-treatment": TIME_TO_NEXT_TREATMENT,
}
"""By endpoint, its variants by name; the first is the default of an unchanged policy."""

BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "overall-survival": ("truncate",),
    "progression-free-survival": ("FDA", "EMA", "unconfirmed_pd=event", "TTP", "truncate"),
    "event-free-survival": ("death_only", "pfs", "truncate"),
    "duration-of-response": (
        "FDA",
        "EMA",
        "DOR_IMWG",
        "unconfirmed_pd=event",
        "DOCR",
        "truncate",
    ),
    "time-to-next-treatment": ("TTNT_therapy_only", "truncate"),
}
"""Variants that are always returned beside an endpoint's own figure."""

ONLY_WHERE_ANY: Final = "unconfirmed_pd=event"
"""Returned only where some subject has a progression that still waits for a second visit."""


def default_variant(endpoint: str, policy: TimeToEventPolicy) -> str:
    """Give the variant that the trial's policy makes an endpoint's own figure.

    Decision: a horizon rule other than ``data_cut`` comes first; it cannot be had together with
    another departure from the defaults.
    """
    if policy.horizon_rule != "data_cut":
        return "truncate" if policy.horizon_rule == "truncate" else "no_horizon"
    match endpoint:
        case "progression-free-survival":
            return policy.regime
        case "event-free-survival":
            return policy.efs
        case "duration-of-response":
            return policy.regime if policy.dor == "pd_or_death" else policy.dor
        case _:
            return next(iter(VARIANTS[endpoint]))
