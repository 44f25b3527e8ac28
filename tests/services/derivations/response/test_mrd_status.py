"""Residual disease: what a sample can answer, IMWG categories over time, and the rates' answers."""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import MrdSample, PetCt
from app.services.criteria.imwg.mrd import mrd_at, mrd_category
from app.services.derivations.response.mrd_status import MrdSummary, mrd_summary, mrd_visits
from app.vocabularies.imwg import Clonality, MrdMethod, MrdResult, PetResult, ResponseCategory
from tests.services.criteria.imwg_courses import INFUSED_ON, on_day, read, visit

D = Decimal
NGF, NGS = MrdMethod.NGF, MrdMethod.NGS
PET_NEGATIVE, PET_POSITIVE = PetResult.NEGATIVE, PetResult.POSITIVE
CR, VGPR = {"ife": "--", "marrow": 1}, {"ife": "+-", "marrow": 1}
START = visit(-10, 4, 0, ife="+-", marrow=50)


def sample(
    result: str = "negative",
    *,
    method: MrdMethod = NGF,
    sensitivity: str | None = "1e-5",
    **more: Any,
) -> MrdSample:
    return MrdSample(
        method=method,
        result=MrdResult(result),
        sensitivity=D(sensitivity) if sensitivity else None,
        **more,
    )


@pytest.mark.parametrize(
    ("one", "threshold", "result"),
    [
        pytest.param(sample(), "1e-5", "negative", id="reaches its threshold"),
        pytest.param(sample(sensitivity="1e-6"), "1e-5", "negative", id="a finer assay"),
        pytest.param(sample(), "1e-6", "not_evaluable", id="a coarser assay is no answer"),
        pytest.param(sample(sensitivity=None), "1e-5", "not_evaluable", id="reach unknown"),
        pytest.param(
            sample(sensitivity=None, cells_analysed=100_000), "1e-5", "negative", id="enough cells"
        ),
        pytest.param(sample(cells_analysed=99_999), "1e-5", "not_evaluable", id="one cell too few"),
        pytest.param(sample("positive"), "1e-6", "positive", id="positive is positive"),
        pytest.param(sample("not_evaluable"), "1e-4", "not_evaluable", id="no answer"),
        pytest.param(
            sample(method=NGS, clone_known=False), "1e-5", "not_evaluable", id="clone unknown"
        ),
        pytest.param(sample(method=NGS, clone_known=True), "1e-5", "negative", id="clone known"),
        pytest.param(sample(clone_known=False), "1e-5", "negative", id="flow needs no clone"),
    ],
)
def test_what_a_sample_says_at_a_threshold(one: MrdSample, threshold: str, result: str) -> None:
    assert mrd_at(one, D(threshold)) == result


@pytest.mark.parametrize(
    ("one", "pet", "category", "status"),
    [
        pytest.param(sample(), None, "CR", "FLOW_MRD_NEGATIVE", id="flow"),
        pytest.param(sample(method=NGS), None, "sCR", "SEQUENCING_MRD_NEGATIVE", id="sequencing"),
        pytest.param(sample(), PET_NEGATIVE, "CR", "IMAGING_PLUS_MRD_NEGATIVE", id="imaging too"),
        pytest.param(sample(), PET_POSITIVE, "CR", "FLOW_MRD_NEGATIVE", id="imaging positive"),
        pytest.param(sample(), PET_NEGATIVE, "VGPR", None, id="no CR"),
        pytest.param(sample(), None, "NE", None, id="not evaluable"),
        pytest.param(sample(sensitivity="1e-4"), None, "CR", None, id="too coarse"),
        pytest.param(sample("positive"), None, "CR", None, id="positive"),
        pytest.param(None, PET_NEGATIVE, "CR", None, id="no sample"),
    ],
)
def test_the_imwg_category_of_a_sample(
    one: MrdSample | None, pet: PetResult | None, category: str, status: str | None
) -> None:
    pet_ct = PetCt(result=pet) if pet else None
    assert mrd_category(one, pet_ct, ResponseCategory(category)) == status


def course(*visits: tuple[int, dict[str, Any]]) -> Any:
    return read(START, *(visit(day, 0, 0, **parts) for day, parts in visits)).course.visits


