"""A progression that was reported and that nothing has confirmed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.services.derivations.time_to_event.endpoint_facts import EndpointFacts
from app.services.derivations.time_to_event.event_time import Happening
from app.services.derivations.time_to_event.unconfirmed_progression import unconfirmed_progression


def facts(**months: int) -> EndpointFacts:
    happened: dict[str, Any] = {
        name: Happening(day=date(2025, month, 1)) for name, month in months.items()
    }
    return EndpointFacts(
        origin=date(2025, 1, 1),
        infused_on=date(2025, 1, 1),
        cut=date(2025, 12, 31),
        last_known_alive=date(2025, 12, 1),
        **happened,
    )


@pytest.mark.parametrize(
    ("source", "investigator", "month"),
    [
        pytest.param({}, {}, None, id="none"),
        pytest.param({"unconfirmed_progression": 5}, {}, 5, id="waits for a second visit"),
        pytest.param({}, {"progression": 6}, 6, id="the investigator's alone"),
        pytest.param(
            {"unconfirmed_progression": 5},
            {"unconfirmed_progression": 4},
            4,
            id="the first of several",
        ),
        pytest.param({"clinical_progression": 7}, {}, 7, id="judged clinically"),
        pytest.param({"progression": 6}, {"progression": 5}, None, id="confirmed since"),
        pytest.param(
            {"unconfirmed_progression": 4, "progression": 6},
            {},
            4,
            id="still waiting before the one that is confirmed",
        ),
        pytest.param(
            {"unconfirmed_progression": 6, "progression": 6},
            {},
            None,
            id="counted although it waits",
        ),
        pytest.param(
            {"unconfirmed_progression": 8, "progression": 6}, {}, None, id="after the confirmed one"
        ),
    ],
)
def test_a_progression_that_is_not_confirmed(
    source: dict[str, int], investigator: dict[str, int], month: int | None
) -> None:
    found = unconfirmed_progression(facts(**source), facts(**investigator))
    assert found == (None if month is None else date(2025, month, 1))
