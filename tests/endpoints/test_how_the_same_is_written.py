"""An answer does not follow from how the same facts are written.

The same subjects are told as centres of one trial that write the same: with every moment in UTC,
with every value in another unit, with every second record in another unit, and beside a preparation
that was given up. All moments are early in the morning, so that in UTC they lie on the day before.
"""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.differences import differences
from tests.endpoints.test_what_an_answer_follows_from import CUT, drawn
from tests.subjects.told import Record, Subject, dated_on, event, kinetics, lab, timed_on

AS_THEY_ARE, IN_UTC, IN_OTHER_UNITS, GIVEN_UP, MIXED = "11", "15", "16", "17", "18"
GRADED: Final = ("baseline_grade", "worst_grade", "worst_range", "worst_on", "outlier_on")
NAMING: Final = frozenset({"as_of", "centre", "slots", "records", "SITEID", "reported"})
"""Members that say of which centre or records an answer is, or that give back what was sent."""
FACTORS: Final[Mapping[str, Decimal]] = {"CREAT": Decimal("88.4"), "BILI": Decimal("17.104")}
"""Analyte -> umol/L of 1 mg/dL."""
IDENTITY: Final = r"\d\d-\d{3}$|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
OTHER_UNITS: Final[Mapping[str, tuple[str, int]]] = {
    "g/dL": ("g/L", 1),
    "mg/(24.h)": ("g/(24.h)", -3),
    "g/L": ("g/dL", -1),
    "10*9/L": ("10*3/uL", 0),
    "ug/L": ("ng/mL", 0),
    "mg/L": ("mg/dL", -1),
    "pg/mL": ("ng/L", 0),
    "IGG": ("mg/dL", 2),
}
"""Unit, or an analyte apart -> another unit that is taken, and the power of ten between them."""
TWICE = "FERRITIN"


COURSES: Final[Mapping[str, tuple[str, dict[str, str], Mapping[int, str]]]] = {
    "HGB": ("g/L", {"low": "120"}, {-8: "118", 3: "78", 30: "101"}),
    "PLT": ("10*9/L", {"low": "125"}, {-8: "140", 9: "22", 40: "61"}),
    "NEUT": ("10*9/L", {"low": "1.8"}, {-8: "2.5", 6: "0.3", 35: "1.2"}),
    "FERRITIN": ("ug/L", {"high": "300"}, {-8: "250", 5: "12000"}),
    "CRP": ("mg/L", {"high": "5"}, {-8: "4", 4: "180"}),
    "IGG": ("g/L", {"low": "7"}, {-8: "6.5", 28: "3.1", 61: "2.2"}),
    "CREAT": ("umol/L", {"high": "104"}, {-8: "80", 5: "250", 20: "120"}),
    "BILI": ("umol/L", {"high": "21"}, {-8: "10", 6: "70"}),
}
"""Analyte -> unit, limits, and values by day."""
MORE: Final = (
    *(
        lab(day, analyte, value, unit, reference_range=limits)
        for analyte, (unit, limits, values) in COURSES.items()
        for day, value in values.items()
    ),
    kinetics(2, "900"),
    Record("therapies", {"therapy_kind": "tocilizumab", "start": timed_on(3)}),
    event("Chills", timed_on(0), grade=1, end=dated_on(2)),
)
"""What the drawn subjects do not have."""


def subjects(centre: str) -> list[Subject]:
    return [early(replace(one, records=(*one.records, *MORE))) for one in drawn(centre)]


def early(one: Subject) -> Subject:
    return rewritten(one, lambda body: json.loads(json.dumps(body).replace("T09:00", "T06:30")))


def rewritten(one: Subject, write: Any) -> Subject:
    records = (replace(record, body=write(one.dated(record.body))) for record in one.records)
    return replace(one, records=tuple(records))


def in_utc(body: Any) -> Any:
    """Write every moment of a record in UTC."""
    return json.loads(
        re.sub(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d\+08:00",
            lambda found: f"{datetime.fromisoformat(found[0]).astimezone(UTC):%Y-%m-%dT%H:%MZ}",
            json.dumps(body),
        )
    )


def in_other_units(body: Any) -> Any:
    """Write every value of a record in another unit, with the limits beside it."""
    if isinstance(body, list):
        return [in_other_units(one) for one in body]
    if not isinstance(body, dict):
        return body
    told = {name: in_other_units(one) for name, one in body.items()}
    other = OTHER_UNITS.get(str(told.get("analyte"))) or OTHER_UNITS.get(str(told.get("unit")))
    if other is not None and "value" in told:
        unit, power = other
        told |= {"unit": unit, "value": scaled(told["value"], power)}
        limits = told.get("reference_range", {})
        if limits:
            told["reference_range"] = {name: scaled(one, power) for name, one in limits.items()}
    return told


def in_mixed_units(one: Subject) -> Subject:
    """Write every second record in other units, and mass for amount of substance where it can."""
    records = (
        replace(record, body=restated(in_other_units(record.body))) if number % 2 else record
        for number, record in enumerate(one.records)
    )
    return replace(one, records=tuple(records))


def restated(body: Any) -> Any:
    factor = FACTORS.get(body.get("analyte"))
    if factor is None:
        return body
    limits = {name: mg_per_dl(one, factor) for name, one in body["reference_range"].items()}
    value = mg_per_dl(body["value"], factor)
    return {**body, "value": value, "unit": "mg/dL", "reference_range": limits}


def mg_per_dl(umol_per_l: str, factor: Decimal) -> str:
    return f"{Decimal(umol_per_l) / factor:.3f}"


