"""One subject told in local time, in UTC and in the clock of another place: the same figures.

Source: the trial's endpoint definitions, section 5, order of two moments.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.services.reports.catalogue import REPORTS
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.differences import differences
from tests.subjects import told as bodies
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, Subject, assessment, death, event, kinetics, subject, visit

_MOMENT = re.compile(r"[0-9-]{10}T[0-9:.]+(?:Z|[+-][0-9:]{5})")
INFUSED = date(2024, 3, 2)


def crs(onset: str, end: str) -> Record:
    astct = {"scale": "ASTCT_CRS", "grade": 3}
    return event("Cytokine release syndrome", onset, end=end, aesi_kind="CRS", astct=astct)


def lab(analyte: str, value: str, unit: str, at: str, **more: Any) -> Record:
    limits = {"PLT": {"low": "125", "high": "350"}, "ALB": {"low": "35", "high": "50"}}
    if analyte in limits:
        more["reference_range"] = limits[analyte]
    return bodies.lab(at, analyte, value, unit, **more)


def infused(at: str) -> Record:
    return Record("infusions", {"infusion_kind": "planned", "infused_at": at})


def early_morning(name: str) -> Subject:
    """Infused at half past six, with everything around it that has a clock."""
    return subject(
        name,
        infused("2024-03-02T06:30+08:00"),
        assessment(-10, **components(4, 0, "+-")),
        assessment(28, **components(1, 0, "+-")),
        event("Nausea", "2024-03-02T07:50+08:00", end="2024-03-03T00:20+08:00"),
        event("Vomiting", "2024-03-02T05:50+08:00", end="2024-03-02T06:00+08:00"),
        crs("2024-03-05T02:00+08:00", "2024-03-07T01:00+08:00"),
        lab("PLT", "180", "10*9/L", "2024-02-26T07:00+08:00"),
        lab("PLT", "20", "10*9/L", "2024-03-02T06:00+08:00"),
        lab("PLT", "60", "10*9/L", "2024-03-02T07:00+08:00"),
        lab("IL6", "5", "pg/mL", "2024-03-02T01:00+08:00"),
        lab("IL6", "90", "pg/mL", "2024-03-04T01:00+08:00"),
        kinetics(0, "70", collected_at="2024-03-02T06:00+08:00", value="20"),
        kinetics(0, "900", collected_at="2024-03-09T06:00+08:00"),
        kinetics(0, "400", collected_at="2024-03-30T06:00+08:00"),
        Record("therapies", {
            "therapy_kind": "tocilizumab", "start": "2024-03-05T03:00+08:00",
            "end": "2024-03-05T04:00+08:00"}),
        Record("neuro-assessments", {
            "assessed_at": "2024-03-06T02:00+08:00", "consciousness": "ALERT",
            "ice_not_done": "NOT_DONE"}),
        visit("D14", 14),
        death(70),
        infused_on=INFUSED,
        infused=False,
    )  # fmt: skip


def told_in(one: Subject, zone: timezone, name: str) -> Subject:
    """The same subject by a clock of another offset."""

    def rewritten(found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found[0]).astimezone(zone)
        return moment.isoformat().replace("+00:00", "Z")

    def body(value: Any) -> Any:
        if isinstance(value, str):
            return _MOMENT.sub(rewritten, value)
        if isinstance(value, dict):
            return {name: body(member) for name, member in value.items()}
        return value

    records = tuple(replace(record, body=body(record.body)) for record in one.records)
    return replace(one, name=name, records=records, enrolment={**one.enrolment, "source_id": name})


def without_clocks(name: str) -> Subject:
    """Samples that say their day and what they were planned for, and no time."""
    return subject(
        name,
        kinetics(0, "900", collected_at="2024-03-02", nominal_day=7),
        kinetics(0, "400", collected_at="2024-03-26", nominal_day=28),
        lab("PLT", "180", "10*9/L", "2024-02-26"),
        lab("PLT", "20", "10*9/L", "2024-03-02"),
        lab("PLT", "60", "10*9/L", "2024-03-02", visit="D1"),
        lab("IL6", "5", "pg/mL", "2024-03-02"),
        lab("IL6", "90", "pg/mL", "2024-03-02", visit="D1"),
        event("Nausea", "2024-03-02"),
        infused_on=INFUSED,
    )


LOCAL = early_morning("local")
CLOCKS = {
    "utc": UTC,
    "new york": timezone(timedelta(hours=-5)),
    "kiritimati": timezone(timedelta(hours=14)),
}


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    others = [told_in(LOCAL, zone, name) for name, zone in CLOCKS.items()]
    urumqi = replace(
        told_in(LOCAL, UTC, "urumqi"),
        centre="04",
        enrolment={**LOCAL.enrolment, "source_id": "urumqi", "centre": "04"},
    )
    zones = {"04": "Asia/Urumqi"}
    async with cohort(
        server, tmp_path_factory.mktemp("moments"), LOCAL, *others, urumqi,
        without_clocks("no clocks"),
        centres__time_zones=zones,
    ) as found:  # fmt: skip
        yield found


ENDPOINTS = tuple(REPORTS)


def without_identity(row: dict[str, Any]) -> Any:
    """A row without who it is about, and without how its moments were written."""
    if isinstance(row, dict):
        hidden = {"USUBJID", "SITEID", "record_id", "subject", "event", "SRCSEQ", "records"}
        return {name: without_identity(value) for name, value in row.items() if name not in hidden}
    if isinstance(row, list):
        return [without_identity(one) for one in row]
    if isinstance(row, str) and _MOMENT.fullmatch(row):
        return datetime.fromisoformat(row).timestamp()
    if isinstance(row, str) and re.fullmatch(r"[0-9a-f-]{36}", row):
        return "identity"
    return row


@pytest.mark.parametrize("clock", list(CLOCKS))
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_the_figures_do_not_depend_on_the_clock_that_was_written(
    told: Cohort, endpoint: str, clock: str
) -> None:
    rows = await told.rows(endpoint)
    assert ("local" in rows) is (clock in rows)
    if clock in rows:
        found = differences(without_identity(rows[clock]), without_identity(rows["local"]))
        assert not found, found


async def test_the_day_of_the_infusion_is_that_of_the_centre(told: Cohort) -> None:
    rows = await told.rows("overall-survival")
    assert {rows[name]["STARTDT"] for name in ("local", *CLOCKS)} == {"2024-03-02"}
    assert {rows[name]["AVAL"] for name in ("local", *CLOCKS)} == {71}
    assert rows["local"]["time_zone"] == "Asia/Shanghai"
    assert rows["urumqi"]["time_zone"] == "Asia/Urumqi"


async def test_a_centre_of_another_time_zone_has_its_own_days(told: Cohort) -> None:
    rows = await told.rows("adverse-events")
    onsets = {
        name: [one["onset"] for one in rows[name]["events"] if "release" in one["term"]]
        for name in ("local", "urumqi")
    }
    assert onsets == {"local": ["2024-03-05"], "urumqi": ["2024-03-05"]}
    ends = {
        name: [one["end"] for one in rows[name]["events"] if one["term"] == "Nausea"]
        for name in ("local", "urumqi")
    }
    assert ends == {"local": ["2024-03-03"], "urumqi": ["2024-03-02"]}


@pytest.mark.parametrize("name", ["local", *CLOCKS])
async def test_what_follows_the_infusion_is_treatment_emergent(told: Cohort, name: str) -> None:
    row = (await told.rows("adverse-events"))[name]
    emergent = {one["term"]: one["treatment_emergent"] for one in row["events"]}
    assert emergent == {
        "Nausea": True,
        "Vomiting": False,
        "Cytokine release syndrome": True,
    }


@pytest.mark.parametrize("name", ["local", "utc", "new york"])
async def test_the_visit_and_the_filters_follow_the_days_of_the_centre(
    told: Cohort, name: str
) -> None:
    code = told.codes[name]
    address = f"/v1/subjects/{code}/lab-results"
    of_day = (await told.get(address, **{"from": "2024-03-02", "to": "2024-03-02"}))["items"]
    assert sorted(one["value"] for one in of_day) == ["20", "5", "60"]
    assert {one["visit"] for one in of_day} == {"D0"}
    assert len((await told.get(address, visit="D0"))["items"]) == 3
    after = (await told.get(address, **{"from": "2024-03-03"}))["items"]
    assert [one["value"] for one in after] == ["90"]
    sent = {one["collected_at"] for one in of_day}
    assert all(text.endswith("+08:00") for text in sent) is (name == "local")


async def test_an_unusual_offset_is_a_finding_and_utc_is_none(told: Cohort) -> None:
    for name, unusual in (("local", False), ("utc", False), ("new york", True)):
        found = await told.get("/v1/findings", subject=told.codes[name], rule="OFFSET-UNUSUAL")
        assert bool(found["items"]) is unusual, name


async def test_without_a_clock_calendar_days_are_the_time_of_a_sample(told: Cohort) -> None:
    row = (await told.rows("car-kinetics"))["no clocks"]
    [found] = row["kinetics"]["analytes"]
    profile = found["profile"]
    assert [one["before_infusion"] for one in profile["samples"]] == [False, False]
    # Infused at nine: half of the fifteen hours that were left of the day, and 24 days, not 28.
    assert [one["days"] for one in profile["samples"]] == [7.5 / 24, 24]
    assert profile["parameters"]["tmax"] == 7.5 / 24
    assert "clock_missing" in profile["flags"]


async def test_on_the_infusion_day_an_untimed_sample_is_before_and_an_event_after(
    told: Cohort,
) -> None:
    labs = (await told.rows("lab-abnormalities"))["no clocks"]["abnormalities"]
    [platelets] = [one for one in labs if (one["analyte"], one["direction"]) == ("PLT", "LOW")]
    assert (platelets["has_baseline"], platelets["baseline_grade"]) == (True, 0)
    assert platelets["worst_in_lymphodepletion"] == 4, "20, untimed"
    assert platelets["worst_grade"] == 2, "60, of the visit after"
    markers = (await told.rows("pharmacodynamics"))["no clocks"]["markers"]["markers"]
    [il6] = [one for one in markers if one["analyte"] == "IL6"]
    assert (il6["baseline"]["amount"], il6["peak"]["amount"]) == ("5", "90")
    assert "clock_missing" in il6["flags"]
    [nausea] = (await told.rows("adverse-events"))["no clocks"]["events"]
    assert nausea["treatment_emergent"] is True
