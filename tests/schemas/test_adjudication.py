from typing import Any

import pytest

from app.schemas.adjudication import ADJUDICATIONS
from app.vocabularies.imwg import ResponseCategory
from tests.schemas.bodies import ABSENT, changed, refused

EXAMPLE = ADJUDICATIONS.example
"""Progressive disease on imaging."""


@pytest.mark.parametrize("category", [one.value for one in ResponseCategory])
def test_it_takes_every_category(category: str) -> None:
    assert (
        refused(ADJUDICATIONS, changed(EXAMPLE, {"/response": category, "/pd_basis": ABSENT})) == []
    )


@pytest.mark.parametrize("basis", ["imaging", "marrow", "biochemical", "clinical", "unknown"])
@pytest.mark.parametrize(
    ("category", "taken"), [("PD", True), ("SD", False), ("sCR", False), ("NE", False)]
)
def test_only_progression_has_a_basis(category: str, basis: str, *, taken: bool) -> None:
    said = refused(ADJUDICATIONS, changed(EXAMPLE, {"/response": category, "/pd_basis": basis}))
    assert said == ([] if taken else [("/pd_basis", "basis_without_pd")])


@pytest.mark.parametrize("member", ["visit", "pd_basis", "response_date", "criteria_version"])
def test_it_can_leave_out(member: str) -> None:
    assert refused(ADJUDICATIONS, changed(EXAMPLE, {f"/{member}": ABSENT})) == []


@pytest.mark.parametrize("member", ["assessment", "assessment_version", "response", "rationale"])
def test_it_has_to_say(member: str) -> None:
    assert refused(ADJUDICATIONS, changed(EXAMPLE, {f"/{member}": ABSENT})) == [
        (f"/{member}", "missing")
    ]


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        pytest.param(
            "assessment_version", 0, "whole_number_out_of_range", id="before the first version"
        ),
        pytest.param("assessment_version", "1", "not_a_whole_number", id="a version as text"),
        pytest.param("assessment_version", True, "not_a_whole_number", id="a version that is true"),
        pytest.param("assessment", "03-EFF-008-M3", "not_a_record_id", id="the sender's own id"),
        pytest.param("response", "scr", "not_a_code", id="not the printed spelling"),
        pytest.param("response", None, "not_a_code", id="no category"),
        pytest.param("pd_basis", "pet", "not_a_code", id="a basis of one's own"),
        pytest.param("response_date", "2026-06", "not_a_date", id="a partial date"),
        pytest.param("criteria_version", "IMWG 2011", "literal_error", id="other criteria"),
        pytest.param("rationale", "   ", "text_with_outer_blanks", id="no reason"),
        pytest.param("rationale", "", "string_too_short", id="an empty reason"),
        pytest.param(
            "rationale",
            "Called the ward, tel 13812345678.",
            "direct_identifier_suspected",
            id="a telephone number",
        ),
        pytest.param("stale", False, "extra_forbidden", id="what the service derives"),
    ],
)
def test_it_refuses(member: str, value: Any, code: str) -> None:
    assert refused(ADJUDICATIONS, changed(EXAMPLE, {f"/{member}": value})) == [(f"/{member}", code)]
