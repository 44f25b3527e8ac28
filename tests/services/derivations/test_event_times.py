"""Which variant of a time to an event is an endpoint's own figure."""

from typing import Any

import pytest

from app.services.derivations.event_times import BESIDE, VARIANTS, default_variant
from app.trial.policy import TimeToEventPolicy

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
