from typing import Any

import pytest

from tests.services.edit_checks.subjects import Sent, noticed, of, ref, sent

AT = "2026-03-09T06:40+08:00"
PLATELETS = {
    "analyte": "PLT", "value": "18", "unit": "10*9/L", "collected_at": AT,
    "reference_range": {"low": "125", "high": "350"},
}  # fmt: skip


def result(name: str = "result", **body: Any) -> Sent:
    return sent("lab-results", name, **{**PLATELETS, **body})


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        pytest.param(result(), False, id="with its range"),
        pytest.param(result(reference_range=None), True, id="without"),
        pytest.param(result(reference_range=None, analyte="777-3"), True, id="under its LOINC"),
        pytest.param(result(reference_range=None, spurious=True), False, id="an error anyway"),
        pytest.param(
            result(reference_range=None, value=None, unit=None, not_done="clotted"),
            False,
            id="not done",
        ),
        pytest.param(
            result(reference_range=None, analyte="CRP", unit="mg/L"), False, id="never graded"
        ),
        pytest.param(
            result(reference_range=None, analyte="INR", unit="{INR}"), False, id="needs no range"
        ),
        pytest.param(
            result(reference_range=None, analyte="XYZ", analyte_system="local"),
            False,
            id="not of the list",
        ),
    ],
)
def test_it_notices_a_range_that_grading_needs(record: Sent, missing: bool) -> None:
    assert rules(record) == ([("LAB-RANGE-MISSING", "/reference_range")] if missing else [])


EVENT = sent("adverse-events", "event", term="Platelet count decreased", grade=2,
             onset="2026-03-09", causality={"car_t": "possible"})  # fmt: skip


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({}, True, id="without an event"),
        pytest.param({"adverse_event": ref("event")}, False, id="with its event"),
        pytest.param({"collected_at": "2026-02-24T06:40+08:00"}, False, id="before treatment"),
        pytest.param({"collected_at": "2026-02-25T06:40+08:00"}, True, id="first day of it"),
        pytest.param({"clinically_significant": {"flag": False}}, False, id="not significant"),
    ],
)
def test_it_notices_significance_without_an_event(body: dict[str, Any], expected: bool) -> None:
    found = rules(EVENT, result(**{"clinically_significant": {"flag": True}, **body}))
    assert found == ([("SIGNIFICANT-WITHOUT-AE", "/clinically_significant")] if expected else [])


@pytest.mark.parametrize(
    ("second", "identical"),
    [
        pytest.param({}, True, id="the same time"),
        pytest.param({"analyte": "777-3"}, True, id="the same analyte under its LOINC"),
        pytest.param({"collected_at": "2026-03-09T06:41+08:00"}, False, id="a minute later"),
        pytest.param({"analyte": "HGB", "unit": "g/L"}, False, id="another analyte"),
        pytest.param({"specimen": "plasma"}, False, id="another material"),
        pytest.param({"sample_id": "2"}, False, id="another sample"),
        pytest.param({"spurious": True}, False, id="an error"),
        pytest.param({"value": None, "unit": None, "not_done": "clotted"}, False, id="not done"),
    ],
)
def test_it_notices_two_results_of_one_time(second: dict[str, Any], identical: bool) -> None:
    found = rules(result(), result("second", **second))
    assert found == ([("IDENTICAL-TIMESTAMPS", "/collected_at")] if identical else [])


@pytest.mark.parametrize(("sample_id", "identical"), [(None, False), ("7", True)])
def test_it_tells_two_results_of_one_day_by_their_sample(
    sample_id: str | None, identical: bool
) -> None:
    day = {"collected_at": "2026-03-09", "sample_id": sample_id}
    found = rules(result(**day), result("second", **day))
    assert found == ([("IDENTICAL-TIMESTAMPS", "/collected_at")] if identical else [])


def given(kind: str, start: str, end: str | None = None) -> Sent:
    return sent("therapies", "given", therapy_kind=kind, start=start, end=end)


@pytest.mark.parametrize(
    ("member", "therapy", "differs"),
    [
        ("transfused_before", given("transfusion", "2026-03-02"), True),
        ("transfused_before", given("transfusion", "2026-03-01"), False),
        ("transfused_before", given("transfusion", "2026-03-08"), True),
        ("transfused_before", given("transfusion", "2026-03-09"), False),
        ("transfused_before", given("transfusion", "2026-03"), False),
        ("transfused_before", given("g_csf", "2026-03-08"), False),
        ("g_csf_before", given("g_csf", "2026-03-03", "2026-03-06"), True),
        ("g_csf_before", given("g_csf", "2026-03-03", "2026-03-05"), False),
        ("g_csf_before", given("transfusion", "2026-03-08"), False),
    ],
)
def test_it_holds_what_preceded_a_sample_against_the_therapies(
    member: str, therapy: Sent, differs: bool
) -> None:
    rule = {"transfused_before": "TRANSFUSION-DIFFERS", "g_csf_before": "G-CSF-DIFFERS"}[member]
    found = rules(result(**{member: False}), therapy)
    assert found == ([(rule, f"/{member}")] if differs else [])
    assert rules(result(**{member: True}), therapy) == []
    assert rules(result(), therapy) == []
