from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.services.derivations.moments import (
    MomentOrder,
    civil_day,
    clock_missing,
    day_furthest_east,
    days_since,
    moment_of,
    order_of,
)
from app.services.derivations.possible_days import PossibleDays

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


def known(written: str) -> PossibleDays:
    """A date as a centre in Shanghai may write it: to the year, month, day or minute."""
    if len(written) > 10:
        return moment_of(datetime.fromisoformat(written), SHANGHAI)
    if len(written) == 4:
        return PossibleDays(date(int(written), 1, 1), date(int(written), 12, 31))
    return PossibleDays.on(date.fromisoformat(written))


INFUSED = "2026-03-02T06:30+08:00"


@pytest.mark.parametrize(
    ("instant", "days"),
    [
        pytest.param("2026-03-02T06:30+08:00", 0.0, id="at once"),
        pytest.param("2026-03-02T22:30Z", 1.0, id="a day later, by another clock"),
        pytest.param("2026-03-02T18:30+08:00", 0.5, id="half a day"),
        pytest.param("2026-02-27T06:30+08:00", -3.0, id="three days before"),
    ],
)
def test_the_days_between_two_instants(instant: str, days: float) -> None:
    assert days_since(datetime.fromisoformat(INFUSED), datetime.fromisoformat(instant)) == days


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        pytest.param(
            "2026-03-01T23:50Z", INFUSED, MomentOrder.AFTER, id="07:50 there, spelt a day less"
        ),
        pytest.param(
            "2026-03-01T22:29Z", INFUSED, MomentOrder.BEFORE, id="a minute before, in UTC"
        ),
        pytest.param(
            "2026-03-01T22:30Z", INFUSED, MomentOrder.AT_ONCE, id="the same minute, in UTC"
        ),
        pytest.param(
            "2026-03-02T07:00+09:00", INFUSED, MomentOrder.BEFORE, id="a later clock, earlier"
        ),
        pytest.param(
            "2026-03-01T17:31-05:00", INFUSED, MomentOrder.AFTER, id="an earlier clock, later"
        ),
        pytest.param("2026-03-01", INFUSED, MomentOrder.BEFORE, id="the day before, no clock"),
        pytest.param("2026-03-03", INFUSED, MomentOrder.AFTER, id="the day after, no clock"),
        pytest.param("2026-03-02", INFUSED, MomentOrder.UNKNOWN, id="on its day, no clock"),
        pytest.param(
            "2026-03-02",
            "2026-03-01T23:30Z",
            MomentOrder.UNKNOWN,
            id="on its day there, sent in UTC",
        ),
        pytest.param(
            "2026-03-01", "2026-03-01T23:30Z", MomentOrder.BEFORE, id="the UTC day is before"
        ),
        pytest.param("2026-03-02", "2026-03-02", MomentOrder.UNKNOWN, id="one day, two dates"),
        pytest.param("2026", INFUSED, MomentOrder.UNKNOWN, id="any day of the year"),
        pytest.param("2025", INFUSED, MomentOrder.BEFORE, id="the year before"),
    ],
)
def test_the_order_follows_instants_and_civil_days(
    one: str, other: str, order: MomentOrder
) -> None:
    assert order_of(known(one), known(other)) is order


@pytest.mark.parametrize("stated", [MomentOrder.BEFORE, MomentOrder.AFTER, MomentOrder.AT_ONCE])
def test_on_one_day_without_a_clock_the_rule_of_the_caller_tells(stated: MomentOrder) -> None:
    assert order_of(known("2026-03-02"), known(INFUSED), on_one_day=stated) is stated
    assert order_of(known(INFUSED), known("2026-03-02"), on_one_day=stated) is stated


@pytest.mark.parametrize(
    ("one", "order"),
    [
        ("2026-03-01", MomentOrder.BEFORE),
        ("2026-03-02T00:00+08:00", MomentOrder.BEFORE),
        ("2026", MomentOrder.UNKNOWN),
    ],
)
def test_the_caller_has_no_say_where_the_order_is_known_or_the_day_is_not(
    one: str, order: MomentOrder
) -> None:
    assert order_of(known(one), known(INFUSED), on_one_day=MomentOrder.AFTER) is order


@pytest.mark.parametrize(
    ("one", "missing"),
    [
        ("2026-03-02", True),
        ("2026-03-02T09:00+08:00", False),
        ("2026-03-01T23:30Z", False),
        ("2026-03-01", False),
        ("2026", False),
    ],
)
def test_a_clock_is_missing_only_on_one_and_the_same_day(one: str, missing: bool) -> None:
    assert clock_missing(known(one), known(INFUSED)) is missing


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        pytest.param("2024-03-01T23:30Z", SHANGHAI, "2024-03-02", id="UTC of the evening before"),
        pytest.param("2024-03-01T15:59:59Z", SHANGHAI, "2024-03-01", id="last second of the day"),
        pytest.param("2024-03-01T16:00Z", SHANGHAI, "2024-03-02", id="midnight there"),
        pytest.param("2024-03-02T07:30+08:00", SHANGHAI, "2024-03-02", id="as the ward wrote it"),
        pytest.param("2024-03-02T00:00Z", NEW_YORK, "2024-03-01", id="UTC midnight, west"),
        pytest.param("2024-03-10T04:59Z", NEW_YORK, "2024-03-09", id="winter time, UTC-5"),
        pytest.param("2024-03-11T04:01Z", NEW_YORK, "2024-03-11", id="summer time, UTC-4"),
    ],
)
def test_the_civil_day_is_that_of_the_place(moment: str, zone: ZoneInfo, day: str) -> None:
    assert civil_day(datetime.fromisoformat(moment), zone) == date.fromisoformat(day)


def test_a_moment_keeps_its_instant_beside_its_civil_day() -> None:
    moment = moment_of(datetime(2024, 3, 1, 23, 30, tzinfo=UTC), SHANGHAI)
    assert moment.day == date(2024, 3, 2)
    assert moment.instant == datetime(2024, 3, 1, 23, 30, tzinfo=UTC)


def test_what_has_no_offset_is_no_moment() -> None:
    with pytest.raises(ValueError, match="offset"):
        civil_day(datetime(2024, 3, 1, 23, 30), SHANGHAI)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-29T09:59:59Z", "2026-11-29"),
        ("2026-11-29T10:00Z", "2026-11-30"),
        ("2026-11-29T17:00Z", "2026-11-30"),
        ("2026-11-29T12:00-12:00", "2026-11-30"),
    ],
)
def test_the_furthest_day_is_that_of_utc_plus_14(moment: str, day: str) -> None:
    assert day_furthest_east(datetime.fromisoformat(moment)) == date.fromisoformat(day)
