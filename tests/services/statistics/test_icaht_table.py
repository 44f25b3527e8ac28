"""ICAHT of a cohort, by grade and with what is behind it."""

from dataclasses import astuple

from app.services.statistics.icaht_table import icaht_table
from tests.services.derivations.safety.test_haematotoxicity import counts, graded

COHORT = [
    graded(*counts("1-4:2 5-18:0.4 19-30:1.6 40:0.9 50:0.8")),
    graded(*counts("1-30:2 40:2")),
    graded(*counts("2:2 28:2")),
    graded(),
    None,
]
"""Grade 3 then 2; none and none; too few days; no counts; not followed."""


def test_everybody_is_counted_once_in_each_phase() -> None:
    found = icaht_table(COHORT)
    assert found.n == 5
    assert found.early.grades == {"0": 1, "1": 0, "2": 0, "3": 1, "4": 0}
    assert found.early.not_graded == {
        "no_counts": 1, "gaps": 1, "one_low_count": 0, "not_followed": 1,
    }  # fmt: skip
    assert found.late.grades == {"0": 1, "1": 0, "2": 1, "3": 0, "4": 0}
    assert found.late.not_graded == {
        "no_counts": 2, "gaps": 0, "one_low_count": 0, "not_followed": 1,
    }  # fmt: skip
    assert (found.early.grade_3_or_more.x, found.early.grade_3_or_more.n) == (1, 5)
    assert (found.late.grade_3_or_more.x, found.late.any_grade.x) == (0, 1)


def test_the_days_with_a_count_stand_beside_it() -> None:
    found = icaht_table(COHORT)
    assert astuple(found.early.measured_days) == (3, 30, 2, 30)
    assert found.early.coverage is not None
    assert found.early.coverage.median == 100 * 30 / 31
    assert found.late.coverage is None


def test_without_subjects_there_is_nothing() -> None:
    found = icaht_table([])
    assert (found.n, found.early.any_grade.estimate) == (0, None)
