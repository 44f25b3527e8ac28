"""Whether a sample came before a dose."""

import pytest

from app.services.derivations.markers.marker_values import drawn_before
from tests.subjects.laboratory import When, taken


@pytest.mark.parametrize(
    ("sample", "dose", "before"),
    [
        pytest.param((0, "09:59"), (0, "10:00"), True, id="a minute before"),
        pytest.param((0, "10:00"), (0, "10:00"), False, id="at the same minute"),
        pytest.param((0, "10:01"), (0, "10:00"), False, id="a minute after"),
        pytest.param(0, (0, "10:00"), True, id="that day, without a time"),
        pytest.param((0, "23:00"), 0, True, id="that day, the dose without a time"),
        pytest.param(-1, 0, True, id="the day before"),
        pytest.param(1, (0, "10:00"), False, id="the day after"),
    ],
)
def test_drawn_before_a_dose(sample: When, dose: When, before: bool) -> None:
    assert drawn_before(taken(sample), taken(dose)) is before
