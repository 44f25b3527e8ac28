"""The whole definition of a time to an event: its regime, its events, and what the horizon does.

A name such as ``EMA,unconfirmed_pd=event`` says where a definition departs from the trial's policy;
what it does not say is as the policy has it. So a figure's alternatives are of its own regime.

Source: the trial's endpoint definitions, events and censoring, with the named alternatives; the
trial's protocol, policies, ``tte.regime``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from app.services.derivations.time_to_event.duration_of_response import DurationDefinition
from app.services.derivations.time_to_event.endpoint_facts import HorizonRule
from app.services.derivations.time_to_event.named_times import NAMED_TIMES, Part
from app.services.derivations.time_to_event.progression_free_survival import (
    ProgressionReading,
    Regime,
    Sensitivity,
)
from app.services.derivations.time_to_event.time_to_next_treatment import NextTreatmentDefinition
from app.trial.policy import EfsDefinition, TimeToEventPolicy
from app.vocabularies.times_to_event import TIMES_TO_EVENT, TimeToEvent

CENSORED_BY_REGIME: Final = frozenset(
    name for name, time in NAMED_TIMES.items() if time.censored_by_regime
)
"""The endpoints that the two regimes censor differently."""

_HORIZON: Final[Mapping[str, Part]] = {
    "data_cut": ("horizon", {"horizon": "data_cut"}),
    "truncate": ("horizon", {"horizon": "truncate"}),
    "no_horizon": ("horizon", {"horizon": "none"}),
}
PARTS: Final[Mapping[TimeToEvent, Mapping[str, Part]]] = {
    name: {**NAMED_TIMES[name].parts, **_HORIZON} for name in TIMES_TO_EVENT
}
"""By endpoint, the parts that a name can have, in the order in which it has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDefinition:
    """What makes one figure of a time to an event; of another endpoint's members none is read."""

    endpoint: TimeToEvent
    regime: Regime = "FDA"
    sensitivity: Sensitivity | None = None
    unconfirmed_pd: Literal["no_event", "event"] = "no_event"
    same_day_pd_newtx: Literal["event", "censor"] = "event"
    deaths_censored: bool = False
    """Time to progression (TTP)."""
    efs: EfsDefinition = "composite"
    dor: DurationDefinition = "pd_or_death"
    complete: bool = False
    """Of a complete response (DOCR)."""
    ttnt: NextTreatmentDefinition = "TTNT"
    horizon: HorizonRule = "data_cut"

    @property
    def reading(self) -> ProgressionReading:
        """How progression-free survival is read."""
        return ProgressionReading(
            regime=self.regime,
            sensitivity=self.sensitivity,
            unconfirmed_pd=self.unconfirmed_pd,
            same_day_pd_newtx=self.same_day_pd_newtx,
        )

    def name(self, policy: TimeToEventPolicy) -> str:
        """Give the name by which the whole definition is asked for under a policy.

        A part that is the usual one, of the endpoint and of the policy, is left out; what a name
        begins with, such as the regime, never is.
        """
        usual = (EventDefinition(endpoint=self.endpoint), of_policy(self.endpoint, policy))
        parts = PARTS[self.endpoint]
        first = next(iter(parts.values()))[0]
        said = [
            name
            for name, (about, sets) in parts.items()
            if _has(self, sets)
            and (about == first or not all(_has(definition, sets) for definition in usual))
        ]
        return ",".join(said)

    @property
    def words(self) -> str:
        """The whole definition in words."""
        return ", ".join(_words(self))

    def but(self, part: str) -> "EventDefinition":
        """Give the same definition but for one part of its name."""
        return replace(self, **PARTS[self.endpoint][part][1])


def _has(definition: EventDefinition, sets: Mapping[str, Any]) -> bool:
    return all(getattr(definition, name) == value for name, value in sets.items())


def of_policy(endpoint: TimeToEvent, policy: TimeToEventPolicy) -> EventDefinition:
    """Give the definition that the trial's policy makes an endpoint's own figure."""
    return EventDefinition(
        endpoint=endpoint,
        regime=policy.regime,
        efs=policy.efs,
        dor=policy.dor,
        horizon=policy.horizon_rule,
    )


def definition_of(
    endpoint: TimeToEvent, variant: str | None, policy: TimeToEventPolicy
) -> EventDefinition:
    """Give the definition that a name asks for; None: that of the policy.

    Args:
        endpoint: which time.
        variant: parts by their names, in any order, between commas.
        policy: of the trial; it says what the name does not.

    Raises:
        ValueError: a part that the endpoint does not have, or two parts about one thing.
    """
    definition = of_policy(endpoint, policy)
    said: set[str] = set()
    for part in variant.split(",") if variant is not None else ():
        if part not in PARTS[endpoint]:
            raise ValueError("the endpoint has no such definition")
        about = PARTS[endpoint][part][0]
        if about in said:
            raise ValueError("two parts of the definition are about the same thing")
        said.add(about)
        definition = definition.but(part)
    return definition


_CENSORING: Final[Mapping[Regime, str]] = {
    "FDA": "FDA regime: new therapy and two missed evaluations censor",
    "EMA": "EMA regime: new therapy and missed evaluations do not censor",
}
_SENSITIVITIES: Final[Mapping[Sensitivity, str]] = {
    "FDA_B": "progression dated to the next scheduled evaluation",
    "FDA_C": "clinical progression an event",
    "EMA_interval": "progression dated half way to the evaluation before",
}
_AT_HORIZON: Final[Mapping[HorizonRule, str]] = {
    "data_cut": "nothing after the horizon counts",
    "truncate": "derived from all data and cut at the horizon",
    "none": "no horizon",
}


def _words(of: EventDefinition) -> list[str]:
    said = [NAMED_TIMES[of.endpoint].words(of)]
    if of.endpoint in CENSORED_BY_REGIME:
        said.append(_CENSORING[of.regime])
        if of.sensitivity is not None:
            said.append(_SENSITIVITIES[of.sensitivity])
        counts = "an" if of.unconfirmed_pd == "event" else "no"
        said.append(f"unconfirmed progression {counts} event")
        if of.same_day_pd_newtx == "censor":
            said.append("progression on the day of new therapy censored")
    return [*said, _AT_HORIZON[of.horizon]]
