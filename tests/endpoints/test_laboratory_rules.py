"""Laboratory results as centres send them, in whatever unit, and the figures that they make.

Source: the trial's protocol, laboratory outliers, analytes, and which lymphodepletion.
"""

import csv
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.told import Record, dated_on, lab, preparation, subject

Range = tuple[str | None, str | None]


def result(
    on: int, analyte: str, value: str, unit: str, normal: Range = (None, None), **more: Any
) -> Record:
    """One laboratory result, ``"<5"`` with its comparator."""
    number = value.lstrip("<>=")
    limits = dict(zip(("low", "high"), normal, strict=True))
    said = {
        **({"comparator": value[: -len(number)]} if value != number else {}),
        **({"reference_range": {k: v for k, v in limits.items() if v}} if any(normal) else {}),
        **more,
    }
    return lab(dated_on(on), analyte, number, unit, **said)


def alt(on: int, value: str) -> Record:
    return result(on, "ALT", value, "U/L", (None, "40"))


def platelets(on: int, value: str) -> Record:
    return result(on, "PLT", value, "10*9/L", ("125", None))


SENT = ("source_id", "analyte", "value", "unit", "collected_at", "reference_range", "sample_id")
"""What a result was sent with, to be sent again."""

GIVEN_UP = {"outcome": "other", "outcome_note": "infusion put off, infection"}
FIRST_GIVEN_UP = preparation(-100, (-30,), **GIVEN_UP)
EARLY = {"consent": {"version": "1", "signed_on": "2023-10-08"}, "enrolled_on": "2023-10-13"}

SUBJECTS = (
    subject(
        "bilirubin",
        result(-8, "BILI", "60", "umol/L", (None, "21")),
        result(10, "BILI", "4.0", "mg/dL", (None, "1.2")),
    ),
    subject(
        "creatinine",
        result(-8, "CREAT", "35", "umol/L", ("45", "90")),
        result(10, "CREAT", "1.25", "mg/dL", ("0.5", "1.3")),
    ),
    subject(
        "beside a cut",
        result(-8, "CREAT", "88.4", "umol/L", (None, "200")),
        result(10, "CREAT", "1.505", "mg/dL", (None, "3")),
    ),
    subject("calcium", result(10, "CA_CORR", "2.88", "mmol/L", ("2.1", "2.6"))),
    subject(
        "two systems",
        result(10, "CA_TOTAL", "10.4", "mg/dL", ("8.4", "10.4"), sample_id="S1"),
        result(10, "ALB", "25", "g/L", ("35", "50"), sample_id="S1"),
    ),
    subject("haemoglobin", result(10, "HGB", "105", "g/L")),
    subject("every grade", result(10, "ALT", "105", "U/L")),
    subject("glucose normal", result(10, "GLUC", "90", "mg/dL", ("70", "110"))),
    subject("glucose high", result(10, "GLUC", "520", "mg/dL", ("70", "110"))),
    subject("glucose low", result(10, "GLUC", "39", "mg/dL", ("70", "110"))),
    subject("two scales", alt(-8, "210"), alt(10, "450"), alt(14, "1100")),
    subject("not comparable", alt(-8, ">400"), alt(10, "900")),
    subject("back at baseline", platelets(-8, "60"), platelets(5, "20"), platelets(14, "60")),
    subject("above grade 1", platelets(-8, "60"), platelets(5, "20"), platelets(14, "55")),
    subject(
        "twice prepared",
        FIRST_GIVEN_UP,
        platelets(-40, "180"),
        platelets(-8, "60"),
        platelets(7, "49"),
        **EARLY,
    ),
    subject(
        "long recovered",
        preparation(-100, (-70,), **GIVEN_UP),
        platelets(-75, "180"),
        platelets(-60, "40"),
        platelets(-8, "170"),
        platelets(7, "60"),
        **EARLY,
    ),
    subject(
        "alkaline phosphatase",
        result(-8, "ALP", "200", "U/L", (None, "120")),
        result(9, "ALP", "450", "U/L", (None, "120")),
    ),
    subject("haemoglobin in mmol", result(9, "HGB", "4.9", "mmol/L", ("7.5", "10"))),
    subject("never recovered", FIRST_GIVEN_UP, platelets(-8, "49"), platelets(7, "30"), **EARLY),
    subject(
        "another code",
        result(10, "1988-5", "12", "mg/L"),
        result(10, "2571-8", "150", "mg/dL"),
        result(10, "10334-1", "0.3", "10*9/L"),
        result(11, "10334-1", "0.2", "10*9/L"),
    ),
)


