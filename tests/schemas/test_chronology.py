from datetime import date

import pytest

from app.models.values import (
    DateOrDateTime,
    OffsetDateTime,
    PartialDate,
    PartialDateOrDateTime,
)
from app.schemas.chronology import DateAsSent, certainly_before

DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        pytest.param(date(2026, 3, 4), DAY, True, id="the day before"),
        pytest.param(DAY, DAY, False, id="the same day"),
        pytest.param(PartialDate("2026-03-04"), DAY, True, id="the day before, in full"),
        pytest.param(DateOrDateTime("2026-03-05"), DAY, False, id="the same day, no time"),
        pytest.param(PartialDate("2026-02"), DAY, True, id="the month before"),
        pytest.param(PartialDate("2026-03"), DAY, False, id="a day of the same month"),
        pytest.param(PartialDate("2025"), PartialDate("2026"), True, id="the year before"),
        pytest.param(PartialDate("2026"), PartialDate("2026-01"), False, id="within the year"),
        pytest.param(DAY, PartialDate("2026-04"), True, id="a day before the month"),
        pytest.param(
            OffsetDateTime("2026-03-05T10:00+08:00"),
            OffsetDateTime("2026-03-05T02:00:01Z"),
            True,
            id="one second earlier, on two clocks",
        ),
        pytest.param(
            OffsetDateTime("2026-03-05T10:00+08:00"),
            OffsetDateTime("2026-03-05T02:00Z"),
            False,
            id="the same moment on two clocks",
        ),
        pytest.param(
            DateOrDateTime("2026-03-04T10:00Z"), DAY, False, id="a moment that is tomorrow in Apia"
        ),
        pytest.param(DateOrDateTime("2026-03-04T09:59:59Z"), DAY, True, id="yesterday even there"),
        pytest.param(
            DAY, DateOrDateTime("2026-03-06T12:00Z"), True, id="tomorrow wherever one stands"
        ),
        pytest.param(
            DAY, DateOrDateTime("2026-03-06T11:59:59Z"), False, id="still today on Baker Island"
        ),
        pytest.param(
            DateOrDateTime("2026-03-04T23:59+08:00"), DAY, True, id="yesterday on the ward's clock"
        ),
        pytest.param(
            DAY, DateOrDateTime("2026-03-06T00:00+08:00"), True, id="tomorrow on the ward's clock"
        ),
        pytest.param(
            DAY, DateOrDateTime("2026-03-05T23:59+08:00"), False, id="today on the ward's clock"
        ),
        pytest.param(
            DateOrDateTime("2026-03-04T10:00+00:00"), DAY, False, id="UTC written as an offset"
        ),
        pytest.param(
            PartialDateOrDateTime("2026-03-05T10:00+08:00"),
            PartialDateOrDateTime("2026-03-05T10:01+08:00"),
            True,
            id="a minute earlier, of two that may be partial",
        ),
        pytest.param(None, DAY, False, id="nothing is known of the one"),
        pytest.param(DAY, None, False, id="nothing is known of the other"),
    ],
)
def test_it_is_certainly_before(
    one: DateAsSent | None, other: DateAsSent | None, before: bool
) -> None:
    assert certainly_before(one, other) is before
