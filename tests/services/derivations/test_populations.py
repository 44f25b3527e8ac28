"""Which populations a subject belongs to, by its own records up to the data cut-off."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.derivations.populations import Population, milestones, populations
from app.trial.populations import Populations
from tests.subjects.base import days
from tests.subjects.course import enrolment, history, infusion, preparation

D = Decimal
RULES = Populations(dose_tolerance_percent=D(20))
SCREENED, ENROLLED = Population.SCREENED, Population.ENROLLED
APHERESED, LYMPHODEPLETED = Population.APHERESED, Population.LYMPHODEPLETED
TREATED, IN_SPEC = Population.TREATED, Population.TREATED_IN_SPEC
CONSENTED = date(2023, 11, 20)


def of(*, measurable: bool = True, judged: bool = False, **records: Any) -> frozenset[Population]:
    subject = history(**records)
    return populations(subject, RULES, measurable=measurable, judged=judged)


@pytest.mark.parametrize(
    ("records", "found"),
    [
        pytest.param({}, set(), id="nothing is known"),
        pytest.param(
            {"enrolment": enrolment(None, consented_on=CONSENTED)}, {SCREENED}, id="consented"
        ),
        pytest.param(
            {"enrolment": enrolment(consented_on=CONSENTED)},
            {SCREENED, ENROLLED},
            id="has claimed a slot",
        ),
        pytest.param(
            {"enrolment": enrolment(consented_on=CONSENTED, eligible=False)},
            {SCREENED},
            id="has claimed a slot though a criterion was answered as not met",
        ),
        pytest.param(
            {
                "enrolment": enrolment(consented_on=CONSENTED),
                "preparations": (preparation(leukapheresis_on=(date(2023, 12, 5),)),),
            },
            {SCREENED, ENROLLED, APHERESED},
            id="leukapheresis",
        ),
        pytest.param(
            {"preparations": (preparation(leukapheresis_on=(date(2023, 12, 5),)),)},
            set(),
            id="leukapheresis of somebody never enrolled",
        ),
        pytest.param(
            {"preparations": (preparation(lymphodepletion=(days("2024-01-10"),)),)},
            {LYMPHODEPLETED},
            id="lymphodepletion",
        ),
    ],
)
def test_how_far_a_subject_came(records: dict[str, Any], found: set[Population]) -> None:
    assert of(infused=False, **records) == found


@pytest.mark.parametrize(
    ("cut", "found"),
    [("2023-11-19", set()), ("2023-11-20", {SCREENED}), ("2023-12-01", {SCREENED, ENROLLED})],
)
def test_what_came_after_the_cut_off_does_not_count(cut: str, found: set[Population]) -> None:
    assert of(cut=cut, infused=False, enrolment=enrolment(consented_on=CONSENTED)) == found


def test_the_first_of_two_leukaphereses_is_the_milestone() -> None:
    twice = preparation(leukapheresis_on=(date(2023, 12, 5), date(2023, 12, 19)))
    assert milestones(history(preparations=(twice,))).apheresed_on == date(2023, 12, 5)


@pytest.mark.parametrize(
    ("given", "in_specification"),
    [
        pytest.param(["2.40"], True, id="20 % above"),
        pytest.param(["2.41"], False, id="more than 20 % above"),
        pytest.param(["1.60"], True, id="20 % below"),
        pytest.param(["1.59"], False, id="more than 20 % below"),
        pytest.param(["4.00"], False, id="twice the planned dose"),
        pytest.param(["0.80", "1.20"], True, id="in two parts"),
        pytest.param([None], True, id="not recorded"),
    ],
)
def test_the_dose_is_within_20_percent_of_2_million_a_kg(
    given: list[str | None], in_specification: bool
) -> None:
    parts = tuple(
        infusion(number=number, part=number, planned_dose=D(2), dose=D(dose) if dose else None)
        for number, dose in enumerate(given, start=1)
    )
    expected = {TREATED, IN_SPEC} if in_specification else {TREATED}
    assert of(infusions=parts) == expected


@pytest.mark.parametrize(
    ("infusions", "in_specification"),
    [
        pytest.param((infusion(dose=D(9)),), True, id="no dose was planned"),
        pytest.param((infusion(out_of_specification=True),), False, id="out of specification"),
        pytest.param((infusion(out_of_specification=False),), True, id="said to conform"),
        pytest.param(
            (infusion(), infusion("2024-06-01", 2, planned=False, out_of_specification=True)),
            True,
            id="an unplanned repeat has no say",
        ),
        pytest.param(
            (infusion(), infusion("2025-02-18", 2, out_of_specification=True)),
            False,
            id="a part given on the day of the cut-off",
        ),
        pytest.param(
            (infusion(), infusion("2025-02-19", 2, out_of_specification=True)),
            True,
            id="a part given after the cut-off",
        ),
    ],
)
def test_conforming_product(infusions: Any, in_specification: bool) -> None:
    assert (IN_SPEC in of(infusions=infusions)) is in_specification


@pytest.mark.parametrize(
    ("measurable", "judged", "evaluable"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_evaluable_asks_for_measurable_disease_and_a_judgement(
    measurable: bool, judged: bool, evaluable: bool
) -> None:
    found = of(measurable=measurable, judged=judged)
    assert (Population.EVALUABLE in found) is evaluable


def test_nobody_is_evaluable_without_an_infusion() -> None:
    assert of(infused=False, judged=True) == set()
