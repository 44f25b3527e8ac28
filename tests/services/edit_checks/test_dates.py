from typing import Any

import pytest

from tests.subjects.agreeing import DIED, Sent, but, noticed, of, sent

PLATELETS = {"analyte": "CRP", "value": "8", "unit": "mg/L"}


def crp(collected_at: str, **members: Any) -> Sent:
    return sent("lab-results", "crp", **PLATELETS, collected_at=collected_at, **members)


@pytest.mark.parametrize(
    ("death", "collected_at", "wrong"),
    [
        pytest.param("2026-09-10", "2026-09-10", False, id="on the day of death"),
        pytest.param("2026-09-10", "2026-09-11", True, id="the day after"),
        pytest.param("2026-09", "2026-09-30", False, id="in the month of death"),
        pytest.param("2026-09", "2026-10-01", True, id="after the month of death"),
        pytest.param("2026", "2026-12-31", False, id="in the year of death"),
        pytest.param("2026-09-10", "2026-09-10T15:59Z", False, id="UTC, before midnight there"),
        pytest.param("2026-09-10", "2026-09-10T16:00Z", True, id="UTC, the next day there"),
    ],
)
def test_it_notices_what_is_dated_after_the_death(
    death: str, collected_at: str, wrong: bool
) -> None:
    died = DIED._replace(body={**DIED.body, "death_date": death, "contacted_on": "2026-12-31"})
    found = noticed(of(died, crp(collected_at)))
    assert found == (
        [
            ("DATE-AFTER-DEATH", "lab-results", "/collected_at"),
            ("DEATH-BEFORE-RECORDS", "follow-ups", "/death_date"),
        ]
        if wrong
        else []
    )


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(
            sent("assessments", "x", assessed_on="2026-09-11", investigator_response="NE"),
            id="assessments",
        ),
        pytest.param(
            sent("visits", "x", visit="UNS", status="done", visited_on="2026-09-11"), id="visits"
        ),
        pytest.param(
            sent(
                "adverse-events",
                "x",
                term="Fatigue",
                grade=1,
                onset="2026-09-11",
                causality={"car_t": "unlikely"},
            ),
            id="adverse-events",
        ),
        pytest.param(
            sent(
                "neuro-assessments",
                "x",
                assessed_at="2026-09-11T08:00+08:00",
                ice={"score": 10},
                consciousness="ALERT",
            ),
            id="neuro-assessments",
        ),
        pytest.param(
            sent(
                "kinetics",
                "x",
                matrix="PB",
                method="flow_pct",
                collected_at="2026-09-11",
                value="1",
                unit="%",
                lloq="0.1",
            ),
            id="kinetics",
        ),
    ],
)
def test_it_holds_every_dated_kind_against_the_death(record: Sent) -> None:
    found = noticed(of(DIED, record))
    assert ("DATE-AFTER-DEATH", record.path) in [(rule, kind) for rule, kind, _ in found]


@pytest.mark.parametrize(
    ("collected_at", "early"),
    [("2026-02-10", False), ("2026-02-09", True), ("2026-02-09T23:59+08:00", True)],
)
def test_it_notices_what_was_measured_before_consent(collected_at: str, early: bool) -> None:
    expected = [("BEFORE-CONSENT", "lab-results", "/collected_at")] if early else []
    assert noticed(of(crp(collected_at))) == expected


@pytest.mark.parametrize(("day", "early"), [("2026-02-10", False), ("2026-02-09", True)])
def test_it_notices_treatment_before_consent(day: str, early: bool) -> None:
    expected = [("TREATED-BEFORE-CONSENT", "preparations", "/leukapheresis_on")] if early else []
    assert noticed(of(but("preparation", leukapheresis_on=day))) == expected


@pytest.mark.parametrize(
    ("collected_at", "future"),
    [
        pytest.param("2028-01-10", False, id="today"),
        pytest.param("2028-01-11", True, id="tomorrow"),
        pytest.param("2028-01-10T15:59Z", False, id="today there, in UTC"),
        pytest.param("2028-01-10T16:00Z", True, id="tomorrow there, in UTC"),
    ],
)
def test_it_notices_dates_in_the_future(collected_at: str, future: bool) -> None:
    expected = [("DATE-IN-FUTURE", "lab-results", "/collected_at")] if future else []
    assert noticed(of(crp(collected_at))) == expected


@pytest.mark.parametrize(("infused", "after"), [("2024-03-02", False), ("2024-03-01", True)])
def test_it_notices_what_lies_after_the_horizon(infused: str, after: bool) -> None:
    records = (
        but("enrolment", consent={"version": "1", "signed_on": "2024-01-02"},
            enrolled_on="2024-01-03"),
        but("preparation", leukapheresis_on="2024-01-05", product_released_on="2024-01-20",
            visit=None, lymphodepletion=[{"agent": "fludarabine", "given_on": "2024-02-26"}]),
        but("baseline", assessed_on="2024-02-20"),
        but("infusion", infused_at=f"{infused}T09:00+08:00", visit=None),
        crp("2027-03-02"),
    )  # fmt: skip
    found = [one for one in noticed(of(*records)) if one[0] != "LD-GAP"]
    assert found == ([("AFTER-HORIZON", "lab-results", "/collected_at")] if after else [])


@pytest.mark.parametrize(("collected_at", "after"), [("2026-08-01", False), ("2026-08-02", True)])
def test_it_notices_what_follows_the_end_of_participation(collected_at: str, after: bool) -> None:
    left = but("enrolment", off_study={"disposition": "withdrew", "date": "2026-08-01"})
    expected = [("AFTER-OFF-STUDY", "lab-results", "/collected_at")] if after else []
    assert noticed(of(left, crp(collected_at))) == expected
