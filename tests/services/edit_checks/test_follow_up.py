from typing import Any

import pytest

from tests.subjects.agreeing import DIED, Sent, noticed, of, ref, sent


def follow_up(name: str = "contact", **body: Any) -> Sent:
    return sent("follow-ups", name, **body)


def died(name: str = "death", **body: Any) -> Sent:
    return follow_up(name, **{**DIED.body, **body})


def rules(*records: Sent) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records))]


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param({"contacted_on": "2026-09-10", "status": "alive"}, [], id="that day"),
        pytest.param({"contacted_on": "2026-09", "status": "alive"}, [], id="that month"),
        pytest.param(
            {"contacted_on": "2026-09-11", "status": "alive"},
            [("CONTACT-AFTER-DEATH", "/contacted_on"), ("DEATH-BEFORE-RECORDS", "/death_date")],
            id="alive the day after",
        ),
        pytest.param(
            {"contacted_on": "2026-09-11", "status": "completed"},
            [("CONTACT-AFTER-DEATH", "/contacted_on"), ("DEATH-BEFORE-RECORDS", "/death_date")],
            id="completed the day after",
        ),
        pytest.param(
            {"contacted_on": "2027-04-01", "status": "lost", "last_contact_on": "2026-09-01"},
            [],
            id="lost, last seen before",
        ),
        pytest.param(
            {"contacted_on": "2027-04-01", "status": "lost", "last_contact_on": "2026-09-11"},
            [("CONTACT-AFTER-DEATH", "/last_contact_on")],
            id="lost, last seen after",
        ),
        pytest.param(
            {
                "contacted_on": "2026-12-01",
                "status": "withdrew",
                "withdrawal_scope": "treatment",
                "withdrew_on": "2026-09-11",
            },
            [("CONTACT-AFTER-DEATH", "/withdrew_on")],
            id="withdrew after",
        ),
    ],
)
def test_it_holds_contacts_against_the_death(
    contact: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert rules(DIED, follow_up(**contact)) == expected


@pytest.mark.parametrize(
    ("record", "seen"),
    [
        pytest.param(
            sent("visits", "x", visit="UNS", status="done", visited_on="2026-09-11"),
            True,
            id="a visit",
        ),
        pytest.param(
            sent("visits", "x", visit="M6", status="missed", missed_because="died"),
            False,
            id="a visit missed",
        ),
        pytest.param(
            sent("lab-results", "x", analyte="CRP", not_done="died", collected_at="2026-09-11"),
            False,
            id="a sample not taken",
        ),
        pytest.param(
            sent("kinetics", "x", matrix="PB", method="flow_pct", collected_at="2026-09-11",
                 not_evaluable="not_collected"),
            False,
            id="kinetics not collected",
        ),
        pytest.param(
            sent("kinetics", "x", matrix="PB", method="flow_pct", collected_at="2026-09-11",
                 not_evaluable="assay_failed"),
            True,
            id="kinetics that failed in the laboratory",
        ),
    ],
)  # fmt: skip
def test_it_notices_a_death_before_the_subject_was_seen(record: Sent, seen: bool) -> None:
    expected = ("DEATH-BEFORE-RECORDS", "/death_date")
    assert (expected in rules(DIED, record)) is seen


@pytest.mark.parametrize(
    ("second", "differ"),
    [("2026-09-10", False), ("2026-09", False), ("2026-09-11", True), ("2026-08", True)],
)
def test_it_notices_two_different_deaths(second: str, differ: bool) -> None:
    other = died("other", death_date=second, contacted_on="2026-09-21")
    expected = [("DEATH-DATES-DIFFER", "/death_date")] if differ else []
    assert rules(DIED, other) == expected


@pytest.mark.parametrize(("day", "early"), [("2026-03-02", False), ("2026-03-01", True)])
def test_it_notices_a_death_before_the_infusion(day: str, early: bool) -> None:
    assert (("DEATH-BEFORE-INFUSION", "/death_date") in rules(died(death_date=day))) is early


SEPSIS = sent(
    "adverse-events", "sepsis", term="Sepsis", grade=5, outcome="FATAL", serious=True,
    seriousness_criteria=["death"], onset="2026-09-01", end="2026-09-10",
    aware_at="2026-09-01T08:00+08:00", reported_at="2026-09-01T20:00+08:00",
    causality={"car_t": "possible"},
)  # fmt: skip
FATIGUE = sent("adverse-events", "fatigue", term="Fatigue", grade=1, onset="2026-08-01",
               causality={"car_t": "unlikely"})  # fmt: skip


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([died()], [], id="of the myeloma"),
        pytest.param(
            [died(death_cause="infection")],
            [("DEATH-WITHOUT-FATAL-AE", "/death_date")],
            id="of an infection that nobody reported",
        ),
        pytest.param([died(death_cause="infection"), SEPSIS], [], id="of one reported"),
        pytest.param(
            [died(death_cause="infection"), FATIGUE],
            [("DEATH-WITHOUT-FATAL-AE", "/death_date")],
            id="another event is not fatal",
        ),
        pytest.param(
            [died(death_cause="other", death_due_to_myeloma=True)], [], id="due to the myeloma"
        ),
        pytest.param(
            [died(death_cause="infection", adverse_event=ref("fatigue")), SEPSIS, FATIGUE],
            [("CAUSE-NOT-FATAL", "/adverse_event")],
            id="put down to an event that is not fatal",
        ),
        pytest.param(
            [died(death_cause="infection", adverse_event=ref("sepsis")), SEPSIS],
            [],
            id="put down to the fatal one",
        ),
    ],
)
def test_it_holds_a_death_against_the_events(
    records: list[Sent], expected: list[tuple[str, str]]
) -> None:
    assert rules(*records) == expected


