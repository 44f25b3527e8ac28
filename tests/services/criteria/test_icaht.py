"""Early and late ICAHT (Rejeski 2023): runs of neutropenia, with and without gaps."""

from decimal import Decimal

import pytest

from app.services.criteria.icaht import EarlyIcaht, early_icaht, late_icaht

NORMAL, SEVERE, PROFOUND = Decimal(2000), Decimal(500), Decimal(100)


def days(*runs: tuple[int, int, Decimal | int]) -> dict[int, Decimal]:
    """Count every day from 0 to 30 as normal but for these runs (first day, last day, count)."""
    counts = dict.fromkeys(range(31), NORMAL)
    for first, last, count in runs:
        counts |= dict.fromkeys(range(first, last + 1), Decimal(count))
    return counts


def followed(counts: dict[int, Decimal]) -> EarlyIcaht:
    return early_icaht(counts, followed_until=200)


@pytest.mark.parametrize(
    ("run", "grade"),
    [
        pytest.param((5, 5, 501), 0, id="501 is not severe"),
        pytest.param((5, 5, 500), 1, id="500 is, for one day"),
        pytest.param((5, 10, 500), 1, id="6 days"),
        pytest.param((5, 11, 500), 2, id="7 days"),
        pytest.param((5, 17, 500), 2, id="13 days"),
        pytest.param((5, 18, 500), 3, id="14 days"),
        pytest.param((4, 30, 500), 3, id="to the end, but began on day 4"),
        pytest.param((3, 30, 500), 4, id="from day 3 to the end: never recovered"),
        pytest.param((0, 30, 500), 4, id="from the infusion to the end"),
        pytest.param((0, 27, 500), 3, id="recovered on day 28"),
        pytest.param((5, 10, 100), 1, id="profound for 6 days is severe for 6"),
        pytest.param((5, 11, 100), 3, id="profound for 7 days"),
        pytest.param((5, 11, 101), 2, id="101 is not profound"),
        pytest.param((5, 17, 100), 3, id="profound for 13 days"),
        pytest.param((5, 18, 100), 4, id="profound for 14 days"),
    ],
)
def test_early_grade_by_depth_and_duration(run: tuple[int, int, int], grade: int) -> None:
    graded = followed(days(run))
    assert (graded.grade, graded.at_least) == (grade, False)


@pytest.mark.parametrize(
    ("recovered", "severe_days"),
    [
        pytest.param((10, 10), 11, id="one day above: one run"),
        pytest.param((10, 11), 11, id="two days above: one run"),
        pytest.param((9, 11), 4, id="three days above end it; the longer part counts"),
    ],
)
def test_a_short_recovery_does_not_end_a_run(recovered: tuple[int, int], severe_days: int) -> None:
    first, last = recovered
    graded = followed(days((5, 15, SEVERE), (first, last, NORMAL)))
    assert graded.severe_days == severe_days


def test_the_longest_run_counts_and_runs_do_not_add_up() -> None:
    graded = followed(days((2, 5, SEVERE), (10, 15, SEVERE), (20, 24, SEVERE)))
    assert (graded.severe_days, graded.grade) == (6, 1)


def test_a_profound_run_is_counted_by_itself() -> None:
    graded = followed(days((2, 20, SEVERE), (4, 6, PROFOUND), (10, 16, PROFOUND)))
    assert (graded.severe_days, graded.profound_days, graded.grade) == (19, 7, 3)


def test_death_without_recovery_is_grade_4() -> None:
    counts = {day: count for day, count in days((2, 9, SEVERE)).items() if day <= 9}
    died = early_icaht(counts, followed_until=9, died=True)
    assert (died.grade, died.at_least, died.never_recovered) == (4, False, True)
    assert (died.measured_days, died.window_days) == (10, 10)


def test_days_still_to_come_leave_the_grade_open() -> None:
    counts = {day: count for day, count in days((2, 9, SEVERE)).items() if day <= 9}
    cut = early_icaht(counts, followed_until=9)
    assert (cut.grade, cut.at_least, cut.never_recovered) == (2, True, False)
    profound = dict.fromkeys(range(15), PROFOUND)
    assert not early_icaht(profound, followed_until=14).at_least


def test_day_30_ends_the_window() -> None:
    counts = days((25, 30, SEVERE)) | dict.fromkeys(range(31, 60), SEVERE)
    graded = early_icaht(counts, followed_until=59)
    assert (graded.severe_days, graded.window_days, graded.measured_days) == (6, 31, 31)
    assert early_icaht(days((25, 30, SEVERE)), followed_until=29).at_least
    assert not early_icaht(days((25, 30, SEVERE)), followed_until=30).at_least


def test_counts_before_the_infusion_are_left_out() -> None:
    before = dict.fromkeys(range(-5, 0), PROFOUND)
    from_day_3 = {day: count for day, count in days().items() if day >= 3}
    assert followed(before | from_day_3) == followed(from_day_3)
    assert followed(from_day_3).grade == 0


def sampled(*samples: tuple[int, int]) -> dict[int, Decimal]:
    return {day: Decimal(count) for day, count in samples}


