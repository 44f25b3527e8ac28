"""The lowest value of one marker, and the values it is the lowest of."""

from datetime import date
from decimal import Decimal

import pytest

from app.services.criteria.imwg.bounds import Bounds
from app.services.criteria.imwg.nadir import Dated, Series, nadir
from app.services.criteria.imwg.reading import Reading

D = Decimal


def on(day: int) -> date:
    return date(2024, 3, day)


def reading(value: str, day: int, *, below: bool = False) -> Reading:
    bounds = Bounds(low=D(0) if below else D(value), high=D(value))
    return Reading(bounds=bounds, collected_on=on(day))


SERIES = Series(
    baseline=reading("4", 1),
    after_infusion=(reading("2", 20), reading("3", 10), reading("0.5", 25, below=True)),
)


@pytest.mark.parametrize(
    ("day", "values"),
    [
        pytest.param(10, ["4"], id="only earlier days"),
        pytest.param(11, ["4", "3"], id="baseline first"),
        pytest.param(25, ["4", "3", "2"], id="in order of collection"),
        pytest.param(26, ["4", "3", "2", "0"], id="below a limit counts as 0"),
    ],
)
def test_the_values_before_a_day(day: int, values: list[str]) -> None:
    assert [value for value, _ in SERIES.before(on(day))] == [D(value) for value in values]


def test_a_subject_without_a_baseline_has_the_values_after_infusion() -> None:
    assert Series(None, SERIES.after_infusion).before(on(15)) == [Dated(D(3), on(10))]


@pytest.mark.parametrize(
    ("values", "lowest", "confirmed"),
    [
        pytest.param([], None, None, id="no value"),
        pytest.param(["4"], (4, 1), (4, 1), id="one stands for itself"),
        pytest.param(["4", "1", "2"], (1, 2), (2, 3), id="the higher of the lowest pair"),
        pytest.param(["4", "1", "1"], (1, 2), (1, 3), id="of equals the earliest, or the later"),
        pytest.param(["4", "3", "1"], (1, 3), (3, 2), id="a last value is not confirmed"),
        pytest.param(["2", "2", "2"], (2, 1), (2, 2), id="never lower than at the start"),
    ],
)
def test_the_lowest_value(
    values: list[str], lowest: tuple[int, int] | None, confirmed: tuple[int, int] | None
) -> None:
    dated = [Dated(D(value), on(day)) for day, value in enumerate(values, start=1)]
    for found, expected in (
        (nadir(dated), lowest),
        (nadir(dated, "lowest_confirmed"), confirmed),
    ):
        assert found == (None if expected is None else Dated(D(expected[0]), on(expected[1])))