def visit(day: str) -> Sent:
    return sent("visits", "x", visit="UNS", status="done", visited_on=day)


@pytest.mark.parametrize(("day", "seen"), [("2026-08-01", False), ("2026-08-02", True)])
def test_it_notices_a_lost_subject_who_was_seen(day: str, seen: bool) -> None:
    lost = follow_up(contacted_on="2027-04-01", status="lost", last_contact_on="2026-08-01")
    expected = [("LOST-BUT-SEEN", "/last_contact_on")] if seen else []
    assert rules(lost, visit(day)) == expected


@pytest.mark.parametrize(
    ("last", "declared", "soon"),
    [
        pytest.param("2026-09-01", "2027-03-17", False, id="M9 and M12 have gone by"),
        pytest.param("2026-09-01", "2027-03-16", True, id="on the last day of M12"),
        pytest.param("2026-08-24", "2026-12-16", False, id="M6 and M9, from the day before M6"),
        pytest.param("2026-08-25", "2026-12-16", True, id="last seen on the first day of M6"),
        pytest.param("2026-08", "2026-12-16", False, id="perhaps before M6"),
        pytest.param("2026-09-01", "2027-03", False, id="perhaps after M12"),
        pytest.param("2029-01-20", "2029-02-20", True, id="M36 has yet to close"),
        pytest.param("2029-03-01", "2029-04-02", False, id="after the last evaluation, EOS alone"),
    ],
)
def test_it_notices_a_loss_declared_too_soon(last: str, declared: str, soon: bool) -> None:
    lost = follow_up(contacted_on=declared, status="lost", last_contact_on=last)
    found = [(rule, pointer) for rule, pointer in rules(lost) if rule == "LOST-TOO-SOON"]
    assert found == ([("LOST-TOO-SOON", "/contacted_on")] if soon else [])


@pytest.mark.parametrize(
    ("scope", "day", "seen"),
    [
        ("follow_up", "2026-08-01", False),
        ("follow_up", "2026-08-02", True),
        ("data_use", "2026-08-02", True),
        ("treatment", "2026-08-02", False),
    ],
)
def test_it_notices_a_withdrawn_subject_who_was_seen(scope: str, day: str, seen: bool) -> None:
    withdrawal = follow_up(contacted_on="2026-08-01", status="withdrew", withdrawal_scope=scope,
                           withdrew_on="2026-08-01")  # fmt: skip
    expected = [("WITHDREW-BUT-FOLLOWED", "/withdrew_on")] if seen else []
    assert rules(withdrawal, visit(day)) == expected
