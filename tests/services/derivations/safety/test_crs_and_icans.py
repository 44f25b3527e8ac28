"""Which events are CRS or ICANS, and on which scale they are graded."""

from typing import Any

import pytest

from app.services.derivations.safety.crs_and_icans import grade_on, syndrome
from app.services.derivations.subject_history import AdverseEvent
from app.vocabularies.adverse_events import AesiKind
from tests.subjects.base import TRIAL
from tests.subjects.safety import crs, event, icans

RULES = TRIAL.adverse_events
CRS, ICANS = AesiKind.CRS, AesiKind.ICANS
OF_ICANS = RULES.icans_term


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(crs(1), CRS, id="said to be CRS"),
        pytest.param(crs(1, aesi_kind=None), CRS, id="the term of CRS, the kind not said"),
        pytest.param(crs(1, term="Fever"), CRS, id="CRS under another term"),
        pytest.param(icans(1), ICANS, id="said to be ICANS"),
        pytest.param(icans(1, aesi_kind=None, astct_grade=2), ICANS, id="its term, graded"),
        pytest.param(icans(1, aesi_kind=None, astct_grade=None), None, id="its term, ungraded"),
        pytest.param(event(1, term="Seizure", astct_grade=2), None, id="another term, graded"),
        pytest.param(event(1, term="Anemia"), None, id="a term before that of CRS"),
        pytest.param(event(1, term="Vomiting"), None, id="a term after it"),
    ],
)
def test_the_syndrome_of_an_event(one: AdverseEvent, kind: AesiKind | None) -> None:
    assert syndrome(one, RULES) is kind


@pytest.mark.parametrize(
    ("grades", "kind", "scale", "grade"),
    [
        pytest.param({"grade": 2, "astct_grade": 3}, CRS, "ASTCT", 3, id="by ASTCT"),
        pytest.param({"grade": 2, "astct_grade": 3}, CRS, "CTCAE", 2, id="by CTCAE"),
        pytest.param({"grade": 2, "astct_grade": 3}, None, "ASTCT", 2, id="neither of the two"),
        pytest.param({"grade": 2, "astct_grade": None}, CRS, "ASTCT", None, id="never mixed"),
        pytest.param({"grade": 2, "astct_grade": 0}, CRS, "ASTCT", None, id="grade 0 is none"),
    ],
)
def test_the_grade_on_a_scale(
    grades: dict[str, Any], kind: AesiKind | None, scale: str, grade: int | None
) -> None:
    assert grade_on(event(1, **grades), kind, scale) == grade
