"""Persistence of CAR-T cells: at planned visits, and until they are found no more."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.services.derivations.kinetics.car_kinetics import AnalyteKinetics, car_kinetics
from app.services.derivations.kinetics.persistence import PersistenceTime
from app.vocabularies.kinetics import NotEvaluableReason
from tests.subjects.base import TRIAL
from tests.subjects.kinetics import INFUSED_ON, history, on, profile_of, sample


def derived(days: list[float], values: list[float]) -> AnalyteKinetics:
    (analyte,) = car_kinetics(history(profile_of(days, values)), TRIAL).analytes
    return analyte


def time(days: float, *, confirmed: bool | None, found_again: bool = False) -> PersistenceTime:
    return PersistenceTime(
        days=days,
        lost=confirmed is not None,
        confirmed=confirmed,
        lost_on=None if confirmed is None else INFUSED_ON + timedelta(int(days)),
        found_again=found_again,
    )


@pytest.mark.parametrize(
    ("days", "values", "expected"),
    [
        pytest.param(
            [7, 28, 61, 91], [900, 90, 0, 0], time(61, confirmed=True), id="two: the first of them"
        ),
        pytest.param(
            [7, 28, 61], [900, 90, 0], time(61, confirmed=False), id="the last sample alone"
        ),
        pytest.param(
            [7, 28, 61, 91], [900, 0, 60, 70], time(91, confirmed=None), id="one between two"
        ),
        pytest.param(
            [7, 28, 61, 91], [900, 0, 60, 0], time(91, confirmed=False), id="one, and the last"
        ),
        pytest.param(
            [7, 28, 61, 91],
            [900, 0, 0, 60],
            time(28, confirmed=True, found_again=True),
            id="lost, and found again",
        ),
        pytest.param([7, 28], [900, 90], time(28, confirmed=None), id="never lost: the last found"),
        pytest.param(
            [1, 3, 7, 28], [0, 0, 900, 90], time(28, confirmed=None), id="below before the peak"
        ),
        pytest.param([7], [900], time(7, confirmed=None), id="one sample"),
        pytest.param([7, 28, 61], [0, 0, 0], None, id="never quantifiable"),
    ],
)
def test_the_cells_are_lost_at_the_first_of_two_samples_below_the_limit(
    days: list[float], values: list[float], expected: PersistenceTime | None
) -> None:
    assert derived(days, values).persistence == expected


def test_a_sample_that_is_not_evaluable_does_not_part_two_below_the_limit() -> None:
    failed = sample(9, 75, None, not_evaluable=NotEvaluableReason.ASSAY_FAILED)
    samples = [*profile_of([7, 61, 91], [900, 0, 0]), failed]
    (analyte,) = car_kinetics(history(samples), TRIAL).analytes
    assert analyte.persistence == time(61, confirmed=True)


@pytest.mark.parametrize(
    ("days", "values", "detectable"),
    [
        pytest.param([28], [50], True, id="on the day, at the limit"),
        pytest.param([28], [49], False, id="below the limit"),
        pytest.param([26], [900], True, id="first day of the window"),
        pytest.param([25], [900], None, id="the day before it"),
        pytest.param([35], [900], True, id="last day of the window"),
        pytest.param([36], [900], None, id="the day after it"),
        pytest.param([27, 30], [0, 900], False, id="the nearest"),
        pytest.param([27, 29], [0, 900], True, id="equally near: the later"),
    ],
)
def test_month_1_is_read_from_the_sample_nearest_day_28(
    days: list[float], values: list[float], detectable: bool | None
) -> None:
    (first, *_) = derived([7, *days], [900, *values]).at_visits
    assert (first.visit, first.target, first.detectable) == ("M1", 28, detectable)
    assert (first.day is None) == (detectable is None)


def test_every_planned_visit_of_persistence_is_answered() -> None:
    answers = derived([7, 91, 183, 274, 1082], [900, 60, 0, 60, 0]).at_visits
    assert [(one.visit, one.target, one.detectable) for one in answers] == [
        ("M1", 28, None),
        ("M3", 91, True),
        ("M6", 183, False),
        ("M9", 274, True),
        ("M12", 365, None),
        ("M18", 548, None),
        ("M24", 731, None),
        ("M36", 1082, False),
    ]


def test_a_subject_never_quantifiable_still_counts_at_the_visits() -> None:
    result = derived([7, 28], [0, 0])
    assert result.persistence is None
    assert result.at_visits[0].detectable is False


def test_a_further_sample_of_a_day_decides_nothing() -> None:
    samples = [
        sample(1, 7, 900),
        sample(2, 28, 0),
        sample(3, 28.2, 700),
        sample(4, on(61), 0, lod=Decimal(20)),
    ]
    (analyte,) = car_kinetics(history(samples), TRIAL).analytes
    assert analyte.at_visits[0].detectable is False
    assert analyte.persistence == time(28, confirmed=True)
