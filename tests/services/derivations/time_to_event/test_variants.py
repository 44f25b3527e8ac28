"""Which definition of a time to an event is an endpoint's own figure, and what it derives."""

from typing import Any

import pytest

from app.services.derivations.time_to_event.event_definition import (
    PARTS,
    EventDefinition,
    definition_of,
    of_policy,
)
from app.services.derivations.time_to_event.variants import BESIDE, FactsByHorizon, event_time
from app.trial.policy import TimeToEventPolicy
from app.vocabularies.times_to_event import TimeToEvent
from tests.subjects.event_times import facts

OS: TimeToEvent = "overall-survival"
PFS: TimeToEvent = "progression-free-survival"
EFS: TimeToEvent = "event-free-survival"
DOR: TimeToEvent = "duration-of-response"
TTNT: TimeToEvent = "time-to-next-treatment"
USUAL = TimeToEventPolicy()


@pytest.mark.parametrize(
    ("endpoint", "policy", "name"),
    [
        (OS, {}, "any_cause"),
        (PFS, {}, "FDA"),
        (EFS, {}, "composite"),
        (DOR, {}, "FDA"),
        (TTNT, {}, "TTNT"),
        (OS, {"regime": "EMA"}, "any_cause"),
        (PFS, {"regime": "EMA"}, "EMA"),
        (DOR, {"regime": "EMA"}, "EMA"),
        (TTNT, {"regime": "EMA"}, "TTNT"),
        (EFS, {"efs": "death_only"}, "death_only"),
        (PFS, {"efs": "death_only"}, "FDA"),
        (DOR, {"dor": "DOR_IMWG"}, "FDA,DOR_IMWG"),
        (DOR, {"dor": "pd_related_death", "regime": "EMA"}, "EMA,pd_related_death"),
        (PFS, {"dor": "DOR_IMWG"}, "FDA"),
        (OS, {"horizon_rule": "truncate"}, "any_cause,truncate"),
        (TTNT, {"horizon_rule": "none"}, "TTNT,no_horizon"),
        (PFS, {"horizon_rule": "truncate", "regime": "EMA"}, "EMA,truncate"),
        (
            DOR,
            {"horizon_rule": "none", "regime": "EMA", "dor": "DOR_IMWG"},
            "EMA,DOR_IMWG,no_horizon",
        ),
    ],
)
def test_the_policy_says_the_endpoints_own_figure(
    endpoint: TimeToEvent, policy: dict[str, Any], name: str
) -> None:
    own = of_policy(endpoint, TimeToEventPolicy(**policy))
    assert own.name(TimeToEventPolicy(**policy)) == name
    assert definition_of(endpoint, name, TimeToEventPolicy(**policy)) == own


@pytest.mark.parametrize(
    ("variant", "policy", "name"),
    [
        ("truncate", {}, "FDA,truncate"),
        ("truncate", {"regime": "EMA"}, "EMA,truncate"),
        ("unconfirmed_pd=event", {"regime": "EMA"}, "EMA,unconfirmed_pd=event"),
        ("EMA,unconfirmed_pd=event", {}, "EMA,unconfirmed_pd=event"),
        ("unconfirmed_pd=event,EMA", {}, "EMA,unconfirmed_pd=event"),
        ("TTP", {"regime": "EMA"}, "EMA,TTP"),
        ("TTP,truncate", {}, "FDA,TTP,truncate"),
        ("FDA_B", {"regime": "EMA"}, "FDA_B"),
        ("EMA_interval,unconfirmed_pd=event", {}, "EMA_interval,unconfirmed_pd=event"),
        ("FDA", {"horizon_rule": "truncate"}, "FDA,truncate"),
        ("FDA,data_cut", {"horizon_rule": "truncate"}, "FDA,data_cut"),
        ("FDA", {"regime": "EMA"}, "FDA"),
    ],
)
def test_what_a_name_does_not_say_is_the_policys(
    variant: str, policy: dict[str, Any], name: str
) -> None:
    rules = TimeToEventPolicy(**policy)
    found = definition_of(PFS, variant, rules)
    assert found.name(rules) == name
    assert definition_of(PFS, name, rules) == found


@pytest.mark.parametrize(
    ("endpoint", "variant"),
    [
        pytest.param(OS, "EMA", id="another endpoint's"),
        pytest.param(PFS, "FDA,EMA", id="two regimes"),
        pytest.param(PFS, "FDA,FDA", id="one twice"),
        pytest.param(PFS, "EMA,FDA_B", id="a sensitivity of the other regime"),
        pytest.param(PFS, "truncate,no_horizon", id="two horizons"),
        pytest.param(PFS, "EMA,", id="an empty part"),
        pytest.param(PFS, "", id="nothing"),
        pytest.param(PFS, "ema", id="another spelling"),
        pytest.param(DOR, "DOR_IMWG,pd_related_death", id="two kinds of death"),
        pytest.param(EFS, "pfs,death_only", id="two sets of events"),
    ],
)
def test_it_refuses_what_is_no_definition(endpoint: TimeToEvent, variant: str) -> None:
    with pytest.raises(ValueError, match="definition"):
        definition_of(endpoint, variant, USUAL)


