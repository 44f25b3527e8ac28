"""What the records of one subject say of its preparation and of its infusion."""

from datetime import date

import pytest

from tests.subjects.course import history, infusion


@pytest.mark.parametrize(
    ("cut", "infused_on"),
    [
        pytest.param("2024-01-14", None, id="the day before"),
        pytest.param("2024-01-15", date(2024, 1, 15), id="on the day of the cut-off"),
        pytest.param("2024-01-16", date(2024, 1, 15), id="the day after"),
    ],
)
def test_an_infusion_counts_up_to_the_data_cut(cut: str, infused_on: date | None) -> None:
    assert history(cut=cut).infused_on == infused_on


def test_every_endpoint_counts_from_the_first_of_two_infusions() -> None:
    twice = history(infusions=(infusion("2024-06-03", 2), infusion("2024-01-15")))
    assert twice.infused_on == date(2024, 1, 15)