NEGATIVE, POSITIVE = {"mrd": sample()}, {"mrd": sample("positive")}
BOTH = {**CR, **NEGATIVE, "pet": PET_NEGATIVE}


@pytest.mark.parametrize(
    ("visits", "statuses"),
    [
        pytest.param(
            [(90, BOTH), (455, BOTH)],
            ["IMAGING_PLUS_MRD_NEGATIVE", "SUSTAINED_MRD_NEGATIVE"],
            id="365 days apart",
        ),
        pytest.param(
            [(90, BOTH), (454, BOTH)],
            ["IMAGING_PLUS_MRD_NEGATIVE", "IMAGING_PLUS_MRD_NEGATIVE"],
            id="364 days apart",
        ),
        pytest.param(
            [(90, BOTH), (300, BOTH), (455, BOTH)],
            ["IMAGING_PLUS_MRD_NEGATIVE", "IMAGING_PLUS_MRD_NEGATIVE", "SUSTAINED_MRD_NEGATIVE"],
            id="another one between",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE}), (455, BOTH)],
            ["FLOW_MRD_NEGATIVE", "IMAGING_PLUS_MRD_NEGATIVE"],
            id="imaging only once",
        ),
        pytest.param(
            [(90, BOTH), (270, {**CR, **POSITIVE}), (500, BOTH)],
            ["IMAGING_PLUS_MRD_NEGATIVE", "RELAPSE_FROM_MRD_NEGATIVE", "IMAGING_PLUS_MRD_NEGATIVE"],
            id="a positive between",
        ),
        pytest.param(
            [(90, BOTH), (270, {**CR, "pet": PET_POSITIVE}), (500, BOTH)],
            ["IMAGING_PLUS_MRD_NEGATIVE", "RELAPSE_FROM_MRD_NEGATIVE", "IMAGING_PLUS_MRD_NEGATIVE"],
            id="positive imaging between",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE, "pet": PET_POSITIVE}), (270, {**CR, "pet": PET_POSITIVE})],
            ["FLOW_MRD_NEGATIVE"],
            id="imaging was never negative",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE}), (120, VGPR), (150, VGPR)],
            ["FLOW_MRD_NEGATIVE", "RELAPSE_FROM_MRD_NEGATIVE"],
            id="the M-protein is back",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE}), (120, {"ife": "--", "marrow": 5})],
            ["FLOW_MRD_NEGATIVE", "RELAPSE_FROM_MRD_NEGATIVE"],
            id="5 % plasma cells",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE}), (120, {"ife": "--", "marrow": "4.9"})],
            ["FLOW_MRD_NEGATIVE"],
            id="under 5 % plasma cells",
        ),
        pytest.param(
            [(90, {**CR, **NEGATIVE}), (120, {"new_lesion": True, **CR})],
            ["FLOW_MRD_NEGATIVE", "RELAPSE_FROM_MRD_NEGATIVE"],
            id="progression",
        ),
        pytest.param([(90, {**CR, **POSITIVE})], [None], id="positive before any negative"),
        pytest.param([(90, VGPR)], [], id="no sample, no row"),
    ],
)
def test_categories_over_time(
    visits: list[tuple[int, dict[str, Any]]], statuses: list[str | None]
) -> None:
    assert [one.status for one in mrd_visits(course(*visits))] == statuses


def test_polyclonal_plasma_cells_are_no_relapse_from_mrd_negativity() -> None:
    many = {"ife": "--", "marrow": 6, "clonality": Clonality.ABSENT}
    found = course((90, {**CR, **NEGATIVE}), (120, many))
    assert [one.status for one in mrd_visits(found)] == ["FLOW_MRD_NEGATIVE"]
    assert [sign.sign for sign in found[-1].relapse_signs] == ["polyclonal_plasma_cells_5_pct"]


def summary(
    *visits: tuple[int, dict[str, Any]],
    n: int | None = None,
    pd: int | None = None,
    threshold: str = "1e-5",
) -> MrdSummary:
    return mrd_summary(
        course(*visits),
        infused_on=INFUSED_ON,
        new_therapy_on=on_day(n),
        progressed_on=on_day(pd),
        threshold=D(threshold),
    )