@pytest.fixture(scope="module")
async def asked(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("laboratory"), *SUBJECTS) as found:
        yield found


async def abnormality(asked: Cohort, name: str, analyte: str, direction: str) -> dict[str, Any]:
    rows = await asked.rows("lab-abnormalities")
    (found,) = (
        one
        for one in rows[name]["abnormalities"]
        if (one["analyte"], one["direction"]) == (analyte, direction)
    )
    row: dict[str, Any] = found
    return row


@pytest.mark.parametrize(
    ("name", "analyte", "direction", "grade", "range_"),
    [
        ("bilirubin", "BILI", "HIGH", 1, []),
        ("creatinine", "CREAT", "HIGH", 3, []),
        ("beside a cut", "CREAT", "HIGH", 0, [0, 2]),
        ("calcium", "CA_CORR", "HIGH", 1, []),
        ("two systems", "CA_CORR", "HIGH", 2, []),
        ("haemoglobin", "HGB", "LOW", 0, [0, 1]),
        ("every grade", "ALT", "HIGH", None, []),
        ("two scales", "ALT", "HIGH", 3, []),
        ("not comparable", "ALT", "HIGH", None, []),
        ("twice prepared", "PLT", "LOW", 3, []),
        ("long recovered", "PLT", "LOW", 2, []),
        ("alkaline phosphatase", "ALP", "HIGH", 1, []),
        ("haemoglobin in mmol", "HGB", "LOW", 2, []),
        ("haemoglobin in mmol", "HGB", "HIGH", 0, []),
    ],
)
async def test_the_worst_grade_of_a_subject(
    asked: Cohort, name: str, analyte: str, direction: str, grade: int | None, range_: list[int]
) -> None:
    found = await abnormality(asked, name, analyte, direction)
    assert (found["worst_grade"], found["worst_range"]) == (grade, range_)


@pytest.mark.parametrize(
    ("name", "analyte", "restated", "factor"),
    [
        ("bilirubin", "BILI", "68.416", "1 mg/dL = 17.104 umol/L"),
        ("creatinine", "CREAT", "110.50", "1 mg/dL = 88.4 umol/L"),
    ],
)
async def test_a_restated_value_names_its_factor(
    asked: Cohort, name: str, analyte: str, restated: str, factor: str
) -> None:
    found = await abnormality(asked, name, analyte, "HIGH")
    assert found["has_baseline"]
    assert str(found["worst_restated"]["value"]) == restated
    assert (found["worst_restated"]["unit"], found["factors"]) == ("umol/L", [factor])


@pytest.mark.parametrize(
    ("name", "direction", "outlier"),
    [
        ("glucose normal", "HIGH", False),
        ("glucose normal", "LOW", False),
        ("glucose high", "HIGH", True),
        ("glucose low", "LOW", True),
    ],
)
async def test_a_limit_of_the_trial_holds_in_any_unit(
    asked: Cohort, name: str, direction: str, outlier: bool
) -> None:
    found = await abnormality(asked, name, "GLUC", direction)
    assert (found["outlier_on"] is not None) is outlier
    assert found["factors"] == ["1 mmol/L = 18.016 mg/dL"]


