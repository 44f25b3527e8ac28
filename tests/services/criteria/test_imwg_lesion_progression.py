"""Progression of the lesions followed: their product sum, from the smallest of earlier days."""

from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import NewLesion
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LesionKind
from tests.services.criteria.imwg_courses import on_day, read, visit


@pytest.mark.parametrize(
    ("start", "today", "policy", "expected"),
    [
        pytest.param([(30, 10)], [(30, 15)], {}, "SD", id="one lesion has no product sum"),
        pytest.param(
            [(30, 10)], [(30, 15)], {"spd_single_lesion": True}, "PD", id="unless asked for"
        ),
        pytest.param([(30, 10)] * 2, [(30, 15)] * 2, {}, "PD", id="two lesions, by half"),
        pytest.param([(30, 10)] * 2, [(30, 15), (30, 14)], {}, "SD", id="by less than half"),
        pytest.param([(30, 10)] * 3, [(30, 15)] * 3, {}, "PD", id="three lesions"),
        pytest.param(
            [(30, 10)] * 2, [(30, 15)] * 2, {"spd_single_lesion": True}, "PD", id="two, asked for"
        ),
    ],
)
def test_the_product_sum_has_grown_by_half(
    start: list[Any], today: list[Any], policy: dict[str, Any], expected: str
) -> None:
    first, now = (dict(zip("abc", lesions, strict=False)) for lesions in (start, today))
    course = [visit(-10, 4, 0, lesions=first), visit(28, 4, 0, lesions=now)]
    assert read(*course, policy=ImwgPolicy(**policy)).last.category == expected


def test_a_later_smaller_lesion_says_nothing_of_an_earlier_day() -> None:
    """Lesions that shrink from month 1 to 2 had not grown in month 1."""
    large, small = {"a": (30, 20), "b": (30, 20)}, {"a": (20, 10), "b": (20, 10)}
    found = read(
        visit(-10, 4, 0, lesions=large),
        visit(28, 4, 0, lesions=large),
        visit(56, 4, 0, lesions=small),
    )
    assert found.categories[0] == "SD"


def test_a_lesion_that_is_gone_hides_none_that_grew() -> None:
    start = visit(-10, 4, 0, lesions={"a": (30, 20), "b": (20, 20)})
    last = read(start, visit(28, 4, 0, lesions={"a": (0, 0), "b": (30, 20)})).last
    assert last.category == "PD"


@pytest.mark.parametrize(
    ("found_day", "imaged_day", "dated"),
    [
        pytest.param(30, 35, 30, id="its own day"),
        pytest.param(None, 35, 35, id="that of the imaging"),
        pytest.param(30, None, 30, id="its own without one of the imaging"),
        pytest.param(None, None, 28, id="that of the visit"),
    ],
)
def test_the_day_of_a_new_lesion(found_day: int | None, imaged_day: int | None, dated: int) -> None:
    new = NewLesion(kind=LesionKind.EXTRAMEDULLARY, found_on=on_day(found_day))
    today = visit(28, 4, 0, lesions={"a": (30, 20)}, imaged_day=imaged_day, new_lesions=(new,))
    last = read(visit(-10, 4, 0, lesions={"a": (30, 20)}), today).last
    assert [finding.collected_on for finding in last.progression] == [on_day(dated)]
    assert "nadir_below_limit" not in last.flags
