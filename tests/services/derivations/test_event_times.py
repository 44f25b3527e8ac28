"""Which variant of a time to an event is an endpoint's own figure."""

from typing import Any

import pytest

from app.services.derivations.event_times import (
    BESIDE,
    VARIANTS,
    SubjectFacts,
    default_variant,
)
from app.trial.policy import TimeToEventPolicy
from tests.services.derivations.endpoint_cases import facts

OS, PFS, EFS = "overall-survival", "progression-free-survival", "event-free-survival"
DOR, TTNT = "duration-of-response", "time-to-next-treatment"


@pytest.mark.parametrize(
    ("endpoint", "policy", "variant"),
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
        (DOR, {"dor": "DOR_IMWG"}, "DOR_IMWG"),
        (DOR, {"dor": "pd_related_death", "regime": "EMA"}, "pd_related_death"),
        (PFS, {"dor": "DOR_IMWG"}, "FDA"),
        *((endpoint, {"horizon_rule": "truncate"}, "truncate") for endpoint in VARIANTS),
        *((endpoint, {"horizon_rule": "none"}, "no_horizon") for endpoint in VARIANTS),
        (PFS, {"horizon_rule": "truncate", "regime": "EMA"}, "truncate"),
    ],
)
def test_the_policy_says_the_endpoints_own_figure(
    endpoint: str, policy: dict[str, Any], variant: str
) -> None:
    assert default_variant(endpoint, TimeToEventPolicy(**policy)) == variant
    assert variant in VARIANTS[endpoint]


@pytest.mark.parametrize("endpoint", VARIANTS)
def test_what_is_returned_beside_it_is_another_variant(endpoint: str) -> None:
    assert set(BESIDE[endpoint]) < set(VARIANTS[endpoint])
    assert next(iter(VARIANTS[endpoint])) == default_variant(endpoint, TimeToEventPolicy())


@pytest.mark.parametrize(
    ("endpoint", "variant", "derived"),
    [
        (PFS, "FDA", ("PFS", "FDA")),
        (PFS, "EMA", ("PFS", "EMA")),
        (DOR, "FDA", ("DOR", "FDA")),
        (DOR, "EMA", ("DOR", "EMA")),
        (DOR, "DOCR", ("DOCR", "FDA")),
    ],
)
def test_a_variant_is_derived_under_its_name(
    endpoint: str, variant: str, derived: tuple[str, str]
) -> None:
    responder = facts(("2024-02-12", "CR"), ("2024-04-08", "CR"), cut="2025-02-18")
    subject = SubjectFacts(at_horizon=responder, at_cut=responder)
    found = VARIANTS[endpoint][variant](subject)
    assert found is not None
    assert (found.endpoint, found.variant) == derived


def test_a_time_is_derived_once_under_the_name_it_is_asked_by() -> None:
    responder = facts(("2024-02-12", "PR"), ("2024-04-08", "PR"), cut="2025-02-18")
    subject = SubjectFacts(at_horizon=responder, at_cut=responder)
    for endpoint, variants in VARIANTS.items():
        for variant, derive in variants.items():
            found = subject.time(endpoint, variant)
            assert found == derive(subject)
            assert subject.time(endpoint, variant) is found
    assert subject.time(DOR, "DOCR") is None


def test_response_that_was_never_complete_has_no_duration_of_complete_response() -> None:
    partial = facts(("2024-02-12", "PR"), ("2024-04-08", "PR"), cut="2025-02-18")
    subject = SubjectFacts(at_horizon=partial, at_cut=partial)
    found = {name: VARIANTS[DOR][name](subject) is not None for name in ("FDA", "DOCR")}
    assert found == {"FDA": True, "DOCR": False}
