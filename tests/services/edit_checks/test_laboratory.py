from typing import Any

import pytest

from app.services.edit_checks import on_subject
from tests.subjects.agreeing import Sent, noticed, of, ref, sent
from tests.subjects.base import record_id

AT = "2026-03-09T06:40+08:00"
PLATELETS = {
    "analyte": "PLT", "value": "180", "unit": "10*9/L", "collected_at": AT,
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
            result(reference_range=None, analyte="INR", value="1.1", unit="{INR}"),
            False,
            id="needs no range",
        ),
    ],
)
def test_it_notices_a_range_that_grading_needs(record: Sent, missing: bool) -> None:
    assert rules(record) == ([("LAB-RANGE-MISSING", "/reference_range")] if missing else [])


@pytest.mark.parametrize(
    ("changes", "noticed"),
    [
        pytest.param({"analyte": "XYZ", "analyte_system": "local"}, True, id="the sender's own"),
        pytest.param({"analyte": "2075-0", "unit": "mmol/L"}, True, id="LOINC of no analyte"),
        pytest.param({"analyte": "778-1"}, False, id="a LOINC synonym"),
        pytest.param({"analyte": "XYZ", "analyte_system": "local", "spurious": True}, False,
                     id="an error anyway"),
    ],
)  # fmt: skip
def test_it_notices_a_result_that_no_analyte_claims(changes: dict[str, Any], noticed: bool) -> None:
    assert (("LAB-NOT-ANALYSED", "/analyte") in rules(result(**changes))) is noticed


def test_it_names_the_analyte_that_a_known_abbreviation_stands_for() -> None:
    (found,) = on_subject(of(result(analyte="THRO", analyte_system="local")))
    assert found.finding.message.endswith("it is likely PLT")


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
        pytest.param({"analyte": "NEUT"}, False, id="another analyte"),
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


LOW_PLATELETS = "Platelet count decreased"


def event(name: str = "event", **body: Any) -> Sent:
    shape = {"term": LOW_PLATELETS, "grade": 3, "causality": {"car_t": "possible"}}
    return sent("adverse-events", name, **{**shape, "onset": "2026-03-09", **body})


def platelets(*counts: tuple[str, str], **body: Any) -> list[Sent]:
    """Counts, each with its day."""
    return [result(day, value=value, collected_at=day, **body) for day, value in counts]


def unreported(*records: Sent) -> list[str]:
    """The names of the results that are said to lack an event."""
    subject = of(*records)
    found = [
        one.record.record_id
        for one in on_subject(subject)
        if one.finding.rule == "LAB-GRADE-WITHOUT-AE"
    ]
    assert all(
        one.finding.pointer == "/value" and one.finding.severity == "warning"
        for one in on_subject(subject)
        if one.finding.rule == "LAB-GRADE-WITHOUT-AE"
    )
    return sorted(one.name for one in records if record_id(one.name) in found)


@pytest.mark.parametrize(
    ("body", "noticed"),
    [
        pytest.param({"value": "49.9"}, True, id="grade 3, below 50"),
        pytest.param({"value": "50"}, False, id="50 itself is grade 2"),
        pytest.param({"value": "18"}, True, id="grade 4"),
        pytest.param({"value": "50", "comparator": "<"}, True, id="below 50, so at least grade 3"),
        pytest.param({"value": "50", "comparator": "<="}, False, id="may be 50 and grade 2"),
        pytest.param({"value": "18", "spurious": True}, False, id="a laboratory error"),
        pytest.param({"value": "18", "specimen": "urine"}, False, id="another material"),
        pytest.param({"value": "18", "analyte": "777-3"}, True, id="under its LOINC"),
        pytest.param(
            {"value": "18", "clinically_significant": {"flag": False}},
            True,
            id="not significant, says the investigator",
        ),
        pytest.param(
            {"value": "18", "collected_at": "2026-03-02T09:39+08:00"},
            False,
            id="a minute before the infusion",
        ),
        pytest.param(
            {"value": "18", "collected_at": "2026-03-02T09:40+08:00"}, True, id="at the infusion"
        ),
        pytest.param(
            {"value": "18", "collected_at": "2029-03-02"}, True, id="last day of the horizon"
        ),
        pytest.param({"value": "18", "collected_at": "2029-03-03"}, False, id="after the horizon"),
    ],
)
def test_it_notices_a_severe_result_after_the_infusion(body: dict[str, Any], noticed: bool) -> None:
    assert unreported(result(**body)) == (["result"] if noticed else [])


def test_it_knows_no_severe_result_of_a_subject_without_an_infusion() -> None:
    subject = of(result(value="18"), without=("infusion",))
    assert "LAB-GRADE-WITHOUT-AE" not in {one.finding.rule for one in on_subject(subject)}


@pytest.mark.parametrize(
    ("told", "body", "covered"),
    [
        pytest.param(event(), {}, True, id="from its day on"),
        pytest.param(event(onset="2026-03-10"), {}, False, id="from the day after"),
        pytest.param(event(onset="2026-03-02", end="2026-03-09"), {}, True, id="to its day"),
        pytest.param(
            event(onset="2026-03-02", end="2026-03-08"), {}, False, id="to the day before"
        ),
        pytest.param(event(onset="2026-03", end="2026-03"), {}, True, id="some day in March"),
        pytest.param(event(onset="2026-04"), {}, False, id="from April on"),
        pytest.param(event(onset="2026-03-02", ongoing=True), {}, True, id="ongoing"),
        pytest.param(event(grade=1), {}, True, id="of a lower grade"),
        pytest.param(event(term="Anemia"), {}, False, id="of another term"),
        pytest.param(
            event(term="Anemia"), {"adverse_event": ref("event")}, True, id="named by the result"
        ),
    ],
)
def test_an_event_of_its_term_accounts_for_a_severe_result(
    told: Sent, body: dict[str, Any], covered: bool
) -> None:
    low = result(value="18", **body)
    assert unreported(told, low) == ([] if covered else ["result"])


