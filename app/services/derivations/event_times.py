"""Every time to an event that the trial reports, by its definition.

Source: the trial's endpoint definitions, events and censoring, with the named alternatives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.services.derivations.duration_of_response import duration_of_response
from app.services.derivations.endpoint_facts import EndpointFacts
from app.services.derivations.event_definition import EventDefinition, TimeToEvent
from app.services.derivations.event_free_survival import event_free_survival
from app.services.derivations.overall_survival import overall_survival
from app.services.derivations.progression_free_survival import progression_free_survival
from app.services.derivations.time_to_event import EventTime
from app.services.derivations.time_to_next_treatment import time_to_next_treatment
from app.services.derivations.time_to_progression import time_to_progression


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """The facts of one subject, with and without what came after the horizon."""

    at_horizon: EndpointFacts
    """From the records up to the earlier of data cut and horizon, confirmations among them."""
    at_cut: EndpointFacts
    """From the records up to the data cut."""
    _times: dict[EventDefinition, EventTime | None] = field(
        default_factory=dict, compare=False, repr=False
    )
    """The times that were asked for: facts never change, and cohorts are counted many times."""

    def time(self, definition: EventDefinition) -> EventTime | None:
        """Give the time to an event by its definition; None: this subject has none."""
        if definition not in self._times:
            self._times[definition] = event_time(self, definition)
        return self._times[definition]


def event_time(subject: SubjectFacts, of: EventDefinition) -> EventTime | None:
    """Derive the time to an event by its definition; None: this subject has none.

    Where the horizon is that of the data, so are the facts: nothing confirmed after it counts.
    """
    facts = subject.at_horizon if of.horizon == "data_cut" else subject.at_cut
    time: EventTime | None
    match of.endpoint:
        case "overall-survival":
            time = overall_survival(facts, horizon=of.horizon)
        case "progression-free-survival":
            derive = time_to_progression if of.deaths_censored else progression_free_survival
            time = derive(facts, reading=of.reading, horizon=of.horizon)
        case "event-free-survival":
            time = event_free_survival(facts, definition=of.efs, horizon=of.horizon)
        case "duration-of-response":
            time = duration_of_response(
                facts,
                definition=of.dor,
                reading=of.reading,
                horizon=of.horizon,
                complete=of.complete,
            )
        case "time-to-next-treatment":
            time = time_to_next_treatment(facts, definition=of.ttnt, horizon=of.horizon)
    if time is None or of.horizon == "data_cut":
        return time
    horizon = "truncate" if of.horizon == "truncate" else "no_horizon"
    return replace(time, variant=f"{time.variant},{horizon}")


BESIDE: Final[Mapping[TimeToEvent, tuple[str, ...]]] = {
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
"""Parts of a definition that are always returned beside an endpoint's own figure, which is of the
same definition in all else."""

ONLY_WHERE_ANY: Final = "unconfirmed_pd=event"
"""Returned only where some subject has a progression that still waits for a second visit."""
