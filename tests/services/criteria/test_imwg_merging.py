"""Records of one day, filled in from each other."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, Lesion, Marrow, MeasuredValue
from app.services.criteria.imwg.merging import merged_by_day
from app.vocabularies.imwg import Clonality
from tests.services.criteria.imwg_courses import visit

D = Decimal


def percent(value: int | None, **more: Any) -> MeasuredValue:
    return MeasuredValue(value=None if value is None else D(value), unit="%", **more)


def merged(*records: DiseaseEvaluation) -> tuple[DiseaseEvaluation, ...]:
    """The evaluations of the one day, the same in whatever order the records arrived."""
    found = {merged_by_day(order) for order in permutations(records)}
    [[of_the_day]] = found
    return of_the_day


def serum(records: Iterable[DiseaseEvaluation]) -> list[Decimal | None]:
    values = (record.serum_m_protein for record in records)
    return sorted(value.value for value in values if value is not None and value.value is not None)


@pytest.mark.parametrize(
    ("value", "spurious", "usable"),
    [
        pytest.param(2, False, True, id="a value"),
        pytest.param(0, False, True, id="none found"),
        pytest.param(2, True, False, id="a laboratory error"),
        pytest.param(None, False, False, id="not done"),
    ],
)
def test_what_may_be_used(value: int | None, spurious: bool, usable: bool) -> None:
    assert percent(value, spurious=spurious).usable is usable


def test_records_of_one_day_complete_each_other() -> None:
    [one] = merged(visit(28, 1, None, name="a"), visit(28, None, 200, name="b"))
    assert one.serum_m_protein is not None
    assert one.urine_m_protein is not None
    assert (one.serum_m_protein.value, one.urine_m_protein.value) == (1, 200)
    assert {one.evaluation_id, *one.merged_with} == {"a", "b"}


def test_a_usable_value_takes_the_place_of_a_laboratory_error() -> None:
    error = visit(28, 9, 0, spurious=["s"], name="a")
    [one] = merged(error, visit(28, 1, 0, name="b"))
    assert serum([one]) == [1]


def test_different_usable_values_remain_apart() -> None:
    found = merged(visit(28, 1, 0, name="a"), visit(28, 2, 0, name="b"))
    assert serum(found) == [1, 2]


def test_records_of_two_days_remain_apart() -> None:
    found = merged_by_day([visit(56, 2, 0, name="b"), visit(28, 1, 0, name="a")])
    assert [serum(of_the_day) for of_the_day in found] == [[1], [2]]


def marrow(**parts: Any) -> DiseaseEvaluation:
    name = "-".join(parts)
    return replace(visit(28, 1, 0, name=name), marrow=Marrow(**parts))


def test_the_halves_of_a_marrow_are_put_together() -> None:
    [one] = merged(
        marrow(aspirate=percent(2)),
        marrow(biopsy=percent(4), clonality=Clonality.ABSENT, haemodiluted=True),
    )
    assert one.marrow == Marrow(
        aspirate=percent(2), biopsy=percent(4), clonality=Clonality.ABSENT, haemodiluted=True
    )


def test_marrows_that_disagree_are_not_put_together() -> None:
    found = merged(marrow(aspirate=percent(2)), marrow(aspirate=percent(9), biopsy=percent(4)))
    assert {record.marrow for record in found} == {
        Marrow(aspirate=percent(2)),
        Marrow(aspirate=percent(9), biopsy=percent(4)),
    }


def lesions(record: DiseaseEvaluation) -> dict[str, Lesion]:
    assert record.imaging is not None
    return {lesion.lesion_id: lesion for lesion in record.imaging.lesions}


def test_lists_of_lesions_that_agree_are_put_together() -> None:
    [one] = merged(
        visit(28, 1, 0, lesions={"a": (10, 5), "b": (0, 0)}, name="1"),
        visit(28, 1, 0, lesions={"a": (10, 5), "c": (20, 20)}, name="2"),
    )
    assert list(lesions(one)) == ["a", "b", "c"]
    assert (lesions(one)["a"].long_mm, lesions(one)["c"].long_mm) == (10, 20)


@pytest.mark.parametrize(
    ("other", "day"),
    [
        pytest.param({"a": (11, 5), "b": (0, 0)}, 28, id="of other size"),
        pytest.param({"b": (0, 0)}, 29, id="of another day"),
    ],
)
def test_lists_of_lesions_that_do_not_agree_remain_apart(other: Any, day: int) -> None:
    found = merged(
        visit(28, 1, 0, lesions={"a": (10, 5)}, imaged_day=28, name="1"),
        visit(28, 1, 0, lesions=other, imaged_day=day, name="2"),
    )
    assert sorted(list(lesions(record)) for record in found) == sorted([["a"], list(other)])


def in_g_per_l(record: DiseaseEvaluation) -> DiseaseEvaluation:
    spike = record.serum_m_protein
    assert spike is not None
    assert spike.value is not None
    return replace(record, serum_m_protein=replace(spike, value=spike.value * 10, unit="g/L"))


def test_the_same_values_in_another_unit_have_the_same_places() -> None:
    """Of three records of a day, one without a value is completed by the first of the others."""
    low, high = visit(28, "0.5", 0, name="b"), visit(28, 1, 0, name="a")
    empty = visit(28, None, 0, name="c", marrow=3)
    orders = [
        [record.evaluation_id for record in merged(one, other, empty)]
        for one in (low, in_g_per_l(low))
        for other in (high, in_g_per_l(high))
    ]
    assert orders == [["c", "a"]] * 4