@pytest.mark.parametrize(
    ("visits", "ends", "best", "evaluable"),
    [
        pytest.param([(28, NEGATIVE)], {}, "negative", True, id="negative"),
        pytest.param([(28, POSITIVE), (56, NEGATIVE)], {}, "negative", True, id="later negative"),
        pytest.param([(28, POSITIVE)], {}, "positive", True, id="positive"),
        pytest.param(
            [(28, NEGATIVE)], {"threshold": "1e-6"}, "not_evaluable", False, id="too coarse"
        ),
        pytest.param([(28, {})], {}, None, False, id="no sample"),
        pytest.param([(28, NEGATIVE)], {"n": 29}, "negative", True, id="before new therapy"),
        pytest.param([(28, NEGATIVE)], {"n": 28}, "negative", True, id="on its first day"),
        pytest.param([(28, NEGATIVE)], {"n": 27}, None, False, id="after it"),
        pytest.param([(28, NEGATIVE)], {"pd": 29}, "negative", True, id="before progression"),
        pytest.param([(28, NEGATIVE)], {"pd": 28}, None, False, id="on the day of progression"),
        pytest.param([(28, NEGATIVE)], {"pd": 27}, None, False, id="after it was shown"),
    ],
)
def test_the_best_sample_before_progression_and_new_therapy(
    visits: list[tuple[int, dict[str, Any]]],
    ends: dict[str, Any],
    best: str | None,
    evaluable: bool,
) -> None:
    found = summary(*((day, {**VGPR, **parts}) for day, parts in visits), **ends)
    assert (found.best, found.evaluable) == (best, evaluable)


@pytest.mark.parametrize(
    ("sample_day", "response_day", "n", "counts"),
    [
        pytest.param(28, 119, None, True, id="91 days before"),
        pytest.param(28, 120, None, False, id="92 days before"),
        pytest.param(160, 69, None, True, id="91 days after"),
        pytest.param(161, 69, None, False, id="92 days after"),
        pytest.param(28, 91, 60, False, id="CR after new therapy"),
    ],
)
def test_a_negative_sample_near_a_complete_response(
    sample_day: int, response_day: int, n: int | None, counts: bool
) -> None:
    visits = sorted(
        [(sample_day, {**VGPR, **NEGATIVE}), (response_day, CR)], key=lambda one: one[0]
    )
    found = summary(*visits, n=n)
    assert found.negative_with_complete_response is counts
    assert found.imwg_negative is False


@pytest.mark.parametrize(
    ("visits", "six", "twelve"),
    [
        pytest.param([(28, NEGATIVE), (211, NEGATIVE)], True, False, id="183 days"),
        pytest.param([(28, NEGATIVE), (210, NEGATIVE)], False, False, id="182 days"),
        pytest.param([(28, NEGATIVE), (393, NEGATIVE)], True, True, id="365 days"),
        pytest.param([(28, NEGATIVE), (392, NEGATIVE)], True, False, id="364 days"),
        pytest.param(
            [(28, NEGATIVE), (100, POSITIVE), (393, NEGATIVE)], False, False, id="positive between"
        ),
        pytest.param(
            [(28, NEGATIVE), (211, NEGATIVE), (220, POSITIVE)], True, False, id="positive after"
        ),
    ],
)
def test_sustained_negativity_of_the_marrow(
    visits: list[tuple[int, dict[str, Any]]], six: bool, twelve: bool
) -> None:
    found = summary(*((day, {**VGPR, **parts}) for day, parts in visits))
    assert (found.sustained_6_months, found.sustained_12_months) == (six, twelve)
    assert not found.imwg_sustained


def test_imwg_negativity_is_of_the_samples_own_visit() -> None:
    found = summary((90, BOTH), (455, BOTH))
    assert (found.imwg_negative, found.imwg_sustained) == (True, True)
    assert found.first_negative_on == on_day(90)
    assert not summary((90, BOTH), (455, BOTH), n=400).imwg_sustained


def test_a_samples_day_is_its_marrows() -> None:
    parts = {**CR, **NEGATIVE, "marrow_day": 100}
    [one] = mrd_visits(course((90, parts)))
    assert one.sample is not None
    assert one.sample.collected_on == on_day(100)
