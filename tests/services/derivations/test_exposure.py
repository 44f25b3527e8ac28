"""What an infused subject was given, and how old it was; infused on 15 January 2024."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.derivations.exposure import age_years, exposure, years_since_diagnosis
from app.services.derivations.subject_history import Characteristics
from app.trial.populations import Populations
from tests.subjects.base import days
from tests.subjects.course import enrolment, history, infusion, preparation

RULES = Populations(definitions=())


def born(year: int | None, **more: Any) -> Characteristics:
    return Characteristics(year_of_birth=year, **more)


def test_nobody_who_was_not_infused_was_exposed() -> None:
    assert exposure(history(infused=False), RULES) is None
    assert exposure(history(cut="2024-01-14"), RULES) is None


def test_the_parts_of_a_planned_dose_are_one_dose() -> None:
    found = exposure(
        history(
            infusions=(
                infusion(dose=Decimal("1.00"), planned_dose=Decimal(3), viability=Decimal("91.5")),
                infusion("2024-01-16", 2, part=2, dose=Decimal("1.95"), viability=Decimal(80)),
                infusion("2024-09-01", 3, planned=False, dose=Decimal(3)),
                infusion("2025-09-01", 4, part=3, dose=Decimal(9)),
            )
        ),
        RULES,
    )
    assert found is not None
    assert (found.dose, found.planned_dose, found.parts) == (Decimal("2.95"), Decimal(3), 2)
    assert (found.unplanned, found.viability) == (1, Decimal("91.5"))
    assert found.in_specification
    assert not found.out_of_specification


@pytest.mark.parametrize(
    ("given", "conforms"),
    [
        pytest.param({"dose": Decimal("2.4"), "planned_dose": Decimal(3)}, True, id="20 % less"),
        pytest.param({"dose": Decimal("2.39"), "planned_dose": Decimal(3)}, False, id="over 20 %"),
        pytest.param({"out_of_specification": True}, False, id="a product that did not conform"),
        pytest.param({}, True, id="nothing said"),
    ],
)
def test_a_dose_in_specification(given: dict[str, Any], conforms: bool) -> None:
    found = exposure(history(infusions=(infusion(**given),)), RULES)
    assert found is not None
    assert found.in_specification is conforms
    assert found.out_of_specification is bool(given.get("out_of_specification"))


@pytest.mark.parametrize(
    ("said", "bridged"),
    [((), None), ((None,), None), ((False,), False), ((None, True), True), ((False, True), True)],
)
def test_bridging_is_what_a_preparation_says(
    said: tuple[bool | None, ...], bridged: bool | None
) -> None:
    way = tuple(preparation(bridged=one) for one in said)
    found = exposure(history(preparations=way), RULES)
    assert found is not None
    assert found.bridged is bridged


def test_the_way_to_the_infusion_is_counted_in_days() -> None:
    way = preparation(leukapheresis_on=(date(2023, 12, 10),), lymphodepletion=(days("2024-01-10"),))
    found = exposure(history(enrolment=enrolment("2023-12-01"), preparations=(way,)), RULES)
    assert found is not None
    assert (found.days_from_enrolment, found.days_from_leukapheresis) == (45, 36)
    assert found.lymphodepleted
    unknown = exposure(history(), RULES)
    assert unknown is not None
    assert (unknown.days_from_enrolment, unknown.days_from_leukapheresis) == (None, None)
    assert not unknown.lymphodepleted


@pytest.mark.parametrize(
    ("record", "age"),
    [
        pytest.param(enrolment(characteristics=born(1961)), 62, id="at enrolment"),
        pytest.param(
            enrolment("2024-01-02", consented_on=date(2023, 12, 31), characteristics=born(1961)),
            62,
            id="at consent, the year before",
        ),
        pytest.param(enrolment(characteristics=born(None)), None, id="year not known"),
        pytest.param(enrolment(None, characteristics=born(1961)), None, id="no day known"),
        pytest.param(None, None, id="no enrolment"),
    ],
)
def test_the_age_is_the_difference_of_two_years(record: Any, age: int | None) -> None:
    assert age_years(history(enrolment=record)) == age


def test_the_time_since_diagnosis_is_too() -> None:
    known = enrolment(characteristics=born(1961, year_of_diagnosis=2019))
    assert years_since_diagnosis(history(enrolment=known)) == 4
    assert years_since_diagnosis(history(enrolment=enrolment())) is None
