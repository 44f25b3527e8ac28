"""Which lymphodepletion counts. Source: the trial's protocol, which lymphodepletion."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from app.services.derivations.lymphodepletion import (
    Lymphodepletion,
    PlannedInfusion,
    Preparing,
    bridging_from,
    lymphodepletion,
    lymphodepletion_of,
)
from app.services.derivations.possible_days import PossibleDays
from app.trial.trial import load_trial
from app.vocabularies.preparations import PreparationOutcome
from tests.subjects.base import days
from tests.subjects.course import history, infusion, preparation

FIRST, SECOND = UUID(int=1), UUID(int=2)
INFUSED, GIVEN_UP = PreparationOutcome.INFUSED, PreparationOutcome.OTHER
INFUSION = PlannedInfusion(starts=days("2024-03-01"))
WAY = Preparing(
    record_id=FIRST,
    doses=(days("2024-02-25"), days("2024-02-26"), days("2024-02-27")),
    leukapheresis_on=(date(2024, 1, 26),),
    outcome=INFUSED,
)
PUT_OFF = Preparing(
    record_id=SECOND,
    doses=(days("2023-12-22"), days("2023-12-23")),
    leukapheresis_on=(date(2023, 11, 22),),
    outcome=GIVEN_UP,
)


def told(
    *preparations: Preparing,
    named: UUID | None = None,
    infused: PlannedInfusion | None = INFUSION,
    gap: int = 7,
) -> tuple[str | None, list[str]]:
    """The first day of the lymphodepletion, and the first days of the earlier courses."""
    found = of(*preparations, named=named, infused=infused, gap=gap)
    return (
        str(found.first_day) if found.first_day else None,
        [str(course.first_day) for course in found.earlier],
    )


def of(
    *preparations: Preparing,
    named: UUID | None = None,
    infused: PlannedInfusion | None = INFUSION,
    gap: int = 7,
) -> Lymphodepletion:
    at = replace(infused, preparation=named) if infused is not None else None
    return lymphodepletion(preparations, at, course_gap_days=gap)


@pytest.mark.parametrize(
    ("preparations", "named", "expected"),
    [
        pytest.param([WAY], None, ("2024-02-25", []), id="three days are one course"),
        pytest.param(
            [PUT_OFF, WAY], None, ("2024-02-25", ["2023-12-22"]), id="the first was given up"
        ),
        pytest.param(
            [WAY, PUT_OFF], FIRST, ("2024-02-25", ["2023-12-22"]), id="the infusion names its own"
        ),
        pytest.param(
            [WAY, PUT_OFF], SECOND, ("2023-12-22", []), id="the named one, though a later is there"
        ),
        pytest.param(
            [replace(WAY, outcome=None), replace(PUT_OFF, outcome=None)],
            None,
            ("2024-02-25", ["2023-12-22"]),
            id="neither says how it ended: the last",
        ),
        pytest.param(
            [replace(WAY, outcome=GIVEN_UP), replace(PUT_OFF, outcome=INFUSED)],
            None,
            ("2023-12-22", []),
            id="the earlier was infused",
        ),
        pytest.param(
            [replace(WAY, doses=()), PUT_OFF],
            None,
            (None, ["2023-12-22"]),
            id="omitted, whatever another preparation held",
        ),
        pytest.param(
            [Preparing(record_id=FIRST), PUT_OFF],
            FIRST,
            (None, ["2023-12-22"]),
            id="omitted by a named preparation that says nothing",
        ),
        pytest.param([PUT_OFF], None, (None, ["2023-12-22"]), id="none led to the infusion"),
        pytest.param(
            [WAY, PUT_OFF], UUID(int=9), ("2024-02-25", ["2023-12-22"]), id="names one that is void"
        ),
        pytest.param([], None, (None, []), id="no preparation"),
        pytest.param(
            [
                WAY,
                Preparing(
                    record_id=SECOND,
                    doses=(days("2024-09-10"),),
                    leukapheresis_on=(date(2024, 2, 1),),
                ),
            ],
            None,
            ("2024-02-25", []),
            id="a later preparation whose cells were collected before",
        ),
        pytest.param(
            [WAY, Preparing(record_id=SECOND, doses=(days("2024-09-10"),))],
            None,
            ("2024-02-25", []),
            id="a preparation for a second infusion",
        ),
        pytest.param([replace(WAY, doses=(days("2024-03-01"),))], None, ("2024-03-01", []),
                     id="on the infusion's day"),
        pytest.param([replace(WAY, doses=(days("2024-03-02"),))], None, (None, []),
                     id="the day after"),
    ],
)  # fmt: skip
def test_which_course_counts(
    preparations: list[Preparing], named: UUID | None, expected: tuple[str | None, list[str]]
) -> None:
    assert told(*preparations, named=named) == expected
    assert told(*reversed(preparations), named=named) == expected


@pytest.mark.parametrize(
    ("second", "gap", "expected"),
    [
        pytest.param("2024-02-19", 7, ("2024-02-12", []), id="seven days between: one course"),
        pytest.param("2024-02-20", 7, ("2024-02-20", ["2024-02-12"]), id="eight: two"),
        pytest.param("2024-02-20", 8, ("2024-02-12", []), id="eight, where eight are allowed"),
    ],
)
def test_where_a_course_ends(second: str, gap: int, expected: tuple[str | None, list[str]]) -> None:
    way = replace(WAY, doses=(days(second), days("2024-02-12")))
    assert told(way, gap=gap) == expected


def test_two_courses_of_one_preparation() -> None:
    """Doses of 10 to 12 January and of 25 to 27 February, infused on 1 March."""
    given = [f"2024-01-{day}" for day in (10, 11, 12)] + [f"2024-02-{day}" for day in (25, 26, 27)]
    way = replace(WAY, doses=tuple(map(days, given)))
    assert told(way) == ("2024-02-25", ["2024-01-10"])


def test_never_infused_it_is_the_last_course_of_the_last_preparation() -> None:
    twice = replace(WAY, doses=(days("2024-02-01"), days("2024-02-25")), outcome=GIVEN_UP)
    assert told(twice, PUT_OFF, infused=None) == ("2024-02-25", ["2023-12-22", "2024-02-01"])
    assert told(replace(twice, doses=()), PUT_OFF, infused=None) == (None, ["2023-12-22"])


@pytest.mark.parametrize(
    ("dose", "too_late"),
    [
        pytest.param("2024-02-29T22:00:00", False, id="an hour before"),
        pytest.param("2024-02-29T23:00:00", True, id="at the same moment"),
        pytest.param("2024-02-29T23:30:00", True, id="half an hour after"),
    ],
)
def test_where_both_times_are_known_they_decide(dose: str, too_late: bool) -> None:
    at = datetime.fromisoformat(dose).replace(tzinfo=UTC)
    given = PossibleDays(at.date(), at.date(), at)
    begun = PossibleDays(date(2024, 3, 1), date(2024, 3, 1), datetime(2024, 2, 29, 23, tzinfo=UTC))
    found = of(replace(WAY, doses=(given,)), infused=PlannedInfusion(starts=begun))
    assert (found.too_late, found.course is None) == (too_late, too_late)


def test_a_preparation_with_doses_before_the_infusion_is_not_too_late() -> None:
    assert not of(WAY).too_late
    assert not of(replace(WAY, doses=())).too_late
    assert of(replace(WAY, doses=(days("2024-03-02"),))).too_late


@pytest.mark.parametrize(
    ("day", "belongs"),
    [
        pytest.param("2023-12-21", False, id="the day before its first dose"),
        pytest.param("2023-12-22", True, id="its first dose"),
        pytest.param("2024-01-22", True, id="30 days after its last"),
        pytest.param("2024-01-23", False, id="31 days"),
    ],
)
def test_the_time_of_an_earlier_course(day: str, belongs: bool) -> None:
    found = of(PUT_OFF, WAY)
    on = found.earlier_on(date.fromisoformat(day), infused_on=date(2024, 3, 1))
    assert (on is not None) is belongs


@pytest.mark.parametrize(
    ("way", "last"),
    [
        pytest.param(WAY, date(2024, 2, 24), id="the next lymphodepletion"),
        pytest.param(replace(WAY, doses=()), date(2024, 2, 29), id="the infusion without one"),
    ],
)
def test_what_ends_the_time_of_an_earlier_course(way: Preparing, last: date) -> None:
    late = replace(PUT_OFF, doses=(days("2024-02-10"),))
    found = of(late, way)
    infused_on = date(2024, 3, 1)
    assert found.earlier_on(last, infused_on=infused_on) == found.earlier[0]
    assert found.earlier_on(date.fromordinal(last.toordinal() + 1), infused_on=infused_on) is None


def test_a_history_is_read_up_to_its_cut() -> None:
    """Infused on 15 January; the preparation of a second infusion is not the first one's."""
    subject = history(
        cut="2024-10-31",
        infusions=(infusion("2024-01-15"), infusion("2024-10-01", 2, preparation=UUID(int=3))),
        preparations=(
            preparation(lymphodepletion=(days("2023-11-02"),), outcome=GIVEN_UP),
            preparation(2, lymphodepletion=(days("2024-01-10"),)),
            preparation(3, lymphodepletion=(days("2024-09-25"),)),
        ),
    )
    found = lymphodepletion_of(subject)
    assert found.first_day == date(2024, 1, 10)
    assert [course.first_day for course in found.earlier] == [date(2023, 11, 2)]
    before_it = lymphodepletion_of(replace(subject, data_cut=date(2024, 1, 14)))
    assert before_it.first_day == date(2024, 1, 10)


def test_an_unplanned_infusion_is_not_the_one_that_it_precedes() -> None:
    subject = history(
        infusions=(infusion("2023-12-01", 2, planned=False), infusion("2024-01-15")),
        preparations=(preparation(lymphodepletion=(days("2024-01-10"),)),),
    )
    assert lymphodepletion_of(subject).first_day == date(2024, 1, 10)


def test_bridging_is_that_of_the_same_preparation() -> None:
    subject = history(
        preparations=(
            preparation(
                bridging_from=days("2023-10-04"),
                lymphodepletion=(days("2023-11-02"),),
                outcome=GIVEN_UP,
            ),
            preparation(2, bridging_from=days("2024-01"), lymphodepletion=(days("2024-01-10"),)),
        )
    )
    assert bridging_from(subject) == date(2024, 1, 1)
    assert bridging_from(history(preparations=(preparation(),))) is None


def test_doses_of_one_course_lie_as_far_apart_as_the_trial_says_where_nobody_does() -> None:
    assert history().course_gap_days == load_trial().policy.lymphodepletion.course_gap_days
