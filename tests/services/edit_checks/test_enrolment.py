from typing import Any

import pytest

from app.trial.trial import Trial
from tests.schemas.bodies import ABSENT
from tests.subjects.agreeing import DIED, Sent, but, noticed, of, sent
from tests.subjects.base import TRIAL

WITH_FORMS = Trial.model_validate_json(
    TRIAL.model_copy(update={"consents": ()})
    .model_dump_json()
    .replace(
        '"consents":[]',
        '"consents":[{"version":"3.1","approved_on":"2026-01-15"},{"version":"2.0"}]',
    )
)
CONSENT = {"version": "3.1", "signed_on": "2026-02-10"}


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        pytest.param(CONSENT, [], id="a form of the trial"),
        pytest.param({**CONSENT, "version": "2.0"}, [], id="approval not known"),
        pytest.param(
            {**CONSENT, "version": "9.9"},
            [("UNKNOWN-CONSENT-VERSION", "/consent/version")],
            id="no form of the trial",
        ),
        pytest.param(
            {**CONSENT, "signed_on": "2026-01-14"},
            [("CONSENT-BEFORE-APPROVAL", "/consent/signed_on")],
            id="the day before approval",
        ),
        pytest.param({**CONSENT, "signed_on": "2026-01-15"}, [], id="the day of approval"),
    ],
)
def test_it_holds_consent_against_the_forms(
    consent: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    found = noticed(of(but("enrolment", consent=consent), trial=WITH_FORMS))
    assert [(rule, pointer) for rule, _, pointer in found] == expected


def test_it_knows_no_wrong_version_where_the_trial_declares_none() -> None:
    assert noticed(of(but("enrolment", consent={**CONSENT, "version": "9.9"}))) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"consent": ABSENT},
            [("NO-CONSENT", "/infused_at"), ("NO-CONSENT", "/consent")],
            id="enrolled and infused without consent",
        ),
        pytest.param(
            {"eligibility": [{"criterion": "IN-01", "met": False}]},
            [("ENROLLED-NOT-ELIGIBLE", "/eligibility/0/met")],
            id="not eligible",
        ),
        pytest.param(
            {"eligibility": [{"criterion": "A", "met": True}, {"criterion": "B", "met": None}]},
            [("ELIGIBILITY-OPEN", "/eligibility/1/met")],
            id="one criterion open",
        ),
        pytest.param(
            {"eligibility": []}, [("ELIGIBILITY-OPEN", "/eligibility")], id="nothing answered"
        ),
        pytest.param(
            {"enrolled_on": "2026-02-26"},
            [("ENROLLED-AFTER-TREATMENT", "/enrolled_on")],
            id="enrolled after the first lymphodepletion",
        ),
        pytest.param({"enrolled_on": "2026-02-25"}, [], id="on the day of it"),
        pytest.param(
            {"enrolled_on": ABSENT}, [("TREATED-NOT-ENROLLED", "/enrolled_on")], id="not enrolled"
        ),
        pytest.param(
            {
                "enrolled_on": ABSENT,
                "screen_failure": {"reason": "platelets", "date": "2026-02-15"},
            },
            [("SCREEN-FAILED-BUT-TREATED", "/screen_failure")],
            id="screening failed",
        ),
    ],
)
def test_it_holds_enrolment_against_consent_eligibility_and_treatment(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = noticed(of(but("enrolment", **changes)))
    assert [(rule, pointer) for rule, _, pointer in found] == expected


def test_it_lets_a_subject_in_screening_be_not_eligible() -> None:
    screening = but(
        "enrolment", enrolled_on=ABSENT, eligibility=[{"criterion": "IN-01", "met": False}]
    )
    treated = ("preparation", "infusion", "baseline")
    assert noticed(of(screening, without=treated)) == []


@pytest.mark.parametrize(
    ("left", "records", "expected"),
    [
        pytest.param(
            {"disposition": "died", "date": "2026-09-10"},
            [],
            ["DISPOSITION-WITHOUT-DEATH"],
            id="died, and no death",
        ),
        pytest.param({"disposition": "died", "date": "2026-09-10"}, [DIED], [], id="died"),
        pytest.param(
            {"disposition": "completed", "date": "2026-09-10"},
            [DIED],
            ["DISPOSITION-DIFFERS"],
            id="completed on the day of death",
        ),
        pytest.param(
            {"disposition": "withdrew", "date": "2026-09-09"}, [DIED], [], id="left before it"
        ),
    ],
)
def test_it_holds_disposition_against_death(
    left: dict[str, str], records: list[Sent], expected: list[str]
) -> None:
    found = noticed(of(but("enrolment", off_study=left), *records))
    assert [rule for rule, _, _ in found] == expected


def test_it_notices_once_that_a_subject_has_no_enrolment() -> None:
    assert noticed(of(without=("enrolment",))) == [("NO-ENROLMENT", "preparations", "")]
    crp = sent("lab-results", "crp", analyte="CRP", value="8", unit="mg/L",
               collected_at="2026-03-03")  # fmt: skip
    everything = ("enrolment", "preparation", "infusion", "baseline")
    assert noticed(of(crp, without=everything)) == [("NO-ENROLMENT", "lab-results", "")]
    assert noticed(of(without=everything)) == []
