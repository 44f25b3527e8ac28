from typing import Any

import pytest

from app.schemas.preparation import PREPARATIONS
from tests.schemas.bodies import ABSENT, changed, refused

WHOLE = PREPARATIONS.example
FAILED: dict[str, Any] = {
    "leukapheresis_on": "2026-01-20",
    "outcome": "manufacturing_failure",
    "outcome_on": "2026-02-20",
}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param({}, {}, id="nothing has happened yet"),
        pytest.param(WHOLE, {}, id="all the way to the infusion"),
        pytest.param(FAILED, {}, id="no product could be made"),
        pytest.param(
            FAILED,
            {"/outcome": "other", "/outcome_note": "slot lost", "/outcome_on": "2026-01-20"},
            id="another end, on the day of leukapheresis",
        ),
        pytest.param(WHOLE, {"/bridging": {"given": False}}, id="no bridging"),
        pytest.param(WHOLE, {"/bridging/end": "2026-01"}, id="bridging ended that month"),
        pytest.param(
            WHOLE,
            {"/lymphodepletion": [], "/lymphodepletion_omitted": "cytopenia"},
            id="lymphodepletion omitted",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0": {"agent": "bendamustine", "given_on": "2026-01-20"}},
            id="a dose not known, on the day of leukapheresis",
        ),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(PREPARATIONS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(
            WHOLE,
            {"/leukapheresis_on": ABSENT},
            [("/leukapheresis_on", "first_leukapheresis_missing")],
            id="further days without a first",
        ),
        pytest.param(
            WHOLE,
            {"/leukapheresis_on": "2026-01"},
            [("/leukapheresis_on", "not_a_date")],
            id="a day not known",
        ),
        pytest.param(
            WHOLE,
            {"/further_leukapheresis_on": ["2026-01-20", "2026-01-19", "2026-01-22", "2026-01-22"]},
            [
                ("/further_leukapheresis_on/0", "item_repeated"),
                ("/further_leukapheresis_on/1", "leukapheresis_before_the_first"),
                ("/further_leukapheresis_on/3", "item_repeated"),
            ],
            id="days repeated, and one before the first",
        ),
        pytest.param(
            WHOLE,
            {"/product_released_on": "2026-01-19"},
            [("/product_released_on", "released_before_leukapheresis")],
            id="a product before its cells",
        ),
        pytest.param(
            WHOLE,
            {"/bridging": {"given": False, "agents": ["pomalidomide"]}},
            [("/bridging/given", "details_of_bridging_not_given")],
            id="agents of a bridging not given",
        ),
        pytest.param(
            WHOLE,
            {"/bridging": {"given": False, "radiotherapy": True}},
            [("/bridging/given", "details_of_bridging_not_given")],
            id="radiotherapy of a bridging not given",
        ),
        pytest.param(
            WHOLE,
            {"/bridging/end": "2026-01-23"},
            [("/bridging/end", "end_before_start")],
            id="bridging backwards",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion_omitted": "cytopenia"},
            [("/lymphodepletion_omitted", "lymphodepletion_given_and_omitted")],
            id="given and omitted",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0/agent": "other"},
            [("/lymphodepletion/0/other_agent", "other_agent_goes_with_other")],
            id="another agent without a name",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0/other_agent": "melphalan"},
            [("/lymphodepletion/0/other_agent", "other_agent_goes_with_other")],
            id="two names of one agent",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/1/unit": ABSENT, "/lymphodepletion/2/dose": ABSENT},
            [
                ("/lymphodepletion/1/unit", "dose_without_unit"),
                ("/lymphodepletion/2/dose", "dose_without_unit"),
            ],
            id="a dose without a unit, a unit without a dose",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0/unit": "mg/m^2"},
            [("/lymphodepletion/0/unit", "not_a_code")],
            id="a unit in another spelling",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0/given_on": "2026-01-19"},
            [("/lymphodepletion/0/given_on", "lymphodepletion_before_leukapheresis")],
            id="lymphodepletion before leukapheresis",
        ),
        pytest.param(
            WHOLE,
            {"/lymphodepletion/0/given_on": "2026-02"},
            [("/lymphodepletion/0/given_on", "not_a_date")],
            id="a day of lymphodepletion not known",
        ),
        pytest.param(
            WHOLE,
            {"/outcome_on": "2026-03-02"},
            [("/outcome_on", "date_of_no_end")],
            id="a day of an end that was an infusion",
        ),
        pytest.param(
            FAILED,
            {"/outcome": ABSENT},
            [("/outcome_on", "date_of_no_end")],
            id="a day of no end",
        ),
        pytest.param(
            FAILED,
            {"/outcome": "other"},
            [("/outcome_note", "other_reason_missing")],
            id="another end, without words",
        ),
        pytest.param(
            FAILED,
            {"/outcome_on": "2026-01-19"},
            [("/outcome_on", "ended_before_leukapheresis")],
            id="an end before leukapheresis",
        ),
        pytest.param(
            FAILED,
            {"/product_released_on": "2026-02-19"},
            [("/product_released_on", "failed_product_released")],
            id="no product could be made, released on a day",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(PREPARATIONS, changed(body, changes)) == expected
