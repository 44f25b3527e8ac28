"""Adverse events of special interest, by kind."""

from dataclasses import astuple

import pytest

from app.services.statistics.special_interest_table import special_interest_table
from app.vocabularies.adverse_events import AesiKind
from tests.subjects.safety import analysed, crs, event, icans

COHORT = [
    analysed(crs(1, grade=1, astct_grade=3), crs(20, name="again", grade=1, astct_grade=1)),
    analysed(crs(4, grade=2, astct_grade=None), icans(6, astct_grade=2)),
    analysed(event(300, aesi_kind=AesiKind.SECOND_MALIGNANCY, serious=True), new_therapy=100),
    analysed(event(200, aesi_kind=AesiKind.PREGNANCY, grade=None)),
    analysed(event(300, aesi_kind=AesiKind.CARDIAC), new_therapy=100),
]


@pytest.mark.parametrize("onset", [None, "2024", "2024-03"])
def test_an_onset_that_is_not_known_to_the_day_is_counted_apart(onset: str | None) -> None:
    cohort = [analysed(crs(onset, 20)), analysed(crs(4, 6))]
    row = next(one for one in special_interest_table(cohort) if one.kind is AesiKind.CRS)
    assert (row.counts.subjects.x, row.onset_imputed) == (2, 1)
    assert astuple(row.onset_days) == (1, 5, 5, 5)


def test_every_kind_has_its_row() -> None:
    assert [row.kind for row in special_interest_table([])] == list(AesiKind)


@pytest.mark.parametrize(
    ("kind", "subjects", "grades", "events", "onset"),
    [
        pytest.param("CRS", 2, (0, 0, 1, 0, 0, 1), 3, (2, 3.5, 2, 5), id="CRS, by ASTCT grade"),
        pytest.param("ICANS", 1, (0, 1, 0, 0, 0, 0), 1, (1, 7, 7, 7), id="ICANS"),
        pytest.param(
            "second_malignancy", 1, (0, 1, 0, 0, 0, 0), 1, (1, 301, 301, 301),
            id="second malignancy, also after new therapy",
        ),
        pytest.param(
            "pregnancy", 1, (0, 0, 0, 0, 0, 1), 1, (1, 201, 201, 201), id="pregnancy is reported"
        ),
        pytest.param(
            "cardiac", 0, (0, 0, 0, 0, 0, 0), 0, (0, None, None, None), id="after new therapy"
        ),
    ],
)  # fmt: skip
def test_a_kind(
    kind: str,
    subjects: int,
    grades: tuple[int, ...],
    events: int,
    onset: tuple[float | None, ...],
) -> None:
    (row,) = [one for one in special_interest_table(COHORT) if one.kind == kind]
    assert (row.counts.subjects.x, row.counts.subjects.n) == (subjects, 5)
    assert astuple(row.counts.grades) == grades
    assert row.counts.events == events
    assert astuple(row.onset_days) == onset
