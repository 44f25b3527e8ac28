"""A subject's visits: records of one day, days of categories, flags, and the urine waiver."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import (
    Component,
    Imaging,
    Immunofixation,
    Isotype,
    Lesion,
    Marrow,
    MeasuredValue,
    MrdSample,
    NewLesion,
    SerumMProtein,
    SerumMProteinOfIsotype,
    UrineMProtein,
)
from app.services.derivations.response.judged_evaluations import with_urine_waived
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import (
    Clonality,
    HeavyChain,
    ImmunofixationResult,
    LesionKind,
    LightChain,
    MrdMethod,
    MrdResult,
)
from tests.services.criteria.imwg_courses import INFUSED_ON, on_day, read, visit

D = Decimal
START = visit(-10, 4, 0, ife="+-", kappa=200, lambda_=10, marrow=50)
KAPPA = LightChain.KAPPA
A_AND = {"a": (10, 5)}


def test_records_of_one_day_complete_each_other() -> None:
    records = [
        visit(28, 0, name="serum"),
        visit(28, None, 0, name="urine"),
        visit(28, ife="--", name="immunofixation"),
        visit(28, marrow=1, clonality=Clonality.ABSENT, name="marrow"),
        visit(28, kappa=10, name="kappa"),
        visit(28, lambda_=10, name="lambda"),
    ]
    for order in ([0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 2, 4]):
        [one] = read(START, *(records[index] for index in order), involved=KAPPA).course.visits
        assert one.category == "sCR"
        assert set(one.evaluation_ids) == {record.evaluation_id for record in records}
        assert "conflicting_records" not in one.flags


def test_a_usable_value_takes_the_place_of_a_spurious_one() -> None:
    wrong = visit(28, "0.1", 0, spurious=["s"], name="a")
    right = visit(28, "1.6", 0, name="b")
    assert read(START, wrong, right).categories == ["PR"]


@pytest.mark.parametrize(
    ("first", "second", "category", "conflict"),
    [
        pytest.param({"s": "0.3"}, {"s": "1.6"}, "PR", True, id="the worse of two values"),
        pytest.param({"s": "1.6"}, {"s": "6"}, "PD", True, id="progression wins"),
        pytest.param({"s": "1.6"}, {"s": "1.60"}, "PR", False, id="the same value twice"),
        pytest.param({"s": "1.6"}, {"s": "1.7"}, "PR", False, id="two values, one category"),
    ],
)
def test_two_complete_records_of_one_day_are_each_judged_and_the_worse_stands(
    first: dict[str, Any], second: dict[str, Any], category: str, conflict: bool
) -> None:
    records = (visit(28, u=0, name="a", **first), visit(28, u=0, name="b", **second))
    for order in permutations(records):
        [one] = read(START, *order).course.visits
        assert one.category == category
        assert ("conflicting_records" in one.flags) is conflict
        assert set(one.evaluation_ids) == {"a", "b"}


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_which_of_two_equal_records_came_first_does_not_matter(names: tuple[str, str]) -> None:
    first, second = (
        visit(28, s, 0, name=name) for s, name in zip(("1.6", "1.7"), names, strict=True)
    )
    [one] = read(START, first, second).course.visits
    assert one.markers[0].current == D("1.6")


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize(
    ("result", "stands"),
    [
        pytest.param(MrdResult.POSITIVE, MrdResult.POSITIVE, id="disease stands"),
        pytest.param(MrdResult.NOT_EVALUABLE, MrdResult.NEGATIVE, id="no answer loses to any"),
    ],
)
def test_of_two_residual_disease_results_of_one_day_the_worse_stands(
    result: MrdResult, stands: MrdResult, names: tuple[str, str]
) -> None:
    records = [
        visit(
            28,
            "1.6",
            0,
            name=name,
            mrd=MrdSample(method=MrdMethod.NGF, result=one, sensitivity=D("1e-5")),
        )
        for name, one in zip(names, (MrdResult.NEGATIVE, result), strict=True)
    ]
    [visited] = read(START, *records).course.visits
    assert visited.mrd is not None
    assert visited.mrd.result is stands


def test_a_record_that_is_not_evaluable_loses_to_any_other() -> None:
    """Two markers that contradict each other in a way that leaves one record without serum."""
    gone = visit(28, None, 0, name="a", circulating=1)
    good = visit(28, "1.6", 0, name="b", circulating=2)
    assert read(START, gone, good).categories == ["PR"]


def test_halves_of_a_marrow_and_lists_of_lesions_are_put_together() -> None:
    def percent(value: int) -> MeasuredValue:
        return MeasuredValue(value=D(value), unit="%")

    def lesion(name: str) -> Lesion:
        return Lesion(lesion_id=name, kind=LesionKind.EXTRAMEDULLARY, long_mm=D(0), short_mm=D(0))

    start = visit(-10, 4, 0, lesions={"a": (30, 20), "b": (30, 20)})
    first = replace(
        visit(28, 0, 0, ife="--", kappa=10, lambda_=10, name="1"),
        marrow=Marrow(aspirate=percent(2)),
        imaging=Imaging(lesions=(lesion("a"),)),
    )
    second = replace(
        visit(28, name="2"),
        marrow=Marrow(biopsy=percent(4), clonality=Clonality.ABSENT),
        imaging=Imaging(lesions=(lesion("b"),)),
    )
    [one] = read(start, first, second, involved=KAPPA).course.visits
    assert (one.category, one.flags) == ("sCR", ())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(({"a": (0, 0)}, 28), ({"b": (0, 0)}, 29), id="of two days"),
        pytest.param(({"a": (0, 0)}, 28), ({"a": (9, 9), "b": (0, 0)}, 28), id="that disagree"),
    ],
)
def test_lists_of_lesions_that_do_not_agree_are_not_put_together(first: Any, second: Any) -> None:
    start = visit(-10, 4, 0, lesions={"a": (30, 20), "b": (30, 20)})
    records = [
        visit(28, 0, 0, ife="--", marrow=1, lesions=lesions, imaged_day=day, name=name)
        for name, (lesions, day) in (("1", first), ("2", second))
    ]
    assert read(start, *records).categories[0] != "CR"


def test_of_two_progressions_of_one_day_the_one_on_imaging_stands() -> None:
    blood = visit(28, 6, 0, name="a", new_lesions=())
    scan = visit(28, "4.1", 0, name="b", new_lesion=True)
    for records in ((blood, scan), (scan, blood)):
        [one] = read(START, *records).course.visits
        assert (one.category, one.basis) == ("PD", "imaging")


def test_marrows_of_two_days_are_not_put_together() -> None:
    """Each record keeps its own marrow: one shows CR on its day, the other 8 % ten days later."""

    def record(name: str, percent: int, day: int) -> Any:
        count = MeasuredValue(value=D(percent), unit="%")
        marrow = Marrow(aspirate=count, collected_on=on_day(day))
        return replace(visit(28, 0, 0, ife="--", name=name), marrow=marrow)

    found = read(START, record("1", 2, 28), record("2", 8, 38))
    [one] = found.course.visits
    assert (one.category, one.assessed_on) == ("VGPR", on_day(28))
    assert "conflicting_records" in one.flags


def test_categories_that_fall_on_one_day_are_one_visit() -> None:
    """The CR of day 28 is dated by its marrow of day 38, when another evaluation shows VGPR."""
    found = read(
        START,
        visit(28, 0, 0, ife="--", marrow=1, marrow_day=38, name="first"),
        visit(38, 0, 0, ife="+-", name="second"),
    )
    [one] = found.course.visits
    assert (one.category, one.assessed_on) == ("VGPR", on_day(38))
    assert set(one.evaluation_ids) == {"first", "second"}
    assert {sign.sign for sign in one.relapse_signs} == {"serum_immunofixation_positive"}


@pytest.mark.parametrize(
    ("parts", "category", "day"),
    [
        pytest.param({"serum": 30, "urine": 26}, "PR", 30, id="PR by the serum it uses"),
        pytest.param({"serum": 28, "urine": 34}, "PR", 28, id="PR has no use for the urine"),
        pytest.param({"serum": 28, "urine": 34, "s": "0.3"}, "VGPR", 34, id="VGPR has"),
    ],
)
def test_a_category_is_dated_by_the_latest_part_it_uses(
    parts: dict[str, Any], category: str, day: int
) -> None:
    today = visit(
        28,
        serum_m_protein=SerumMProtein(
            value=D(parts.get("s", "1.6")), unit="g/dL", collected_on=on_day(parts["serum"])
        ),
        urine_m_protein=UrineMProtein(
            value=D(0), unit="mg/(24.h)", collected_on=on_day(parts["urine"])
        ),
    )
    last = read(START, today).last
    assert (last.category, last.assessed_on) == (category, on_day(day))


def test_an_immunofixation_that_stands_for_urine_dates_the_vgpr() -> None:
    fixation = Immunofixation(result=ImmunofixationResult.NEGATIVE, collected_on=on_day(33))
    today = visit(28, "0.3", None, ife="+.", urine_immunofixation=fixation)
    assert read(START, today).last.assessed_on == on_day(33)


def test_imaging_of_the_visit_dates_a_response_it_allows() -> None:
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    today = visit(28, 1, 0, lesions={"a": (20, 20)}, imaged_day=35)
    last = read(start, today).last
    assert (last.category, last.assessed_on) == ("PR", on_day(35))


@pytest.mark.parametrize(("ife", "category"), [("+-", "VGPR"), ("--", "CR")], ids=["VGPR", "CR"])
def test_imaging_has_no_say_where_there_was_never_a_plasmacytoma(ife: str, category: str) -> None:
    today = visit(28, 0, 0, ife=ife, marrow=1, lesions={}, imaged_day=35)
    last = read(START, today).last
    assert (last.category, last.assessed_on, last.carried_forward) == (category, on_day(28), ())


@pytest.mark.parametrize(
    ("today", "carried_day"),
    [
        pytest.param({"lesions": {"a": (30, 25)}, "imaged_day": 13}, 13, id="15 days before"),
        pytest.param({"lesions": {"a": (None, None)}}, -10, id="not assessed"),
        pytest.param({"lesions": {"a": (30, 25)}, "imaged_day": 57}, -10, id="29 days after"),
    ],
)
def test_imaging_that_is_not_of_the_visit_is_carried_forward(
    today: dict[str, Any], carried_day: int
) -> None:
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    for parts in ({"s": 1}, {"s": 0, "ife": "--", "marrow": 1}):
        last = read(start, visit(28, u=0, **parts, **today)).last
        assert (last.category, last.assessed_on) == ("SD", on_day(28))
        assert [one.collected_on for one in last.carried_forward] == [on_day(carried_day)]
        assert all(one.missing[0] == "plasmacytomas" for one in last.not_shown[-2:])
        assert last.not_shown[-1].rules == ("X5",)


def test_imaging_of_the_visit_that_shows_too_little_is_nothing_missing() -> None:
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    last = read(start, visit(28, 0, 0, ife="--", marrow=1, lesions={"a": (30, 25)})).last
    assert (last.category, last.not_shown, last.carried_forward) == ("SD", (), ())


def test_a_visit_that_is_not_evaluable_is_dated_by_its_anchor() -> None:
    assert read(START, visit(28, None, 0)).last.assessed_on == on_day(28)


def test_the_waiver_of_urine_is_a_course_of_its_own() -> None:
    found = read(START, visit(28, "0.3", None), visit(56, "0.3", 150), visit(84, "0.3", 0))
    assert found.categories == ["PR", "PR", "VGPR"]
    waived = [str(one.category) for one in with_urine_waived(found.course.visits)]
    assert waived == ["VGPR", "PR", "VGPR"]


@pytest.mark.parametrize(
    ("today", "flag"),
    [
        pytest.param({"kappa": "<3", "lambda_": "<3"}, "ratio_unknown", id="ratio"),
        pytest.param({"calcium": "11.1"}, "raised_calcium", id="calcium above 11"),
        pytest.param({"calcium": "11"}, None, id="calcium of 11"),
        pytest.param(
            {"calcium": "12", "calcium_due_to_myeloma": False}, None, id="calcium of another cause"
        ),
        pytest.param({"ivig_within_28_days": True}, "ivig_within_28_days", id="IVIG"),
        pytest.param({"lesions": A_AND | {"n": (0, 0)}}, None, id="unknown lesion that is gone"),
        pytest.param({"lesions": {"a": (10, 5)}}, None, id="known lesion"),
        pytest.param({"lesions": {"a": (None, None)}}, "incomplete_imaging", id="not assessed"),
    ],
)
def test_what_a_reviewer_should_look_at(today: dict[str, Any], flag: str | None) -> None:
    start = visit(-10, 4, 0, lesions={"a": (30, 20)})
    last = read(start, visit(28, 1, 0, **today), involved=KAPPA).last
    assert last.flags == ((flag,) if flag else ())


def test_a_lesion_is_untracked_only_without_baseline_imaging_and_unless_reported_as_new() -> None:
    lesion = {"n": (20, 10)}
    unknown = read(visit(-10, 4, 0), visit(28, 1, 0, lesions=lesion)).last
    assert (unknown.category, unknown.flags) == ("PR", ("untracked_lesion",))
    new = read(visit(-10, 4, 0), visit(28, 1, 0, lesions=lesion, new_lesion=True)).last
    assert (new.category, new.flags) == ("PD", ())


def test_a_part_collected_on_the_day_of_a_later_visit_stands_at_that_visit() -> None:
    start = visit(-10, 4, 0, lesions={"a": (40, 25)})
    late = {"lesions": {"a": (0, 0)}, "imaged_day": 56, "marrow": 2, "marrow_day": 56}
    found = read(
        start, visit(28, None, 0, ife="+-", **late), visit(56, 0, 0, ife="--", name="second")
    )
    by_day = {one.anchor: one for one in found.course.visits}
    assert by_day[INFUSED_ON + timedelta(days=56)].category == "CR"


def test_the_visits_own_marrow_stands_before_another_of_its_day() -> None:
    for own, other, category in ((2, 8, "CR"), (8, 2, "VGPR")):
        found = read(
            START,
            visit(28, None, 0, ife="+-", marrow=other, marrow_day=56),
            visit(56, 0, 0, ife="--", marrow=own, name="second"),
        )
        assert found.last.category == category


def test_the_nadir_shown_follows_the_policy_and_that_of_marrow_does_not() -> None:
    course = [
        visit(-10, 4, 0, marrow=60),
        visit(28, 1, 0, marrow=20),
        visit(56, 2, 0, marrow=40),
    ]
    confirmed = ImwgPolicy(nadir="lowest_confirmed")
    for policy, serum in ((ImwgPolicy(), 1), (confirmed, 4)):
        markers = {
            marker.component: marker.nadir for marker in read(*course, policy=policy).last.markers
        }
        assert markers[Component.SERUM_M_PROTEIN] is not None
        assert markers[Component.SERUM_M_PROTEIN].value == serum
        assert markers[Component.MARROW_PLASMA_CELLS] == (D(20), on_day(28))


def test_a_change_of_method_is_flagged() -> None:
    def by(method: str | None, value: str, day: int) -> Any:
        serum = SerumMProtein(value=D(value), unit="g/dL", method=method)
        return visit(day, u=0, serum_m_protein=serum)

    start = by("capillary", "4", -10)
    assert "method_change" in read(start, by("agarose gel", "1", 28)).last.flags
    assert "method_change" not in read(start, by("capillary", "1", 28)).last.flags
    assert "method_change" not in read(start, by(None, "1", 28)).last.flags


@pytest.mark.parametrize(("method", "changed"), [("agarose gel", True), ("capillary", False)])
def test_a_change_of_method_is_flagged_of_several_proteins_too(method: str, changed: bool) -> None:
    def by(assay: str, day: int) -> Any:
        protein = SerumMProteinOfIsotype(
            value=D(1), unit="g/dL", method=assay, isotype=Isotype(heavy_chain=HeavyChain.IGG)
        )
        return visit(day, u=0, serum_m_proteins=(protein,))

    flags = read(by("capillary", -10), by(method, 28)).last.flags
    assert ("method_change" in flags) is changed


def test_incomplete_collections_and_diluted_marrows_are_flagged() -> None:
    urine = UrineMProtein(value=D(0), unit="mg/(24.h)", complete=False)
    marrow = Marrow(aspirate=MeasuredValue(value=D(1), unit="%"), haemodiluted=True)
    today = replace(visit(28, 1), urine_m_protein=urine, marrow=marrow)
    assert read(START, today).last.flags == (
        "incomplete_urine_collection",
        "haemodiluted_marrow",
    )


def test_a_value_that_no_rule_can_read_is_refused() -> None:
    wrong = SerumMProtein(value=D(4), unit="mg/L")
    with pytest.raises(ValueError, match="allowed: g/dL, g/L, mg/dL"):
        read(START, visit(28, serum_m_protein=wrong))


def test_the_course_says_what_was_measurable_and_which_chain_is_involved() -> None:
    course = read(visit(-10, 0, 0, kappa=10, lambda_=500), visit(28, 0, 0)).course
    assert course.measurable.light_chains
    assert course.myeloma.involved is LightChain.LAMBDA
    assert course.visits[0].anchor > INFUSED_ON


@pytest.mark.parametrize(
    ("day", "known"),
    [
        pytest.param(57, True, id="the day before the last that counts"),
        pytest.param(58, True, id="on that day"),
        pytest.param(59, False, id="the day after"),
        pytest.param(61, False, id="later"),
    ],
)
def test_a_part_collected_after_the_last_day_that_counts_is_not_known(
    day: int, known: bool
) -> None:
    late = visit(56, 0, 0, ife="--", marrow=2, marrow_day=day)
    last = read(START, late, until=INFUSED_ON + timedelta(58)).last
    assert last.category == ("CR" if known else "VGPR")


@pytest.mark.parametrize(
    ("collected", "known"),
    [
        pytest.param((None, None), True, id="both on the day of the visit"),
        pytest.param((57, 58), True, id="the second on the last day that counts"),
        pytest.param((57, 59), False, id="the second the day after"),
        pytest.param((None, 59), False, id="the first on the day of the visit"),
        pytest.param((59, 59), False, id="both the day after"),
    ],
)
def test_of_several_m_proteins_none_is_known_before_the_last_was_collected(
    collected: tuple[int | None, int | None], known: bool
) -> None:
    own = Isotype(heavy_chain=HeavyChain.IGG, light_chain=KAPPA)
    spikes = tuple(
        SerumMProteinOfIsotype(value=D("0.1"), unit="g/dL", isotype=own, collected_on=on_day(day))
        for day in collected
    )
    late = visit(56, u=0, serum_m_proteins=spikes)
    last = read(START, late, until=INFUSED_ON + timedelta(58)).last
    assert last.category == ("VGPR" if known else "NE")


@pytest.mark.parametrize(("day", "known"), [(57, True), (58, True), (59, False)])
def test_a_sample_of_residual_disease_after_the_last_day_is_not_known(
    day: int, known: bool
) -> None:
    sample = MrdSample(method=MrdMethod.NGF, result=MrdResult.NEGATIVE, collected_on=on_day(day))
    last = read(START, visit(56, 0, 0, mrd=sample), until=INFUSED_ON + timedelta(58)).last
    assert (last.mrd is not None) is known


@pytest.mark.parametrize(("day", "known"), [(57, True), (58, True), (59, False)])
def test_a_new_lesion_found_after_the_last_day_is_not_known(day: int, known: bool) -> None:
    new = NewLesion(kind=LesionKind.EXTRAMEDULLARY, found_on=on_day(day))
    late = visit(56, 1, 0, new_lesions=(new,))
    last = read(START, late, until=INFUSED_ON + timedelta(58)).last
    assert (last.category == "PD") is known
