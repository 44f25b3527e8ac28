"""What is shown beside a category: markers against their nadir, calcium to be looked at."""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.evaluation import Component
from tests.services.criteria.imwg_courses import on_day, read, visit


@pytest.mark.parametrize(
    ("today", "raised"),
    [
        pytest.param({}, False, id="not done"),
        pytest.param({"calcium": "10.5"}, False, id="10.5 mg/dL"),
        pytest.param({"calcium": "11"}, False, id="exactly 11 mg/dL"),
        pytest.param({"calcium": "11.1"}, True, id="above 11 mg/dL"),
        pytest.param({"calcium": "11.1", "calcium_due_to_myeloma": True}, True, id="due to it"),
        pytest.param(
            {"calcium": "14", "calcium_due_to_myeloma": False}, False, id="of another cause"
        ),
    ],
)
def test_raised_calcium_is_to_be_looked_at(today: dict[str, Any], raised: bool) -> None:
    last = read(visit(-10, 4, 0), visit(28, 1, 0, **today)).last
    assert ("raised_calcium" in last.flags) is raised


def test_the_nadir_of_lesions_is_that_of_earlier_surveys() -> None:
    """Lesions that are smaller than ever before have not become their own nadir."""
    start = visit(-10, 4, 0, lesions={"a": (30, 20)})
    last = read(
        start, visit(28, 4, 0, lesions={"a": (20, 20)}), visit(56, 4, 0, lesions={"a": (20, 10)})
    ).last
    (lesions,) = [one for one in last.markers if one.component is Component.PLASMACYTOMAS]
    assert (lesions.current, lesions.nadir) == (200, (Decimal(400), on_day(28)))
    assert lesions.percent_from_nadir == -50
