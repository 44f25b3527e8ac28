"""What the horizon, 36 months after the infusion, does to a time."""

from datetime import date

import pytest

from app.services.derivations.time_to_event.duration_of_response import duration_of_response
from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts, HorizonRule
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    progression_free_survival,
)
from app.services.derivations.time_to_event.time_to_response import time_to_response
from app.trial.anchors import add_months
from tests.subjects.event_times import days_and_code, facts

V1, V2, V3 = "2024-02-12", "2024-03-11", "2024-04-08"
CUT = "2025-02-18"
BEYOND, HORIZON = "2027-06-30", "2027-01-15"


@pytest.mark.parametrize(
    ("infused", "horizon", "days"),
    [
        pytest.param(date(2024, 3, 1), date(2027, 3, 1), 1096, id="no leap day between"),
        pytest.param(date(2024, 1, 15), date(2027, 1, 15), 1097, id="one leap day between"),
        pytest.param(date(2024, 2, 29), date(2027, 2, 28), 1096, id="from a leap day"),
        pytest.param(date(2023, 3, 1), date(2026, 3, 1), 1097, id="leap day in the middle"),
        pytest.param(date(2021, 3, 1), date(2024, 3, 1), 1097, id="leap day at the end"),
        pytest.param(date(2022, 8, 31), date(2025, 8, 31), 1097, id="last day of a month"),
    ],
)
def test_who_reaches_the_anniversary_is_at_risk_at_month_36(
    infused: date, horizon: date, days: int
) -> None:
    assert add_months(infused, 36) == horizon
    alive = facts(cut="2030-01-01", infused=infused, last_alive="2029-12-01")
    time = overall_survival(alive)
    assert (time.days, time.censored, time.end) == (days, 8, horizon)
    assert time.days >= 36 * 30.4375


@pytest.mark.parametrize(
    ("rule", "pfs", "os"),
    [
        pytest.param("data_cut", (1093, 8), (1097, 8), id="nothing after it counts"),
        pytest.param("truncate", (1097, 8), (1097, 8), id="the finished time is cut at it"),
        pytest.param("none", (1121, 0), (1201, 1), id="it is not applied"),
    ],
)
def test_the_rules_of_the_horizon(
    rule: HorizonRule, pfs: tuple[int, int], os: tuple[int, int]
) -> None:
    subject = facts(
        ("2026-10-11", "PR"),
        ("2027-01-11", "PR"),
        ("2027-02-08", "PD"),
        cut="2027-04-29",
        last_alive="2027-04-29",
        every_days=None,
    )
    assert days_and_code(progression_free_survival(subject, horizon=rule)) == pfs
    assert days_and_code(overall_survival(subject, horizon=rule)) == os


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(
            facts((V1, "PR"), cut=BEYOND, death="2027-03-01", every_days=None),
            (1097, 8),
            id="death after it: event-free on it",
        ),
        pytest.param(
            facts((V1, "PR"), ("2027-02-08", "PR"), cut=BEYOND, every_days=None),
            (1097, 8),
            id="an assessment after it: event-free on it",
        ),
        pytest.param(
            facts((V1, "PR"), (HORIZON, "PD"), cut=BEYOND, every_days=None),
            (1097, 0),
            id="progression on it: the event",
        ),
        pytest.param(
            facts((V1, "PR"), cut=BEYOND, death="2027-03-01"),
            (29, 3),
            id="death after it and after missed visits: where those censor",
        ),
        pytest.param(
            facts((V1, "PR"), cut=BEYOND, last_alive="2027-03-01"),
            (29, 8),
            id="no assessment after it: the last one",
        ),
    ],
)
def test_truncation_at_the_horizon(subject: EndpointFacts, expected: tuple[int, int]) -> None:
    time = progression_free_survival(subject, horizon="truncate")
    assert days_and_code(time) == expected
    if time.days == 1097 and not time.observed:
        assert (time.censored_at, time.component) == ("horizon", None)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(
            facts((V1, "PR"), (HORIZON, "PD"), cut=BEYOND, every_days=None),
            (1097, 0),
            id="progression on it",
        ),
        pytest.param(
            facts((V1, "PR"), ("2027-01-16", "PD"), cut=BEYOND, every_days=None),
            (29, 8),
            id="progression the day after it",
        ),
        pytest.param(
            facts((V1, "PR"), (HORIZON, "PR"), cut=BEYOND, every_days=None),
            (1097, 8),
            id="assessment on it",
        ),
        pytest.param(
            facts((V1, "PR"), cut=BEYOND, new_therapy=HORIZON, every_days=None),
            (29, 2),
            id="new therapy on it",
        ),
        pytest.param(
            facts((V1, "PR"), cut=BEYOND, new_therapy="2027-01-16", every_days=None),
            (29, 8),
            id="new therapy the day after it",
        ),
    ],
)
def test_the_horizon_day_itself_counts(subject: EndpointFacts, expected: tuple[int, int]) -> None:
    assert days_and_code(progression_free_survival(subject)) == expected


def test_nothing_changes_under_any_rule_before_the_horizon() -> None:
    subject = facts((V1, "PR"), (V2, "PD"), cut=CUT, death="2024-06-01")
    times = {overall_survival(subject, horizon=rule) for rule in ("data_cut", "truncate", "none")}
    assert len(times) == 1


@pytest.mark.parametrize(
    ("responded_on", "days"),
    [
        pytest.param(HORIZON, 1097, id="on it"),
        pytest.param("2027-01-16", None, id="the day after it"),
    ],
)
def test_a_response_after_the_horizon_makes_no_responder(
    responded_on: str, days: int | None
) -> None:
    subject = facts((V1, "SD"), (responded_on, "PR"), cut=BEYOND, every_days=None)
    for rule in ("data_cut", "truncate"):
        to_response = time_to_response(subject, horizon=rule)
        lasting = duration_of_response(subject, horizon=rule)
        assert (to_response and to_response.days) == days
        assert (lasting is not None) is (days is not None)
