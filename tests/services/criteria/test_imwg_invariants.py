"""What holds for every course, whatever its numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.criteria.imwg.evaluation import DiseaseEvaluation, MeasuredValue
from app.services.derivations.response.best_response import BestResponse, best_response
from app.services.derivations.response.confirmed_response import ConfirmedVisit, confirmed_visits
from app.services.derivations.response.rated_visit import rated
from app.trial.policy import ImwgPolicy
from app.vocabularies.imwg import LightChain, ResponseCategory
from tests.services.criteria.imwg_courses import DEFAULT, INFUSED_ON, Read, on_day, read, visit

D = Decimal
PD = ResponseCategory.PD


def amounts(highest: int, places: int) -> st.SearchStrategy[str]:
    exact = st.decimals(min_value=0, max_value=highest, places=places).map(str)
    return st.one_of(st.just("0"), exact, exact.map(lambda text: f"<{text}"))


@st.composite
def evaluations(draw: st.DrawFn, day: int) -> DiseaseEvaluation:
    return visit(
        day,
        draw(st.none() | amounts(6, 2)),
        draw(st.none() | amounts(600, 0)),
        ife=draw(st.sampled_from(["", "--", "+-", "-+", "++", "-.", ".-"])),
        kappa=draw(st.none() | amounts(400, 0)),
        lambda_=draw(st.none() | amounts(60, 0)),
        marrow=draw(st.none() | amounts(60, 0)),
        lesions=draw(
            st.none() | st.sampled_from([{"a": (0, 0)}, {"a": (20, 15)}, {"a": (40, 25)}])
        ),
        new_lesion=draw(st.integers(0, 19)) == 0,
    )


@st.composite
def courses(draw: st.DrawFn) -> tuple[DiseaseEvaluation, list[DiseaseEvaluation]]:
    days = draw(st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True))
    return draw(evaluations(-10)), [draw(evaluations(day)) for day in sorted(days)]


def confirm(
    found: Read, therapy_day: int | None = None, policy: ImwgPolicy = DEFAULT
) -> tuple[tuple[ConfirmedVisit, ...], BestResponse]:
    confirmed = confirmed_visits(
        rated(found.course.visits),
        infused_on=INFUSED_ON,
        new_therapy_on=on_day(therapy_day),
        died_of_myeloma_on=None,
        policy=policy,
    )
    return confirmed, best_response(confirmed)


@given(courses(), st.permutations(range(6)))
@settings(max_examples=50, deadline=None)
def test_the_order_of_arrival_does_not_matter(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]], order: list[int]
) -> None:
    baseline, visits = course
    shuffled = [visits[index] for index in order if index < len(visits)]
    assert read(baseline, *shuffled).course == read(baseline, *visits).course


@given(courses(), st.integers(-2000, 2000))
@settings(max_examples=40, deadline=None)
def test_shifting_every_date_shifts_every_result(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]], days: int
) -> None:
    baseline, visits = course
    by = timedelta(days=days)
    here = read(baseline, *visits)
    there = read(
        replace(baseline, anchor=baseline.anchor + by),
        *(replace(one, anchor=one.anchor + by) for one in visits),
        infused_on=INFUSED_ON + by,
    )
    assert there.categories == here.categories
    assert [one.assessed_on - by for one in there.course.visits] == [
        one.assessed_on for one in here.course.visits
    ]


def in_other_units(evaluation: DiseaseEvaluation) -> DiseaseEvaluation:
    def scaled(part: MeasuredValue | None, factor: str, unit: str) -> Any:
        return part and replace(part, value=(part.value or D(0)) * D(factor), unit=unit)

    return replace(
        evaluation,
        serum_m_protein=scaled(evaluation.serum_m_protein, "10", "g/L"),
        urine_m_protein=scaled(evaluation.urine_m_protein, "0.001", "g/(24.h)"),
        kappa=scaled(evaluation.kappa, "0.1", "mg/dL"),
        lambda_=scaled(evaluation.lambda_, "0.001", "g/L"),
    )


@given(courses())
@settings(max_examples=50, deadline=None)
def test_an_exact_change_of_units_changes_no_category(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]],
) -> None:
    baseline, visits = course
    other = read(in_other_units(baseline), *(in_other_units(one) for one in visits))
    assert other.categories == read(baseline, *visits).categories


@given(courses(), st.none() | st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_the_confirmed_value_never_falls_and_ends_with_progression(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]], therapy_day: int | None
) -> None:
    baseline, visits = course
    confirmed, found = confirm(read(baseline, *visits), therapy_day)
    ranks = [one.running.rank for one in confirmed if one.running is not PD]
    assert ranks == sorted(ranks, reverse=True)
    after = [one.running for one in confirmed if one.running is PD]
    assert after == [PD] * len(after)
    assert [one.running for one in confirmed][len(confirmed) - len(after) :] == after
    in_set = [one for one in confirmed if one.in_endpoint_set]
    if found.progression_on is not None:
        assert all(one.visit.assessed_on <= found.progression_on for one in in_set)
    if therapy_day is not None:
        assert all(one.visit.assessed_on <= on_day(therapy_day) for one in in_set)  # type: ignore[operator]


@given(courses(), evaluations(500), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_nothing_after_new_therapy_or_progression_improves_the_best_response(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]],
    later: DiseaseEvaluation,
    therapy_day: int,
) -> None:
    """A later progression may confirm one that was still waiting, and nothing else."""
    baseline, visits = course
    before, more = read(baseline, *visits), read(baseline, *visits, later)
    known, told = confirm(before, therapy_day)[1].best, confirm(more, therapy_day)[1].best
    assert told == known or (known, told) == (ResponseCategory.NE, PD)
    _, result = confirm(before)
    if result.progression_on is not None:
        assert confirm(more)[1].best == result.best
        assert confirm(more)[1].progression_on == result.progression_on


@given(courses())
@settings(max_examples=60, deadline=None)
def test_missing_parts_only_ever_lower_a_category(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]],
) -> None:
    baseline, visits = course
    for one in read(baseline, *visits).course.visits:
        assert one.ceiling.rank <= one.category.rank
        assert (one.ceiling is one.category) is (not one.not_shown)


@given(courses())
@settings(max_examples=40, deadline=None)
def test_waiving_urine_lowers_no_category(
    course: tuple[DiseaseEvaluation, list[DiseaseEvaluation]],
) -> None:
    baseline, visits = course
    for one in read(baseline, *visits, involved=LightChain.KAPPA).course.visits:
        assert one.urine_waived.rank <= one.category.rank