async def test_two_scales_shift_by_the_limits_with_the_grade_of_ctcae_beside(
    asked: Cohort,
) -> None:
    found = await abnormality(asked, "two scales", "ALT", "HIGH")
    assert (found["baseline_grade"], found["shift_worst_grade"]) == (3, 4)
    assert (found["shift_scale"], found["worst_scale"]) == ("limits", "baseline")
    assert found["outlier_on"] == "2024-03-15"
    tables = (await asked.endpoint("lab-abnormalities"))["tables"]
    (table,) = (one for one in tables if one["analyte"] == "ALT")
    assert table["shift_scale"] == "limits"
    assert {"baseline_grade": 3, "worst_grade": 4, "subjects": 1} in table["shift"]
    assert (table["n_by_baseline"], table["worst"]["3"]) == (1, 1)


async def test_a_baseline_that_cannot_be_compared_is_missing_flagged_and_counted(
    asked: Cohort,
) -> None:
    found = await abnormality(asked, "not comparable", "ALT", "HIGH")
    assert (found["has_baseline"], found["baseline_flags"]) == (False, ["not_comparable"])
    assert found["ungraded"] == [["baseline_not_comparable", 1]]
    tables = (await asked.endpoint("lab-abnormalities"))["tables"]
    (table,) = (one for one in tables if one["analyte"] == "ALT")
    assert (table["n_baseline_not_comparable"], table["n_without_baseline"]) == (1, 2)
    assert table["baseline_flags"] == {"not_comparable": 1}


@pytest.mark.parametrize(
    ("name", "resolved"), [("back at baseline", True), ("above grade 1", False)]
)
async def test_a_worst_grade_is_resolved_at_the_baseline_value(
    asked: Cohort, name: str, resolved: bool
) -> None:
    assert (await abnormality(asked, name, "PLT", "LOW"))["resolved"] is resolved


@pytest.mark.parametrize(
    ("name", "baseline_grade", "flags"),
    [
        ("twice prepared", 0, ["earlier_ld"]),
        ("never recovered", 3, ["after_LD"]),
        ("long recovered", 0, []),
    ],
)
async def test_a_baseline_comes_from_before_an_earlier_lymphodepletion(
    asked: Cohort, name: str, baseline_grade: int, flags: list[str]
) -> None:
    found = await abnormality(asked, name, "PLT", "LOW")
    assert (found["baseline_grade"], found["baseline_flags"]) == (baseline_grade, flags)


async def test_what_no_analyte_claims_is_counted_beside_the_tables(asked: Cohort) -> None:
    answer = await asked.endpoint("lab-abnormalities")
    assert answer["n_not_analysed"] == 2
    assert answer["not_analysed"] == [{"analyte": "10334-1", "results": 2, "subjects": 1}]
    rows = await asked.rows("lab-abnormalities")
    assert rows["another code"]["not_analysed"] == {"10334-1": 2}
    assert rows["calcium"]["not_analysed"] == {}


@pytest.mark.parametrize(
    ("name", "analyte", "grades"),
    [
        ("two scales", "ALT", [3, 1, 3]),
        ("bilirubin", "BILI", [2, 1]),
        ("creatinine", "CREAT", [0, 3]),
        ("haemoglobin", "HGB", [0]),
    ],
)
async def test_a_result_has_the_same_grade_in_the_series_as_when_it_is_written(
    asked: Cohort, name: str, analyte: str, grades: list[int]
) -> None:
    code = asked.codes[name]
    drawn = await asked.reader.http.get(
        "/v1/charts/lab-series",
        params={"subject": code, "analyte": analyte},
        headers={"Accept": "text/csv"},
    )
    rows = csv.DictReader(drawn.text.splitlines())
    assert [int(row["grade"]) for row in rows] == grades
    caller = await asked.deployment.caller("coordinator", "03")
    stored = (await asked.get(f"/v1/subjects/{code}/lab-results"))["items"]
    written = []
    for row in sorted(stored, key=lambda one: str(one["collected_at"])):
        body = {member: row[member] for member in SENT if row.get(member) is not None}
        answer = await caller.amend(
            f"/v1/subjects/{code}/lab-results/{row['record_id']}",
            {**body, "reason": "Sent again."},
            row["version"],
        )
        assert answer.status_code == 200, answer.text
        written.append(max(one["grades"][0] for one in answer.json()["ctcae"] if one["grades"]))
    assert written == grades