@pytest.mark.parametrize(
    ("counts", "severe_days", "grade"),
    [
        pytest.param(
            sampled((0, 2000), (7, 2000), (14, 400), (21, 400), (28, 2000)),
            14,
            3,
            id="weekly: between two low samples low, then half the way to the next",
        ),
        pytest.param(
            sampled((0, 2000), (4, 400), (8, 2000), (12, 400), (16, 2000), (23, 2000), (30, 2000)),
            5,
            1,
            id="every fourth day: two days either side, equally near goes to the lower",
        ),
        pytest.param(
            sampled((1, 400), (8, 400), (15, 400), (22, 400), (29, 400)),
            31,
            4,
            id="weekly and never above",
        ),
    ],
)
def test_a_short_gap_is_read_from_the_nearest_count(
    counts: dict[int, Decimal], severe_days: int, grade: int
) -> None:
    graded = followed(counts)
    assert (graded.severe_days, graded.grade, graded.at_least) == (severe_days, grade, False)
    assert (graded.measured_days, graded.window_days) == (len(counts), 31)


@pytest.mark.parametrize(
    ("counts", "grade", "at_least"),
    [
        pytest.param(
            sampled((0, 2000), (5, 400), (6, 2000), (15, 2000), (22, 2000), (30, 2000)),
            1,
            True,
            id="8 days unknown: at least grade 1",
        ),
        pytest.param(
            sampled((0, 2000), (5, 400), (6, 2000), (14, 2000), (22, 2000), (30, 2000)),
            1,
            False,
            id="7 days are read from their neighbours",
        ),
        pytest.param(
            sampled((0, 2000), (1, 2000), (28, 2000), (30, 2000)),
            None,
            False,
            id="no low count, four weeks unknown: no grade",
        ),
        pytest.param(sampled((15, 400)), 1, True, id="one low count in the middle"),
        pytest.param(
            {day: Decimal(400) for day in range(11)},
            2,
            True,
            id="low to day 10, then nothing: not shown that it never recovered",
        ),
        pytest.param(
            {day: Decimal(400) for day in range(24)},
            4,
            False,
            id="low to day 23 and a week without a count",
        ),
        pytest.param({day: Decimal(100) for day in range(14)}, 4, False, id="4 is the highest"),
        pytest.param({}, None, False, id="no count"),
        pytest.param({40: Decimal(400)}, None, False, id="no count in the window"),
    ],
)
def test_a_long_gap_is_unknown_and_says_what_it_could_change(
    counts: dict[int, Decimal], grade: int | None, at_least: bool
) -> None:
    graded = followed(counts)
    assert (graded.grade, graded.at_least) == (grade, at_least)


def test_the_gap_and_the_recovery_are_settings() -> None:
    counts = sampled((0, 400), (3, 400), (9, 400), (30, 2000))
    assert early_icaht(counts, followed_until=30, longest_gap=5).severe_days == 10
    assert early_icaht(counts, followed_until=30, longest_gap=4).severe_days == 4
    run = days((5, 15, SEVERE), (9, 10, NORMAL))
    assert early_icaht(run, followed_until=30, recovery_days=2).severe_days == 5


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        pytest.param(sampled((35, 1501), (50, 1501)), 0, id="above 1500"),
        pytest.param(sampled((35, 1500), (50, 1500)), 1, id="1500"),
        pytest.param(sampled((35, 1000), (50, 1000)), 2, id="1000"),
        pytest.param(sampled((35, 1001), (50, 1000)), 1, id="the second lowest decides"),
        pytest.param(sampled((35, 500), (50, 500), (60, 3000)), 3, id="500"),
        pytest.param(sampled((35, 100), (50, 100)), 4, id="100"),
        pytest.param(sampled((35, 101), (50, 100)), 3, id="101 once"),
        pytest.param(sampled((35, 400), (50, 3000)), 0, id="once only: transient"),
        pytest.param(sampled((31, 400), (100, 400)), 3, id="day 31 and day 100"),
        pytest.param(sampled((30, 400), (100, 400)), None, id="day 30 is early"),
        pytest.param(sampled((31, 400), (101, 400)), None, id="day 101 is too late"),
        pytest.param(sampled((35, 400)), None, id="a single low count"),
        pytest.param(sampled((35, 1600)), 0, id="a single normal count"),
        pytest.param({}, None, id="no count"),
    ],
)
def test_late_grade_needs_two_time_points(counts: dict[int, Decimal], grade: int | None) -> None:
    graded = late_icaht(counts)
    assert graded.grade == grade
    assert graded.measured_days == sum(30 < day <= 100 for day in counts)


def test_late_icaht_may_look_further() -> None:
    assert late_icaht(sampled((31, 400), (180, 400)), until=180).grade == 3


def test_a_negative_count_or_follow_up_is_refused() -> None:
    with pytest.raises(ValueError, match="count is not negative"):
        early_icaht({3: Decimal(-1)}, followed_until=30)
    with pytest.raises(ValueError, match="count is not negative"):
        late_icaht({33: Decimal(-1)})
    with pytest.raises(ValueError, match="before the infusion"):
        early_icaht({}, followed_until=-1)
    assert early_icaht({0: Decimal(0)}, followed_until=0, died=True).grade == 4
