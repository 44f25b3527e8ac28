"""How long a subject was on study, and what ended it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.services.derivations.time_to_event.death import Death
from app.services.derivations.time_to_event.endpoint_facts import ContactEnd, EndpointFacts
from app.services.derivations.time_to_event.event_time import CensoringReason
from app.services.derivations.time_to_event.time_on_study import StudyEnd, time_on_study

INFUSED = date(2025, 1, 1)
CUT = date(2025, 12, 31)
FACTS = EndpointFacts(
    origin=INFUSED,
    infused_on=INFUSED,
    cut=CUT,
    last_known_alive=date(2025, 11, 20),
    horizon=date(2028, 1, 1),
)
DIED = {"death": Death(day=date(2025, 8, 1))}
LOST = {"contact_end": ContactEnd(day=date(2025, 7, 1), reason=CensoringReason.LOST)}
WITHDREW = {"contact_end": ContactEnd(day=date(2025, 7, 1), reason=CensoringReason.WITHDREW)}


@pytest.mark.parametrize(
    ("changes", "off_study_on", "until", "end"),
    [
        pytest.param({}, None, date(2025, 11, 20), StudyEnd.ONGOING, id="goes on"),
        pytest.param(DIED, None, date(2025, 8, 1), StudyEnd.DIED, id="died"),
        pytest.param(LOST, None, date(2025, 7, 1), StudyEnd.LOST, id="lost"),
        pytest.param(WITHDREW, None, date(2025, 7, 1), StudyEnd.WITHDREW, id="withdrew"),
        pytest.param({}, date(2025, 6, 1), date(2025, 6, 1), StudyEnd.OFF_STUDY, id="left"),
        pytest.param(
            DIED, date(2025, 6, 1), date(2025, 6, 1), StudyEnd.OFF_STUDY, id="left before it died"
        ),
        pytest.param(
            DIED, date(2025, 8, 1), date(2025, 8, 1), StudyEnd.DIED, id="died, and so left"
        ),
        pytest.param(
            {}, date(2026, 2, 1), date(2025, 11, 20), StudyEnd.ONGOING, id="leaves after the cut"
        ),
        pytest.param(
            {"horizon": CUT}, None, date(2025, 11, 20), StudyEnd.COMPLETED, id="at the horizon"
        ),
        pytest.param(
            {}, date(2024, 1, 1), INFUSED, StudyEnd.OFF_STUDY, id="left before it was infused"
        ),
    ],
)
def test_the_time_on_study(
    changes: dict[str, Any], off_study_on: date | None, until: date, end: StudyEnd
) -> None:
    found = time_on_study(replace(FACTS, **changes), off_study_on=off_study_on)
    assert (found.until, found.end) == (until, end)
