"""Overall survival of subjects infused on 15 January 2024."""

from datetime import date

import pytest

from app.services.derivations.time_to_event.endpoint_facts import ContactEnd, EndpointFacts
from app.services.derivations.time_to_event.event_time import (
    CensoringReason,
)
from app.services.derivations.time_to_event.overall_survival import overall_survival
from app.services.derivations.time_to_event.progression_free_survival import (
    progression_free_survival,
)
from tests.subjects.event_times import days_and_code, facts

V1, V2, V3 = "2024-02-12", "2024-03-11", "2024-04-08"
CUT = "2025-02-18"
BEYOND, HORIZON = "2027-06-30", "2027-01-15"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param(facts(cut=CUT, death="2024-01-15"), (1, 0), id="death on the infusion day"),
        pytest.param(
            facts(cut=CUT, death="2024-06-01", new_therapy=V2), (139, 0), id="after new therapy"
        ),
        pytest.param(facts(cut=CUT, last_alive="2025-02-01"), (384, 1), id="last known alive"),
        pytest.param(facts(cut=CUT, death="2025-02-18"), (401, 0), id="death on the cut"),
        pytest.param(facts(cut=CUT, death="2025-02-19"), (401, 1), id="death after it: alive"),
        pytest.param(facts(cut=BEYOND, death=HORIZON), (1097, 0), id="death on the horizon day"),
        pytest.param(facts(cut=BEYOND, death="2027-01-16"), (1097, 8), id="death the day after it"),
        pytest.param(
            facts(
                cut=CUT,
                last_alive="2024-05-03",
                contact_end=ContactEnd(day=date(2024, 5, 3), reason=CensoringReason.LOST),
            ),
            (110, 6),
            id="lost",
        ),
    ],
)
def test_overall_survival(subject: EndpointFacts, expected: tuple[int, int]) -> None:
    assert days_and_code(overall_survival(subject)) == expected


def test_a_subject_silent_for_two_years_is_overdue_and_not_at_the_horizon() -> None:
    time = overall_survival(facts(cut=BEYOND, last_alive="2025-03-01"))
    assert (time.days, time.censored, time.overdue_contact) == (412, 1, True)


def test_times_of_the_enrolled_count_from_enrolment() -> None:
    infused = facts((V1, "PR"), (V2, "PD"), cut=CUT, origin=date(2023, 12, 1))
    never = facts(cut=CUT, origin=date(2023, 12, 1), infused_on=None, every_days=None)
    assert days_and_code(progression_free_survival(infused)) == (102, 0)
    assert days_and_code(progression_free_survival(never)) == (1, 4)
    assert progression_free_survival(never).censored_at == "enrolment"
