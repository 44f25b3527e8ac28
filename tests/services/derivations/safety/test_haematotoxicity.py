"""ICAHT of a subject from neutrophil counts; days from the infusion, day 0."""

from typing import Any

import pytest

from app.services.derivations.laboratory.graded_labs import graded_labs
from app.services.derivations.laboratory.lab_baseline import lab_follow_up
from app.services.derivations.safety.haematotoxicity import Haematotoxicity, haematotoxicity
from app.services.derivations.sampled_values import LabValue
from app.vocabularies.therapies import TherapyKind
from tests.subjects.base import TRIAL
from tests.subjects.laboratory import lab, on, subject, therapy


def graded(
    *labs: LabValue,
    followed: int = 400,
    new_therapy: int | None = None,
    died: int | None = None,
    **history: Any,
) -> Haematotoxicity | None:
    return haematotoxicity(
        subject(*labs, **history),
        TRIAL,
        new_therapy=None if new_therapy is None else on(new_therapy),
        followed_until=on(followed if died is None else died),
        died_on=None if died is None else on(died),
    )


def counts(text: str, unit: str = "10*9/L") -> list[LabValue]:
    """``"7:0.5 14-20:1.8"``: 0.5 on day 7, 1.8 on each of the days 14 to 20."""
    made = []
    for part in text.split():
        days, count = part.split(":")
        first, _, last = days.partition("-")
        made += [
            lab(day, "NEUT", count, unit=unit) for day in range(int(first), int(last or first) + 1)
        ]
    return made


def test_results_that_were_graded_already_count_by_their_analyte() -> None:
    labs = [
        *counts("1-4:2 5-10:0.5 11-30:1.6"),
        *(lab(day, "HGB", "0.4") for day in range(1, 31)),
        *(lab(day, "PLT", "0.4") for day in range(1, 31)),
    ]
    history = subject(*labs)
    follow_up = lab_follow_up(history, new_therapy=None)
    assert follow_up is not None
    found = haematotoxicity(
        history,
        TRIAL,
        new_therapy=None,
        followed_until=on(400),
        graded=graded_labs(history, TRIAL, follow_up),
    )
    assert found == graded(*labs)
    assert found is not None
    assert found.early.grade == 1


@pytest.mark.parametrize(
    ("course", "grade", "severe_days"),
    [
        pytest.param("1-4:2 5-10:0.5 11-30:1.6", 1, 6, id="6 days at 500: at or below counts"),
        pytest.param("1-4:2 5-10:0.501 11-30:1.6", 0, 0, id="501 is above it"),
        pytest.param("1-4:2 5-11:0.4 12-30:1.6", 2, 7, id="7 days"),
        pytest.param("1-4:2 5-17:0.4 18-30:1.6", 2, 13, id="13 days"),
        pytest.param("1-4:2 5-18:0.4 19-30:1.6", 3, 14, id="14 days"),
        pytest.param("1-4:2 5-11:0.1 12-30:1.6", 3, 7, id="7 days at 100"),
        pytest.param("1-4:2 5-18:0.1 19-30:1.6", 4, 14, id="14 days at 100"),
        pytest.param("3-30:0.5", 4, 31, id="never above 500 from day 3"),
        pytest.param("1-4:2 5-7:0.4 8-9:0.9 10-12:0.4 13-30:1.6", 2, 8, id="two days are no end"),
        pytest.param("1-4:2 5-7:0.4 8-10:0.9 11-13:0.4 14-30:1.6", 1, 3, id="three days are"),
    ],
)
def test_early(course: str, grade: int, severe_days: int) -> None:
    found = graded(*counts(course))
    assert found is not None
    assert (found.early.grade, found.early.severe_days) == (grade, severe_days)
    assert (found.early.window_days, found.early_not_graded) == (31, None)


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        pytest.param("10*9/L", "0.5", id="per litre"),
        pytest.param("10*3/uL", "0.5", id="thousands per microlitre"),
        pytest.param("/uL", "500", id="per microlitre"),
    ],
)
def test_counts_are_read_in_their_unit(unit: str, count: str) -> None:
    found = graded(*counts(f"1-30:{count}", unit=unit))
    assert found is not None
    assert (found.early.grade, found.counts_left_out) == (4, 0)


@pytest.mark.parametrize(
    ("count", "unit", "left_out", "late"),
    [
        pytest.param("<0.1", "10*9/L", 0, 4, id="below a limit: read as the limit"),
        pytest.param(">1.0", "10*9/L", 2, None, id="above a limit that is no higher than a cut"),
        pytest.param(">2.0", "10*9/L", 0, 0, id="above a limit above every cut"),
        pytest.param("40", "%", 2, None, id="a percentage is no count"),
    ],
)
def test_a_count_that_does_not_tell_is_left_out_and_counted(
    count: str, unit: str, left_out: int, late: int | None
) -> None:
    found = graded(*(lab(day, "NEUT", count, unit=unit) for day in (40, 50)))
    assert found is not None
    assert (found.counts_left_out, found.late.grade) == (left_out, late)


@pytest.mark.parametrize(
    ("course", "more", "early", "late"),
    [
        pytest.param("", {}, (None, "no_counts"), (None, "no_counts"), id="no counts"),
        pytest.param("2:2 28:2 40:2", {}, (None, "gaps"), (0, None), id="26 days not known"),
        pytest.param(
            "1-30:2 40:0.9", {}, (0, None), (None, "one_low_count"), id="one low count after day 30"
        ),
        pytest.param("1-30:2 40:0.9 60:0.4", {}, (0, None), (2, None), id="two: the higher"),
        pytest.param(
            "1-20:2", {"died": 20}, (0, None), (None, "not_followed"), id="died on day 20"
        ),
        pytest.param(
            "1-30:2 40:0.4 50:0.4",
            {"new_therapy": 30},
            (0, None),
            (None, "not_followed"),
            id="counts after new therapy do not count",
        ),
    ],
)
def test_who_has_no_grade_has_a_reason(
    course: str,
    more: dict[str, Any],
    early: tuple[int | None, str | None],
    late: tuple[int | None, str | None],
) -> None:
    found = graded(*counts(course), **more)
    assert found is not None
    assert (found.early.grade, found.early_not_graded) == early
    assert (found.late.grade, found.late_not_graded) == late


def test_of_a_day_the_lowest_counts() -> None:
    found = graded(
        lab((40, "08:00"), "NEUT", "0.4"), lab((40, "18:00"), "NEUT", "2"), lab(50, "NEUT", "0.4")
    )
    assert found is not None
    assert (found.late.grade, found.late.measured_days) == (3, 2)


def test_what_was_given_stands_beside_it() -> None:
    given = (
        therapy(TherapyKind.G_CSF, 9),
        therapy(TherapyKind.G_CSF, -3),
        therapy(TherapyKind.TRANSFUSION, 12),
    )
    found = graded(*counts("1-30:2"), therapies=given)
    assert found is not None
    assert (found.g_csf_days, found.transfusion_days) == ((9,), (12,))


def test_there_is_none_without_an_infusion() -> None:
    assert graded(*counts("1-30:2"), infused=False) is None
