from typing import Any, get_args

import pytest

from app.models.astct import IcansDomain
from app.models.ice import ITEMS
from app.schemas.neuro_assessment import NEURO_ASSESSMENTS
from app.services.criteria import astct_findings
from tests.schemas.bodies import ABSENT, changed, refused

WELL: dict[str, Any] = {
    "assessed_at": "2026-03-09T08:30+08:00",
    "ice": {
        "orientation": 4,
        "naming": 3,
        "command": 1,
        "writing": 1,
        "attention": 1,
        "score": 10,
    },
}
UNAROUSABLE: dict[str, Any] = {
    "assessed_at": "2026-03-09T08:30+08:00",
    "ice_not_done": "UNAROUSABLE",
}
LEVEL = "UNAROUSABLE_OR_VIGOROUS_STIMULI"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param(WELL, {}, id="well"),
        pytest.param(WELL, {"/ice": {"score": 0}}, id="a score of which the items are not known"),
        pytest.param(WELL, {"/consciousness": "ALERT", "/grade": 0}, id="grade 0"),
        pytest.param(UNAROUSABLE, {}, id="unarousable, level not repeated"),
        pytest.param(UNAROUSABLE, {"/consciousness": LEVEL, "/grade": 4}, id="unarousable"),
        pytest.param(
            UNAROUSABLE,
            {"/ice_not_done": "SEDATED", "/consciousness": "AWAKENS_TO_TACTILE"},
            id="sedated",
        ),
        pytest.param(
            WELL, {"/ice": {"score": 0}, "/consciousness": LEVEL}, id="tried, and nothing came"
        ),
        pytest.param(
            WELL,
            {"/imaging_done": True, "/raised_pressure": "DIFFUSE_EDEMA"},
            id="oedema on imaging",
        ),
        pytest.param(
            WELL,
            {"/imaging_done": False, "/raised_pressure": "PAPILLEDEMA"},
            id="papilloedema without imaging",
        ),
        pytest.param(WELL, {"/other_cause": ["motor", "ice"]}, id="two domains due to others"),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(NEURO_ASSESSMENTS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(WELL, {"/assessed_at": ABSENT}, [("/assessed_at", "missing")], id="no time"),
        pytest.param(
            WELL,
            {"/assessed_at": "2026-03-09"},
            [("/assessed_at", "not_a_date_time")],
            id="a day without a time",
        ),
        pytest.param(
            WELL, {"/ice": ABSENT}, [("/ice", "ice_or_reason_missing")], id="no score, no reason"
        ),
        pytest.param(
            WELL,
            {"/ice_not_done": "NOT_DONE"},
            [("/ice_not_done", "reason_beside_a_score")],
            id="a score, and a reason for none",
        ),
        *(
            pytest.param(
                WELL,
                {f"/ice/{item}": most + 1},
                [(f"/ice/{item}", "whole_number_out_of_range")],
                id=f"{item} above {most}",
            )
            for item, most in zip(ITEMS, (4, 3, 1, 1, 1), strict=True)
        ),
        pytest.param(
            WELL,
            {"/ice/score": 11},
            [("/ice/score", "whole_number_out_of_range")],
            id="a score of 11",
        ),
        pytest.param(
            WELL, {"/ice/score": 9}, [("/ice/score", "ice_score_not_the_sum")], id="not the sum"
        ),
        pytest.param(
            WELL,
            {"/ice/attention": ABSENT, "/ice/score": 9},
            [("/ice/score", "ice_items_incomplete")],
            id="four items and their sum",
        ),
        pytest.param(
            WELL, {"/ice/score": ABSENT}, [("/ice/score", "missing")], id="items without a score"
        ),
        pytest.param(
            UNAROUSABLE,
            {"/consciousness": "AWAKENS_TO_TACTILE"},
            [("/consciousness", "unarousable_by_reason_only")],
            id="too unarousable for ICE, and roused by touch",
        ),
        pytest.param(
            WELL,
            {"/ice": {"score": 1}, "/consciousness": LEVEL},
            [("/consciousness", "answers_of_the_unarousable")],
            id="a point of the unarousable",
        ),
        *(
            pytest.param(
                WELL,
                {"/imaging_done": False, "/raised_pressure": oedema},
                [("/imaging_done", "oedema_without_imaging")],
                id=f"{oedema} without imaging",
            )
            for oedema in ("FOCAL_EDEMA", "DIFFUSE_EDEMA")
        ),
        pytest.param(
            WELL,
            {"/other_cause": ["motor", "motor"]},
            [("/other_cause/1", "item_repeated")],
            id="a domain twice",
        ),
        pytest.param(
            WELL, {"/other_cause": ["death"]}, [("/other_cause/0", "literal_error")], id="no domain"
        ),
        pytest.param(WELL, {"/grade": 6}, [("/grade", "whole_number_out_of_range")], id="grade 6"),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(NEURO_ASSESSMENTS, changed(body, changes)) == expected


def test_its_domains_are_those_of_the_criteria() -> None:
    assert {*get_args(IcansDomain), "death"} == {
        domain.value for domain in astct_findings.IcansDomain
    }
