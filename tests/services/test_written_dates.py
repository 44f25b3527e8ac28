from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.models.values import OffsetDateTime, PartialDateOrDateTime
from app.services.derivations.possible_days import PossibleDays
from app.services.written_dates import is_before, known_day, midnight, possible_days

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
HAVANA = ZoneInfo("America/Havana")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        pytest.param("2024", "2024-01-01", "2024-12-31", id="a year"),
        pytest.param("2024-02", "2024-02-01", "2024-02-29", id="a month"),
        pytest.param("2024-03-01", "2024-03-01", "2024-03-01", id="a day"),
        pytest.param("2024-03-01T23:30Z", "2024-03-02", "2024-03-02", id="a moment, in UTC"),
        pytest.param("2024-03-02T07:30+08:00", "2024-03-02", "2024-03-02", id="the same, there"),
        pytest.param("2024-03-01T18:30-05:00", "2024-03-02", "2024-03-02", id="the same, abroad"),
        pytest.param("2024-03-02T00:30+14:00", "2024-03-01", "2024-03-01", id="a clock further on"),
    ],
)
def test_a_date_means_days_of_the_centres_calendar(written: str, first: str, last: str) -> None:
    days = possible_days(PartialDateOrDateTime(written), SHANGHAI)
    assert (days.earliest, days.latest) == (date.fromisoformat(first), date.fromisoformat(last))
    assert known_day(written, SHANGHAI) == (days.earliest if first == last else None)


def test_a_moment_keeps_its_instant() -> None:
    days = possible_days(OffsetDateTime("2024-03-01T23:30Z"), SHANGHAI)
    assert days.instant == datetime(2024, 3, 1, 23, 30, tzinfo=UTC)


def test_a_date_of_the_calendar_means_itself() -> None:
    day = date(2024, 3, 1)
    assert possible_days(day, SHANGHAI) == PossibleDays(day, day)
    assert known_day(None, SHANGHAI) is None


@pytest.mark.parametrize(
    ("one", "other", "zone", "before"),
    [
        pytest.param("2024-03-01T23:30Z", "2024-03-02", SHANGHAI, False, id="the day itself there"),
        pytest.param("2024-03-01", "2024-03-01T23:30Z", SHANGHAI, True, id="the day before there"),
        pytest.param("2024-03-02T03:00Z", "2024-03-02", NEW_YORK, True, id="the evening before"),
        pytest.param("2024-03", "2024-03-02", SHANGHAI, False, id="may be later in the month"),
        pytest.param("2024-03-02", "2024-03-02T08:00+08:00", SHANGHAI, False, id="no clock"),
        pytest.param(None, "2024-03-02", SHANGHAI, False, id="nothing known of the one"),
        pytest.param("2024-03-02", None, SHANGHAI, False, id="nothing known of the other"),
    ],
)
def test_one_date_is_before_another(
    one: str | None, other: str | None, zone: ZoneInfo, before: bool
) -> None:
    assert is_before(one, other, zone) is before


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        pytest.param("2024-03-02", SHANGHAI, "2024-03-01T16:00", id="in the east"),
        pytest.param("2024-07-01", NEW_YORK, "2024-07-01T04:00", id="summer in the west"),
        pytest.param("2024-03-10", HAVANA, "2024-03-10T05:00", id="a midnight that clocks skip"),
        pytest.param("2024-11-03", HAVANA, "2024-11-03T04:00", id="the first of two midnights"),
    ],
)
def test_a_day_begins_at_the_midnight_of_the_place(day: str, zone: ZoneInfo, instant: str) -> None:
    begins = midnight(date.fromisoformat(day), zone)
    assert begins.astimezone(UTC).replace(tzinfo=None) == datetime.fromisoformat(instant)
