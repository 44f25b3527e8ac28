"""Who looks like whom."""

from datetime import date
from typing import Any

import pytest

from app.services.derivations.alike_subjects import Likeness, alike, alike_subjects
from app.vocabularies.imwg import HeavyChain, LightChain
from app.vocabularies.subjects import Sex

ONE: dict[str, Any] = {
    "sex": Sex.FEMALE,
    "year_of_birth": 1958,
    "year_of_diagnosis": 2019,
    "isotype": (HeavyChain.IGG, LightChain.KAPPA),
    "consented_on": date(2026, 2, 10),
}


def likeness(subject: str, **changes: Any) -> Likeness:
    return Likeness(subject=subject, **{**ONE, **changes})


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({}, True, id="everything"),
        pytest.param({"sex": Sex.MALE}, False, id="another sex"),
        pytest.param({"year_of_birth": 1959}, False, id="a year younger"),
        pytest.param({"year_of_birth": None}, False, id="birth not known"),
        pytest.param({"year_of_diagnosis": 2020}, False, id="diagnosed later"),
        pytest.param({"consented_on": date(2026, 2, 11)}, False, id="consented a day later"),
        pytest.param(
            {"isotype": (HeavyChain.IGG, LightChain.LAMBDA)}, False, id="another light chain"
        ),
        pytest.param({"consented_on": None}, True, id="two of three known"),
        pytest.param({"consented_on": None, "isotype": None}, False, id="one of three known"),
    ],
)
def test_alike(changes: dict[str, Any], same: bool) -> None:
    one, other = likeness("03-001"), likeness("03-002", **changes)
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_it_names_all_who_look_alike() -> None:
    three = [likeness(code) for code in ("03-003", "03-001", "05-001")]
    found = alike_subjects([*three, likeness("03-004", sex=Sex.MALE)])
    assert found == {
        "03-001": ["03-003", "05-001"],
        "03-003": ["03-001", "05-001"],
        "05-001": ["03-001", "03-003"],
    }