def scaled(number: Any, power: int) -> str:
    return f"{Decimal(str(number)).scaleb(power):f}"


def beside_one_given_up(one: Subject) -> Subject:
    dose = {"agent": "fludarabine", "dose": "30", "unit": "mg/m2", "given_on": dated_on(-95)}
    given_up = {
        "leukapheresis_on": dated_on(-100),
        "lymphodepletion": [dose],
        "outcome": "other",
        "outcome_note": "An infection; the infusion was put off.",
    }
    return replace(one, records=(Record("preparations", given_up), *one.records))


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    every = [
        *subjects(AS_THEY_ARE),
        *(rewritten(one, in_utc) for one in subjects(IN_UTC)),
        *(rewritten(one, in_other_units) for one in subjects(IN_OTHER_UNITS)),
        *map(beside_one_given_up, subjects(GIVEN_UP)),
        *map(in_mixed_units, subjects(MIXED)),
    ]
    async with cohort(server, tmp_path_factory.mktemp("written"), *every) as found:
        yield found


def said(value: Any) -> Any:
    """Leave out who and which record an answer names; 0.90 is what 0.9 is."""
    if isinstance(value, dict):
        return {name: said(one) for name, one in value.items() if name not in NAMING}
    if isinstance(value, list):
        return [said(one) for one in value]
    if not isinstance(value, str):
        return value
    return re.sub(IDENTITY, "", re.sub(r"\d+\.\d+", _without_zeros, value))


def _without_zeros(number: re.Match[str]) -> str:
    return f"{Decimal(number[0]).normalize():f}"


async def answer(told: Cohort, name: str, centre: str) -> Any:
    return said(await told.endpoint(name, centre=centre, cutoff=str(CUT), rows="true"))


async def explanations(told: Cohort, centre: str) -> Any:
    found = await told.responses({one.name: {"cutoff": str(CUT)} for one in drawn(centre)})
    return said(list(found.values()))


@pytest.mark.parametrize("name", REPORTS)
async def test_a_moment_in_utc_is_the_same_moment(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    assert not differences(await answer(told, name, IN_UTC), expected)


@pytest.mark.parametrize("name", REPORTS)
async def test_a_value_in_another_unit_is_the_same_value(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    assert not differences(await answer(told, name, IN_OTHER_UNITS), expected)


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "lab-abnormalities"])
async def test_values_of_a_subject_in_different_units_are_compared(told: Cohort, name: str) -> None:
    expected = await answer(told, name, AS_THEY_ARE)
    assert not differences(await answer(told, name, MIXED), expected)


async def test_a_grade_does_not_depend_on_the_unit_of_its_baseline(told: Cohort) -> None:
    found = {}
    for centre in (AS_THEY_ARE, MIXED):
        rows = (await told.endpoint("lab-abnormalities", centre=centre, rows="true"))["rows"]
        found[centre] = [
            {
                (one["analyte"], one["direction"]): tuple(one[member] for member in GRADED)
                for one in row["abnormalities"]
            }
            for row in rows
        ]
    assert found[MIXED] == found[AS_THEY_ARE]
    assert {grades[1] for grades in found[MIXED][0].values()} >= {3, 4}


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "enrolment"])
async def test_a_preparation_that_was_given_up_changes_nothing(told: Cohort, name: str) -> None:
    found, expected = [await answer(told, name, one) for one in (GIVEN_UP, AS_THEY_ARE)]
    if name == "adverse-events":
        for one in (found, expected):
            one["tables"].pop("earlier_lymphodepletion", None)
    assert not differences(found, expected)


@pytest.mark.parametrize("centre", [IN_UTC, IN_OTHER_UNITS, GIVEN_UP, MIXED])
async def test_the_explanations_say_the_same(told: Cohort, centre: str) -> None:
    expected = await explanations(told, AS_THEY_ARE)
    assert not differences(await explanations(told, centre), expected)


@pytest.mark.parametrize("centre", [IN_UTC, IN_OTHER_UNITS, MIXED])
async def test_the_findings_are_the_same(told: Cohort, centre: str) -> None:
    found = {}
    for one in (AS_THEY_ARE, centre):
        answered = await told.get("/v1/findings", centre=one, limit=1000)
        found[one] = Counter(
            (item["subject"][2:], item["rule"], item["pointer"]) for item in answered["items"]
        )
    assert found[centre] == found[AS_THEY_ARE]
    assert found[AS_THEY_ARE]


async def test_the_status_board_is_the_same(told: Cohort) -> None:
    boards = [
        said(await told.get("/v1/status-board", centre=centre, cutoff=str(CUT)))
        for centre in (AS_THEY_ARE, IN_UTC)
    ]
    assert not differences(*boards)


async def test_each_record_is_of_the_same_visit(told: Cohort) -> None:
    for kind in ("lab-results", "kinetics", "infusions"):
        found = {}
        for centre in (AS_THEY_ARE, IN_UTC):
            page = await told.get(f"/v1/{kind}", centre=centre, limit=1000)
            found[centre] = sorted(
                (one["source_id"].removeprefix(centre), one["visit"]) for one in page["items"]
            )
        assert found[IN_UTC] == found[AS_THEY_ARE]
        assert found[AS_THEY_ARE]


async def test_what_was_sent_is_given_back_as_sent(told: Cohort) -> None:
    page = await told.get("/v1/lab-results", centre=IN_UTC, limit=1000)
    assert {one["collected_at"][-6:] for one in page["items"]} == {"22:30Z"}
