"""Clinical relapse and the comparison with the investigator."""

from decimal import Decimal
from typing import Any

import pytest

from app.services.criteria.imwg.clinical_relapse import clinical_relapse_signs, lesion_grew
from app.services.criteria.imwg.comparison import compare
from app.services.criteria.imwg.lesions import Diameters
from app.vocabularies.imwg import ResponseCategory
from tests.services.criteria.imwg_courses import bounds, read, visit

D = Decimal


@pytest.mark.parametrize(
    ("smallest", "current", "grew"),
    [
        pytest.param((20, 20), (30, 20), True, id="50 % and 1 cm"),
        pytest.param((20, 20), (29, 29), False, id="110 % but 9 mm"),
        pytest.param((40, 20), (50, 20), False, id="1 cm but 25 %"),
        pytest.param((40, 20), (59, 20), False, id="19 mm but 48 %"),
        pytest.param((0, 0), (10, 5), True, id="from nothing"),
    ],
)
def test_a_lesion_grew(smallest: Any, current: Any, grew: bool) -> None:
    def diameters(pair: tuple[int, int]) -> Diameters:
        return Diameters(D(pair[0]), D(pair[1]))

    assert lesion_grew(smallest=diameters(smallest), current=diameters(current)) is grew


@pytest.mark.parametrize(
    ("found", "signs"),
    [
        ({}, ()),
        ({"new_lesion": True}, ("new_lesion",)),
        ({"lesion_growth": True}, ("lesion_growth",)),
        ({"corrected_calcium": bounds("11")}, ()),
        ({"corrected_calcium": bounds("11.1")}, ("hypercalcaemia",)),
        ({"corrected_calcium": bounds(">11")}, ("hypercalcaemia",)),
        ({"corrected_calcium": bounds("11.1"), "calcium_due_to_myeloma": False}, ()),
        ({"haemoglobin_fall": bounds("1.9")}, ()),
        ({"haemoglobin_fall": bounds("2")}, ("haemoglobin_fall",)),
        ({"haemoglobin_fall": bounds("2.1")}, ("haemoglobin_fall",)),
        ({"creatinine_rise": bounds("1.9")}, ()),
        ({"creatinine_rise": bounds("2")}, ("creatinine_rise",)),
        ({"creatinine_rise": bounds("2.1")}, ("creatinine_rise",)),
        ({"hyperviscosity": True}, ("hyperviscosity",)),
    ],
)
def test_signs_of_clinical_relapse(found: dict[str, Any], signs: tuple[str, ...]) -> None:
    assert clinical_relapse_signs(**found) == signs


@pytest.mark.parametrize(
    ("today", "signs"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"new_lesion": True}, ("new_lesion",), id="a new lesion"),
        pytest.param({"lesions": {"a": (30, 20)}}, ("lesion_growth",), id="50 % and 1 cm larger"),
        pytest.param({"lesions": {"a": (29, 29)}}, (), id="9 mm larger"),
        pytest.param({"lesions": {"a": (20, 20), "n": (30, 25)}}, (), id="one not called new"),
        pytest.param({"calcium": "11.1"}, ("hypercalcaemia",), id="calcium"),
    ],
)
def test_the_signs_of_an_evaluation(today: dict[str, Any], signs: tuple[str, ...]) -> None:
    start = visit(-10, 4, 0, lesions={"a": (20, 20)})
    last = read(start, visit(28, 1, 0, **today)).last
    assert last.clinical_relapse == signs


@pytest.mark.parametrize(
    ("derived", "investigator", "code"),
    [
        ("VGPR", "VGPR", "AGREE"),
        ("NE", "NE", "AGREE"),
        ("PD", "PD", "AGREE"),
        ("PR", "CR", "DERIVED_LOWER_BY_2"),
        ("PR", "VGPR", "DERIVED_LOWER_BY_1"),
        ("SD", "sCR", "DERIVED_LOWER_BY_5"),
        ("sCR", "CR", "DERIVED_HIGHER_BY_1"),
        ("PD", "SD", "PD_DISAGREEMENT"),
        ("SD", "PD", "PD_DISAGREEMENT"),
        ("NE", "PD", "PD_DISAGREEMENT"),
        ("NE", "PR", "DERIVED_NE"),
        ("PR", "NE", "INVESTIGATOR_NE"),
    ],
)
def test_the_derived_category_beside_the_investigators(
    derived: str, investigator: str, code: str
) -> None:
    assert compare(ResponseCategory(derived), ResponseCategory(investigator)).code == code
