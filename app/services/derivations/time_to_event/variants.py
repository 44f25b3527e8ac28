"""Every time to an event that the trial reports, by its definition.

Source: the trial's endpoint definitions, events and censoring, with the named alternatives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_definition import EventDefinition
from app.services.derivations.time_to_event.event_time import EventTime
from app.services.derivations.time_to_event.named_times import NAMED_TIMES
from app.vocabularies.times_to_event import TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsByHorizon:
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


def event_time(subject: FactsByHorizon, of: EventDefinition) -> EventTime | None:
    """Derive the time to an event by its definition; None: this subject has none.

    Where the horizon is that of the data, so are the facts: nothing confirmed after it counts.
    """
    facts = subject.at_horizon if of.horizon == "data_cut" else subject.at_cut
    time = NAMED_TIMES[of.endpoint].derive(facts, of)
    if time is None or of.horizon == "data_cut":
        return time
    horizon = "truncate" if of.horizon == "truncate" else "no_horizon"
    return replace(time, variant=f"{time.variant},{horizon}")


BESIDE: Final[Mapping[TimeToEvent, tuple[str, ...]]] = {
    name: (*time.beside, "truncate") for name, time in NAMED_TIMES.items()
}
"""Parts of a definition that are always returned beside an endpoint's own figure, which is of the
same definition in all else."""

ONLY_WHERE_ANY: Final = "unconfirmed_pd=event"
"""Returned only where some subject has a progression that still waits for a second visit."""