@pytest.mark.parametrize("endpoint", PARTS)
def test_what_is_returned_beside_is_of_the_figures_own_definition(endpoint: TimeToEvent) -> None:
    for rules in (USUAL, TimeToEventPolicy(regime="EMA", horizon_rule="none")):
        own = of_policy(endpoint, rules)
        for part in BESIDE[endpoint]:
            other = own.but(part)
            about, sets = PARTS[endpoint][part]
            same = EventDefinition(
                **{
                    name: getattr(own if name not in sets else other, name)
                    for name in EventDefinition.__dataclass_fields__
                }
            )
            assert other == same, about


@pytest.mark.parametrize(
    ("endpoint", "variant", "derived"),
    [
        (PFS, "FDA", ("PFS", "FDA")),
        (PFS, "EMA", ("PFS", "EMA")),
        (PFS, "EMA,TTP", ("TTP", "EMA")),
        (PFS, "EMA,truncate", ("PFS", "EMA,truncate")),
        (DOR, "FDA", ("DOR", "FDA")),
        (DOR, "EMA", ("DOR", "EMA")),
        (DOR, "DOCR", ("DOCR", "FDA")),
        (DOR, "EMA,DOR_IMWG", ("DOR", "EMA,dor_imwg")),
    ],
)
def test_a_variant_is_derived_under_its_name(
    endpoint: TimeToEvent, variant: str, derived: tuple[str, str]
) -> None:
    responder = facts(("2024-02-12", "CR"), ("2024-04-08", "CR"), cut="2025-02-18")
    subject = FactsByHorizon(at_horizon=responder, at_cut=responder)
    found = event_time(subject, definition_of(endpoint, variant, USUAL))
    assert found is not None
    assert (found.endpoint, found.variant) == derived


@pytest.mark.parametrize(
    ("variant", "days"), [("FDA", 85), ("FDA,truncate", 113), ("FDA,no_horizon", 113)]
)
def test_what_came_after_the_horizon_counts_for_no_figure_of_the_data_cut(
    variant: str, days: int
) -> None:
    known = [("2024-02-12", "PR"), ("2024-04-08", "PR")]
    subject = FactsByHorizon(
        at_horizon=facts(*known, cut="2025-02-18"),
        at_cut=facts(*known, ("2024-05-06", "PR"), cut="2025-02-18"),
    )
    found = event_time(subject, definition_of(PFS, variant, USUAL))
    assert found is not None
    assert found.days == days


def test_a_time_is_derived_once_for_a_definition() -> None:
    responder = facts(("2024-02-12", "PR"), ("2024-04-08", "PR"), cut="2025-02-18")
    subject = FactsByHorizon(at_horizon=responder, at_cut=responder)
    for endpoint, parts in PARTS.items():
        for part in parts:
            definition = definition_of(endpoint, part, USUAL)
            found = subject.time(definition)
            assert found == event_time(subject, definition)
            assert subject.time(definition) is found
    assert subject.time(definition_of(DOR, "DOCR", USUAL)) is None


def test_response_that_was_never_complete_has_no_duration_of_complete_response() -> None:
    partial = facts(("2024-02-12", "PR"), ("2024-04-08", "PR"), cut="2025-02-18")
    subject = FactsByHorizon(at_horizon=partial, at_cut=partial)
    found = {
        name: subject.time(definition_of(DOR, name, USUAL)) is not None for name in ("FDA", "DOCR")
    }
    assert found == {"FDA": True, "DOCR": False}


@pytest.mark.parametrize(
    ("variant", "said"), [("FDA", False), ("EMA", False), ("same_day_pd_newtx=censor", True)]
)
def test_it_says_where_progression_on_the_day_of_new_therapy_is_censored(
    variant: str, *, said: bool
) -> None:
    words = definition_of(PFS, variant, USUAL).words
    assert ("progression on the day of new therapy censored" in words) is said


@pytest.mark.parametrize("part", [part for part in PARTS[PFS] if part != "data_cut"])
def test_every_definition_says_what_it_is_in_words(part: str) -> None:
    own, other = of_policy(PFS, USUAL), definition_of(PFS, part, USUAL)
    assert (other.words == own.words) is (part == "FDA")
