"""Adjudications against the evaluation that they judge: the version that stands is version 1."""

from typing import Any

import pytest

from tests.subjects.agreeing import Sent, noticed, of, ref, sent

EVALUATION = sent(
    "assessments",
    "evaluation",
    assessed_on="2026-06-01",
    serum_m_protein={"value": "1.1", "unit": "g/dL"},
)


def verdict(name: str = "verdict", **changes: Any) -> Sent:
    body: dict[str, Any] = {
        "assessment": ref("evaluation"),
        "assessment_version": 1,
        "response": "PR",
        "rationale": "Serum M-protein down by two thirds.",
    }
    return sent("adjudications", name, **{**body, **changes})


def found(rule: str, member: str) -> tuple[str, str, str]:
    return (rule, "adjudications", f"/{member}")


def test_it_finds_nothing_in_a_verdict_on_the_version_that_stands() -> None:
    assert noticed(of(EVALUATION, verdict())) == []


def test_it_notices_that_the_evaluation_moved_on() -> None:
    standing = of(EVALUATION, verdict(), versions={"evaluation": 2})
    assert noticed(standing) == [found("ADJUDICATION-STALE", "assessment_version")]


def test_an_amended_verdict_on_the_new_version_is_fresh() -> None:
    standing = of(EVALUATION, verdict(assessment_version=2), versions={"evaluation": 2})
    assert noticed(standing) == []


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        pytest.param({"assessment": ref("nobody")}, "assessment", id="no such record"),
        pytest.param({"assessment": ref("infusion")}, "assessment", id="a record of another kind"),
        pytest.param({"assessment_version": 2}, "assessment_version", id="a version to come"),
    ],
)
def test_it_notices_a_verdict_on_nothing(changes: dict[str, Any], member: str) -> None:
    assert noticed(of(EVALUATION, verdict(**changes))) == [
        found("ADJUDICATION-WITHOUT-ASSESSMENT", member)
    ]


def test_it_notices_a_verdict_on_an_evaluation_that_was_voided() -> None:
    assert noticed(of(verdict())) == [found("ADJUDICATION-WITHOUT-ASSESSMENT", "assessment")]


def test_it_notices_both_of_two_verdicts_on_one_evaluation() -> None:
    both = of(EVALUATION, verdict("first"), verdict("second", response="MR"))
    assert noticed(both) == [found("ADJUDICATED-TWICE", "assessment")] * 2


def test_verdicts_on_two_evaluations_are_no_contradiction() -> None:
    later = sent("assessments", "later", assessed_on="2026-07-01", new_lesions=[])
    assert noticed(of(EVALUATION, later, verdict(), verdict("b", assessment=ref("later")))) == []


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        pytest.param({"response": "PD"}, True, id="PD, no basis"),
        pytest.param({"response": "PD", "pd_basis": "unknown"}, False, id="basis unknown, said"),
        pytest.param({"response": "PD", "pd_basis": "marrow"}, False, id="PD in the marrow"),
        pytest.param({"response": "SD"}, False, id="no progression"),
    ],
)
def test_it_notices_a_progression_without_a_basis(changes: dict[str, Any], *, noted: bool) -> None:
    expected = [found("ADJUDICATED-PD-WITHOUT-BASIS", "pd_basis")] if noted else []
    assert noticed(of(EVALUATION, verdict(**changes))) == expected


def test_it_notices_a_day_after_the_verdict_was_sent() -> None:
    assert noticed(of(EVALUATION, verdict(response_date="2028-01-12"))) == [
        found("DATE-IN-FUTURE", "response_date")
    ]


def test_it_notices_a_visit_that_is_not_the_days() -> None:
    named = verdict(visit="D0", response_date="2026-06-01")
    assert noticed(of(EVALUATION, named)) == [found("VISIT-DIFFERS", "visit")]