@pytest.mark.parametrize(
    ("counts", "noticed"),
    [
        pytest.param([("03-09", "18"), ("03-10", "30")], ["03-09"], id="one run"),
        pytest.param(
            [("03-09", "18"), ("03-10", "50"), ("03-11", "18")],
            ["03-09", "03-11"],
            id="grade 2 between them",
        ),
        pytest.param([("03-11", "18"), ("03-10", "18")], ["03-10"], id="sent out of order"),
        pytest.param([("03-01", "18"), ("03-10", "18")], ["03-10"], id="low before the infusion"),
    ],
)
def test_it_notices_the_first_of_a_run(counts: list[tuple[str, str]], noticed: list[str]) -> None:
    sent_now = platelets(*((f"2026-{day}", value) for day, value in counts))
    assert unreported(*sent_now) == [f"2026-{day}" for day in noticed]


def test_it_notices_the_first_of_a_run_that_no_event_covers() -> None:
    run = platelets(*((f"2026-03-{day:02d}", "18") for day in (9, 10, 11, 12)))
    assert unreported(event(end="2026-03-10"), *run) == ["2026-03-11"]


@pytest.mark.parametrize(
    ("between", "noticed"),
    [
        pytest.param(
            {"value": "300", "comparator": "<"}, ["2026-03-09"], id="ungraded: any grade is open"
        ),
        pytest.param(
            {"value": "100", "reference_range": None},
            ["2026-03-09", "2026-03-11"],
            id="grade 0 or 1 without a limit",
        ),
    ],
)
def test_a_run_ends_with_a_result_that_is_not_severe_and_not_with_an_ungraded_one(
    between: dict[str, Any], noticed: list[str]
) -> None:
    first, last = platelets(("2026-03-09", "18"), ("2026-03-11", "18"))
    middle = result("middle", **between, collected_at="2026-03-10")
    assert unreported(first, middle, last) == noticed


def test_low_and_high_are_runs_of_their_own() -> None:
    potassium = {"analyte": "K", "unit": "mmol/L", "reference_range": {"low": "3.5", "high": "5.1"}}
    low = result("low", **{**potassium, "value": "2.4", "collected_at": "2026-03-09"})
    high = result("high", **{**potassium, "value": "7.2", "collected_at": "2026-03-10"})
    assert unreported(low, high) == ["high", "low"]
    hypokalemia = event(term="Hypokalemia", onset="2026-03-02")
    assert unreported(hypokalemia, low, high) == ["high"]


def test_it_grades_against_the_baseline_of_the_subject() -> None:
    alt = {"analyte": "ALT", "unit": "U/L", "reference_range": {"high": "40"}}
    high = result(**{**alt, "value": "210"})
    assert unreported(high) == ["result"], "5.25 times the limit, without a baseline"
    before = result("before", **{**alt, "value": "100", "collected_at": "2026-02-20"})
    assert unreported(before, high) == [], "2.1 times an abnormal baseline"
    lymphodepleted = result("between", **{**alt, "value": "30", "collected_at": "2026-02-28"})
    assert unreported(before, lymphodepleted, high) == [], "which precedes lymphodepletion"


def test_it_grades_against_the_limits_of_the_laboratory() -> None:
    fibrinogen = {"analyte": "FIBRINO", "value": "0.9", "unit": "g/L"}
    low = result(**{**fibrinogen, "reference_range": {"low": "2.0", "high": "4.0"}})
    assert unreported(low) == ["result"], "0.45 times the lower limit"
    assert unreported(result(**{**fibrinogen, "reference_range": {"low": "1.8"}})) == []


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-09-01", ["result"]), ("2026-09-02", [])], ids=["its day", "later"]
)
@pytest.mark.parametrize(
    "next_one",
    [
        pytest.param(
            sent("therapies", "next", therapy_kind="new_anti_myeloma", start="2026-09-01"),
            id="a therapy",
        ),
        pytest.param(
            sent(
                "therapies",
                "next",
                therapy_kind="radiotherapy",
                radiotherapy_target="progressing",
                start="2026-09-01",
            ),
            id="radiation of a progressing lesion",
        ),
        pytest.param(
            sent(
                "infusions",
                "next",
                infusion_kind="unplanned_repeat",
                infused_at="2026-09-01T10:00+08:00",
            ),
            id="a second infusion",
        ),
    ],
)
def test_it_asks_for_no_event_after_new_therapy(
    next_one: Sent, day: str, expected: list[str]
) -> None:
    assert unreported(next_one, result(value="18", collected_at=day)) == expected


def test_radiation_of_a_stable_lesion_is_no_new_therapy() -> None:
    radiation = sent(
        "therapies",
        "next",
        therapy_kind="radiotherapy",
        radiotherapy_target="stable",
        start="2026-09-01",
    )
    assert unreported(radiation, result(value="18", collected_at="2026-09-02")) == ["result"]
