"""What the records of one subject say of its preparation and of its infusion."""

from datetime import date

import pytest

from app.services.derivations.subject_history import SubjectHistory
from tests.services.derivations.endpoint_histories import days, history, infusion, preparation


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


def prepared() -> SubjectHistory:
    """Two ways to an infusion, the first without an infusion at its end."""
    return history(
        preparations=(
            preparation(
                bridging_from=days("2024-01"),
                lymphodepletion=(days("2024-01-11"), days("2024-01-10")),
            ),
            preparation(bridging_from=days("2023-10-04"), lymphodepletion=(days("2023-11-02"),)),
            preparation(),
        )
    )


def test_preparation_begins_with_the_earliest_day_of_any() -> None:
    assert prepared().lymphodepletion_from == date(2023, 11, 2)
    assert prepared().bridging_from == date(2023, 10, 4)


def test_a_subject_that_was_not_prepared_has_no_such_day() -> None:
    subject = history(preparations=(preparation(),))
    assert (subject.lymphodepletion_from, subject.bridging_from) == (None, None)
