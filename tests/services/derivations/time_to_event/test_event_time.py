"""Times in days from an origin."""

from datetime import date

import pytest

from app.services.derivations.time_to_event.event_time import (
    days_from,
)


def test_an_event_on_the_origin_is_day_1() -> None:
    assert days_from(date(2024, 1, 15), date(2024, 1, 15)) == 1


def test_a_time_does_not_end_before_its_origin() -> None:
    with pytest.raises(ValueError, match="before its origin"):
        days_from(date(2024, 1, 15), date(2024, 1, 14))
