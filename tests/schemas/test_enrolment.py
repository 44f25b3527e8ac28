from typing import Any

import pytest

from app.schemas.enrolment import ENROLMENTS, SubjectIn, missing_disease_fields
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

SCREENING: dict[str, Any] = {
    "centre": "03",
    "sex": "F",
    "year_of_birth": 1961,
    "consent": {"version": "3.1", "signed_on": "2026-02-10"},
}
ENROLLED: dict[str, Any] = SCREENING | {"enrolled_on": "2026-02-16"}
FAILED: dict[str, Any] = SCREENING | {
    "screen_failure": {"reason": "platelets", "criterion": "EX-07", "date": "2026-02-10"}
}
OFF: dict[str, Any] = ENROLLED | {"off_study": {"disposition": "lost", "date": "2026-02-16"}}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        pytest.param({"centre": "03", "sex": "U"}, {}, id="a subject of whom little is known"),
        pytest.param(SCREENING, {}, id="in screening"),
        pytest.param(ENROLLED, {}, id="enrolled"),
        pytest.param(ENROLLED, {"/enrolled_on": "2026-02-10"}, id="enrolled on the day of consent"),
        pytest.param(FAILED, {}, id="screening failed on the day of consent"),
        pytest.param(OFF, {}, id="left on the day of enrolment"),
        pytest.param(SCREENING, {"/year_of_birth": 1906}, id="120 years old"),
        pytest.param(
            SCREENING, {"/year_of_diagnosis": 2026}, id="diagnosed in the year of consent"
        ),
        pytest.param(SCREENING, {"/year_of_diagnosis": 1961}, id="diagnosed in the year of birth"),
        pytest.param(
            SCREENING,
            {"/eligibility": [{"criterion": "IN-01", "met": None}]},
            id="a criterion not known yet",
        ),
        pytest.param(
            ENROLLED,
            {"/eligibility": [{"criterion": "IN-01", "met": False}]},
            id="enrolled against a criterion: a deviation, not an impossibility",
        ),
        pytest.param(SCREENING, {"/lines": [], "/prior_lines": 0}, id="no line before the trial"),
        pytest.param(
            SCREENING,
            {
                "/prior_lines": 2,
                "/lines": [{"number": 2, "agents": ["x"], "start": "2024", "end": "2024-01"}],
            },
            id="the second of two lines, ended within the year it began",
        ),
        pytest.param(
            SCREENING,
            {"/refractory_classes": ["BCL2"], "/refractoriness": "none"},
            id="refractory to none of the three main classes",
        ),
        pytest.param(
            SCREENING,
            {"/refractory_classes": ["PI", "IMiD", "CD38"], "/refractoriness": "penta_drug"},
            id="refractory to five drugs of three classes",
        ),
        pytest.param(SCREENING, {"/refractoriness": "triple_class"}, id="refractory, no classes"),
        pytest.param(SCREENING, {"/year_of_birth": 2026}, id="born in the year of consent"),
        pytest.param(
            SCREENING,
            {"/exposed_classes": ["PI"], "/prior_bcma_therapy": False},
            id="exposed, not to BCMA",
        ),
        pytest.param(SCREENING, {"/exposed_classes": ["BCMA"]}, id="exposed to BCMA"),
        pytest.param(SCREENING, {"/ecog": 4}, id="ECOG 4"),
        pytest.param(
            SCREENING,
            {"/cytogenetics": [{"marker": "gain(1q)", "present": True, "cells_percent": "100"}]},
            id="all cells gained 1q",
        ),
        pytest.param(
            SCREENING,
            {"/cytogenetics": [{"marker": "gain(1q)", "present": "not_tested"}]},
            id="a marker that was not tested",
        ),
    ],
)
def test_it_accepts(body: dict[str, Any], changes: dict[str, Any]) -> None:
    assert refused(ENROLMENTS, changed(body, changes)) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(SCREENING, {"/centre": ABSENT}, [("/centre", "missing")], id="no centre"),
        pytest.param(SCREENING, {"/sex": ABSENT}, [("/sex", "missing")], id="no sex"),
        pytest.param(
            SCREENING,
            {"/name": "somebody", "/date_of_birth": "1961-04-02", "/mrn": "778"},
            [
                ("/date_of_birth", "extra_forbidden"),
                ("/mrn", "extra_forbidden"),
                ("/name", "extra_forbidden"),
            ],
            id="what would identify the subject",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_birth": "1961"},
            [("/year_of_birth", "not_a_whole_number")],
            id="a year in quotes",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_birth": 1899},
            [("/year_of_birth", "whole_number_out_of_range")],
            id="a year of another century",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_birth": 1905},
            [("/year_of_birth", "impossible_age")],
            id="121 years old",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_birth": 2027},
            [("/year_of_birth", "impossible_age")],
            id="consent before birth",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_diagnosis": 1960},
            [("/year_of_diagnosis", "diagnosed_before_birth")],
            id="diagnosed before birth",
        ),
        pytest.param(
            SCREENING,
            {"/year_of_diagnosis": 2027},
            [("/year_of_diagnosis", "diagnosed_after_consent")],
            id="diagnosed after consent",
        ),
        pytest.param(
            ENROLLED,
            {"/enrolled_on": "2026-02-09"},
            [("/enrolled_on", "enrolled_before_consent")],
            id="enrolled the day before consent",
        ),
        pytest.param(
            ENROLLED,
            {"/screen_failure": FAILED["screen_failure"]},
            [("/screen_failure", "screen_failure_of_an_enrolled_subject")],
            id="enrolled, and failed in screening",
        ),
        pytest.param(
            FAILED,
            {"/screen_failure/date": "2026-02-09"},
            [("/screen_failure/date", "failed_before_consent")],
            id="failed the day before consent",
        ),
        pytest.param(
            OFF,
            {"/enrolled_on": ABSENT},
            [("/off_study", "off_study_without_enrolment")],
            id="off study, never enrolled",
        ),
        pytest.param(
            OFF,
            {"/off_study/date": "2026-02-15"},
            [("/off_study/date", "off_study_before_enrolment")],
            id="off study the day before enrolment",
        ),
        pytest.param(
            OFF,
            {"/off_study/disposition": "gone"},
            [("/off_study/disposition", "not_a_code")],
            id="no disposition of the list",
        ),
        pytest.param(
            SCREENING,
            {
                "/eligibility": [
                    {"criterion": "IN-01", "met": True},
                    {"criterion": "IN-01", "met": False},
                ]
            },
            [("/eligibility/1/criterion", "item_repeated")],
            id="a criterion answered twice",
        ),
        pytest.param(
            SCREENING,
            {"/eligibility": [{"criterion": "IN-01", "met": "yes"}]},
            [("/eligibility/0/met", "bool_type")],
            id="an answer in words",
        ),
        pytest.param(
            SCREENING,
            {"/cytogenetics": [{"marker": "t(4;14)", "present": None}]},
            [("/cytogenetics/0/present", "not_a_boolean")],
            id="a marker neither found nor looked for",
        ),
        pytest.param(
            SCREENING,
            {
                "/cytogenetics": [
                    {"marker": "t(4;14)", "present": "not_tested", "cells_percent": "4"}
                ]
            },
            [("/cytogenetics/0/cells_percent", "not_tested")],
            id="a share of cells that nobody tested",
        ),
        pytest.param(
            SCREENING,
            {"/cytogenetics": [{"marker": "t(4;14)", "present": True}] * 2},
            [("/cytogenetics/1/marker", "item_repeated")],
            id="a marker twice",
        ),
        pytest.param(
            SCREENING,
            {"/exposed_classes": ["PI", "PI"], "/refractory_classes": ["PI", "IMiD", "IMiD"]},
            [
                ("/exposed_classes/1", "item_repeated"),
                ("/refractory_classes/1", "refractory_without_exposure"),
                ("/refractory_classes/2", "item_repeated"),
                ("/refractory_classes/2", "refractory_without_exposure"),
            ],
            id="classes twice, and one that was never given",
        ),
        pytest.param(
            SCREENING,
            {"/refractory_classes": ["PI", "IMiD"], "/refractoriness": "triple_class"},
            [("/refractoriness", "refractoriness_of_other_classes")],
            id="two classes called triple",
        ),
        pytest.param(
            SCREENING,
            {"/refractory_classes": [], "/refractoriness": "single_class"},
            [("/refractoriness", "refractoriness_of_other_classes")],
            id="no class called single",
        ),
        pytest.param(
            SCREENING,
            {"/exposed_classes": ["BCMA"], "/prior_bcma_therapy": False},
            [("/prior_bcma_therapy", "bcma_among_the_exposed_classes")],
            id="exposed to BCMA, and not",
        ),
        pytest.param(
            SCREENING,
            {
                "/prior_lines": 1,
                "/lines": [
                    {"number": 1, "agents": ["x"], "start": "2024-02", "end": "2024-01"},
                    {"number": 2, "agents": ["x"]},
                    {"number": 2, "agents": []},
                ],
            },
            [
                ("/lines/2/agents", "too_short"),
            ],
            id="a line of nothing",
        ),
        pytest.param(
            SCREENING,
            {
                "/prior_lines": 1,
                "/lines": [
                    {"number": 1, "agents": ["x"], "start": "2024-02", "end": "2024-01"},
                    {"number": 2, "agents": ["x"]},
                    {"number": 2, "agents": ["y"]},
                ],
            },
            [
                ("/lines/0/end", "end_before_start"),
                ("/lines/1/number", "line_beyond_prior_lines"),
                ("/lines/2/number", "item_repeated"),
                ("/lines/2/number", "line_beyond_prior_lines"),
            ],
            id="lines beyond their number, one twice, one that ended before",
        ),
        pytest.param(SCREENING, {"/ecog": 5}, [("/ecog", "ecog_of_the_dead")], id="ECOG 5"),
        pytest.param(
            SCREENING,
            {"/height": "0"},
            [("/height", "number_too_low")],
            id="no height",
        ),
        pytest.param(
            SCREENING,
            {"/albumin": {"value": "580", "unit": "umol/L"}},
            [("/albumin/unit", "unit_not_allowed")],
            id="albumin in another unit",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(ENROLMENTS, changed(body, changes)) == expected


def test_it_tells_which_word_the_classes_allow() -> None:
    body = SCREENING | {
        "refractory_classes": ["PI", "IMiD", "CD38"],
        "refractoriness": "double_class",
    }
    (line,) = refused_with(ENROLMENTS, body)
    assert line["ctx"]["allowed"] == ["triple_class", "penta_drug"]


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        pytest.param(SCREENING, [], id="screening is there to find them out"),
        pytest.param(ENROLLED, ["heavy_chain", "light_chain", "prior_lines"], id="enrolled"),
        pytest.param(
            ENROLLED | {"heavy_chain": "non_secretory", "prior_lines": 0},
            [],
            id="a myeloma that secretes nothing",
        ),
        pytest.param(
            ENROLLED | {"heavy_chain": "light_chain_only", "prior_lines": 3},
            ["light_chain"],
            id="light chain only, and not which",
        ),
    ],
)
def test_it_names_the_disease_fields_that_a_trial_may_require(
    body: dict[str, Any], missing: list[str]
) -> None:
    assert missing_disease_fields(SubjectIn.model_validate(body)) == missing
