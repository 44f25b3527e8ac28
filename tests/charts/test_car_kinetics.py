from typing import Any

import pytest

from app.charts.car_kinetics import drawn
from tests.charts import reports
from tests.charts.specifications import caption, mark_of, units, values_of


def picture(*numbers: int) -> dict[str, Any]:
    """Draw a median of each planned day with so many subjects behind it."""
    report = reports.kinetics(rows=False)
    days = zip((1, 3, 7, 14, 28), numbers, strict=True)
    report["tables"][0]["profile"] = [
        {
            "nominal_day": day,
            "levels": {
                "n": n,
                "n_below_lloq": 0,
                "median": 100.0 * day,
                "summary": {"quartiles": [90.0 * day, 110.0 * day]},
            },
        }
        for day, n in days
    ]
    return drawn(report, {})


def median_line(specification: dict[str, Any]) -> list[tuple[int, int, int]]:
    [line] = [one for one in units(specification) if mark_of(one)["type"] == "line"]
    return [(row["days"], row["n"], row["run"]) for row in values_of(specification, line)]


@pytest.mark.parametrize(
    ("numbers", "line"),
    [
        pytest.param((6, 6, 6, 6, 6), [(1, 6), (3, 6), (7, 6), (14, 6), (28, 6)], id="everybody"),
        pytest.param((5, 4, 5, 5, 5), [(1, 5), (7, 5), (14, 5), (28, 5)], id="4 are too few"),
        pytest.param((4, 4, 4, 4, 4), [], id="nowhere enough"),
    ],
)
def test_no_line_is_drawn_where_fewer_than_5_stand(
    numbers: tuple[int, ...], line: list[tuple[int, int]]
) -> None:
    assert [(day, n) for day, n, _ in median_line(picture(*numbers))] == line


def test_the_line_breaks_where_too_few_stand() -> None:
    found = median_line(picture(5, 4, 5, 5, 5))
    assert [run for _, _, run in found] == [0, 1, 1, 1]


def test_it_says_how_many_stand_behind_each_point() -> None:
    specification = picture(5, 6, 7, 8, 9)
    labels = [
        one
        for one in units(specification)
        if mark_of(one)["type"] == "text" and one["encoding"].get("text", {}).get("field") == "n"
    ]
    assert [row["n"] for row in values_of(specification, labels[0])] == [5, 6, 7, 8, 9]
    assert "fewer than 5" in caption(specification)
