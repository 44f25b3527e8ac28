"""What is shown beside a category: the calcium that a reviewer should look at."""

from typing import Any

import pytest

from tests.services.criteria.imwg_courses import read, visit


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
