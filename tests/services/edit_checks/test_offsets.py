from typing import Any

import pytest

from app.services.edit_checks import on_subject
from app.trial.trial import Trial, load_trial
from tests.subjects.agreeing import Sent, but, noticed, of, sent

SHANGHAI = load_trial()


def in_zone(name: str, **of_centres: str) -> Trial:
    centres = SHANGHAI.centres.model_copy(update={"time_zone": name, "time_zones": of_centres})
    return SHANGHAI.model_copy(update={"centres": centres})


NEW_YORK = in_zone("America/New_York")


def found(record: Sent, trial: Trial) -> set[tuple[str, str]]:
    return {
        (one.finding.rule, one.finding.pointer)
        for one in on_subject(of(record, trial=trial))
        if one.record.kind == record.path and one.finding.rule in {"OFFSET-UNUSUAL", "MIDNIGHT-UTC"}
    }


def nausea(onset: str, **more: Any) -> Sent:
    return sent(
        "adverse-events", "nausea", term="Nausea", grade=1, serious=False, onset=onset, **more
    )


@pytest.mark.parametrize(
    ("onset", "trial", "rules"),
    [
        pytest.param("2026-03-05T10:00+08:00", SHANGHAI, set(), id="the place's"),
        pytest.param("2026-03-05T02:00Z", SHANGHAI, set(), id="UTC"),
        pytest.param("2026-03-05T02:00+00:00", SHANGHAI, set(), id="UTC, written as an offset"),
        pytest.param("2026-03-05T10:00+09:00", SHANGHAI, {"OFFSET-UNUSUAL"}, id="another place's"),
        pytest.param("2026-03-05", SHANGHAI, set(), id="no moment"),
        pytest.param("2026-03-05T10:00-05:00", NEW_YORK, set(), id="winter time in winter"),
        pytest.param("2026-03-05T10:00-04:00", NEW_YORK, {"OFFSET-UNUSUAL"}, id="summer in winter"),
        pytest.param("2026-03-08T10:00-05:00", NEW_YORK, set(), id="the day the clocks change"),
        pytest.param("2026-03-09T10:00-05:00", NEW_YORK, {"OFFSET-UNUSUAL"}, id="the day after"),
        pytest.param("2026-03-05T00:00:00Z", NEW_YORK, {"MIDNIGHT-UTC"}, id="midnight, west"),
        pytest.param("2026-03-05T00:00Z", NEW_YORK, {"MIDNIGHT-UTC"}, id="midnight to the minute"),
        pytest.param("2026-03-05T00:00:01Z", NEW_YORK, set(), id="a second past midnight"),
        pytest.param("2026-03-05T00:00:00Z", SHANGHAI, set(), id="midnight, east"),
        pytest.param("2026-03-05T00:00:00-05:00", NEW_YORK, set(), id="midnight of the place"),
        pytest.param("2026-03-05T00:00:00Z", in_zone("Europe/London"), set(), id="UTC at UTC"),
        pytest.param(
            "2026-03-05T08:00+06:00",
            in_zone("Asia/Shanghai", **{"03": "Asia/Urumqi"}),
            set(),
            id="the centre's own, not the trial's",
        ),
        pytest.param(
            "2026-03-05T08:00+08:00",
            in_zone("Asia/Shanghai", **{"03": "Asia/Urumqi"}),
            {"OFFSET-UNUSUAL"},
            id="the trial's, not the centre's own",
        ),
    ],
)
def test_it_asks_about_offsets_and_midnights(onset: str, trial: Trial, rules: set[str]) -> None:
    assert found(nausea(onset), trial) == {(rule, "/onset") for rule in rules}


ODD = "2026-03-09T10:00+05:30"


@pytest.mark.parametrize(
    ("record", "pointers"),
    [
        (nausea(ODD, end=ODD, aware_at=ODD, reported_at=ODD),
         {"/onset", "/end", "/aware_at", "/reported_at"}),
        (but("infusion", infused_at=ODD, ended_at=ODD, visit=None,
             premedication=[{"name": "paracetamol", "given_at": ODD}]),
         {"/infused_at", "/ended_at", "/premedication/0/given_at"}),
        (but("preparation", lymphodepletion=[
            {"agent": "fludarabine", "given_on": "2026-02-25"},
            {"agent": "fludarabine", "given_on": "2026-02-26T10:00+05:30"}]),
         {"/lymphodepletion/1/given_on"}),
        (but("baseline", serum_m_protein={
            "value": "3.2", "unit": "g/dL", "collected_on": "2026-02-20T10:00+05:30"}),
         {"/serum_m_protein/collected_on"}),
        (sent("lab-results", "crp", analyte="CRP", value="3", unit="mg/L", collected_at=ODD,
              clinically_significant={"flag": True, "at": ODD, "by": "Dr"}),
         {"/collected_at", "/clinically_significant/at"}),
        (sent("kinetics", "pcr", matrix="PB", method="qpcr", value="90", unit="{copies}/ug",
              lloq="50", collected_at=ODD),
         {"/collected_at"}),
        (sent("neuro-assessments", "neuro", assessed_at=ODD, consciousness="ALERT",
              ice_not_done="NOT_DONE"),
         {"/assessed_at"}),
        (sent("therapies", "ivig", therapy_kind="ivig", start=ODD, end=ODD), {"/start", "/end"}),
    ],
    ids=lambda value: value.path if isinstance(value, Sent) else None,
)  # fmt: skip
def test_it_looks_at_every_moment_of_every_kind(record: Sent, pointers: set[str]) -> None:
    assert found(record, SHANGHAI) == {("OFFSET-UNUSUAL", pointer) for pointer in pointers}


def test_it_notices_an_end_in_the_future_and_every_other_date() -> None:
    rules = {(rule, pointer) for rule, _, pointer in noticed(
        of(nausea("2026-03-05", end="2062-04-05", reported_at="2062-04-05T08:00+08:00"))
    )}  # fmt: skip
    assert {("DATE-IN-FUTURE", "/end"), ("DATE-IN-FUTURE", "/reported_at")} <= rules
    assert ("DATE-IN-FUTURE", "/onset") not in rules
