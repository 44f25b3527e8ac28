"""Who a population was, what it was given, and who is listed: from histories, without a service."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject.analysis import SubjectAnalysis
from app.services.derivations.subject_history import Characteristics
from app.services.reports.baseline import baseline, exposure_of
from app.services.reports.listings import listings
from app.trial.trial import load_trial
from app.vocabularies.follow_up import DeathCause
from app.vocabularies.subjects import Disposition, IssStage, Sex
from tests.subjects.course import adverse_event, died, enrolment, history, infusion

TRIAL = load_trial(None)


def subject(code: str, *, dose: str | None = None, **records: Any) -> SubjectAnalysis:
    given = infusion(dose=Decimal(dose) if dose else None, planned_dose=Decimal(3))
    told = {"subject": code, "infusions": (given,)} | records
    return analyse(history(**told), TRIAL)


def known(sex: Sex, year: int | None, iss: IssStage | None, lines: int | None) -> Any:
    return enrolment(
        characteristics=Characteristics(
            sex=sex, year_of_birth=year, iss=iss, prior_lines=lines, ecog=1
        )
    )


COHORT = (
    subject("03-001", dose="3.00", enrolment=known(Sex.FEMALE, 1961, IssStage.STAGE_I, 3)),
    subject("03-002", dose="2.50", enrolment=known(Sex.MALE, 1951, IssStage.STAGE_III, 5)),
    subject("03-003", dose="1.00", enrolment=known(Sex.FEMALE, None, None, 4)),
)


def of(name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    [one] = [one for one in found if one["name"] == name]
    return one


def test_numbers_are_described_among_those_of_whom_they_are_known() -> None:
    age = of("age", baseline(COHORT))
    assert (age["n"], age["n_missing"], age["median"]) == (2, 1, 67.0)
    assert (age["minimum"], age["maximum"]) == (62.0, 72.0)
    lines = of("prior_lines", baseline(COHORT))
    assert (lines["n"], lines["n_missing"], lines["median"]) == (3, 0, 4.0)


def test_categories_are_shares_of_those_of_whom_they_are_known() -> None:
    iss = of("iss", baseline(COHORT))
    assert (iss["n"], iss["n_missing"]) == (2, 1)
    assert [(one["value"], one["x"], one["percent"]) for one in iss["categories"]] == [
        ("I", 1, 50.0),
        ("III", 1, 50.0),
    ]
    sex = of("sex", baseline(COHORT))
    assert {one["meaning"]: one["x"] for one in sex["categories"]} == {"female": 2, "male": 1}


def test_nobody_has_no_share() -> None:
    found = baseline(())
    assert of("iss", found)["categories"] == []
    assert of("age", found)["median"] is None
    assert exposure_of(())["n"] == 0


def test_exposure_is_of_the_infused() -> None:
    waiting = analyse(history(infused=False), TRIAL)
    found = exposure_of((*COHORT, waiting))
    assert (found["n"], found["in_specification"], found["out_of_specification"]) == (3, 2, 0)
    assert of("dose", found["numbers"])["median"] == 2.5
    assert (found["bridged"]["n"], found["bridged"]["n_missing"]) == (0, 3)


def test_listings_name_deaths_serious_events_and_departures_up_to_the_cut() -> None:
    event = adverse_event("2024-01-20", end="2024-01-25", serious=True, grade=3, related=True)
    mild = adverse_event("2024-01-21", number=2, serious=False, grade=1)
    one = subject(
        "03-004",
        adverse_events=(event, mild),
        follow_ups=(died("2024-04-14", death_cause=DeathCause.MYELOMA),),
        enrolment=enrolment(disposition=Disposition.DIED, off_study_on=date(2024, 4, 14)),
    )
    found = listings((*COHORT, one), date(2025, 2, 18))
    [dead] = found["deaths"]
    assert (dead["subject"], dead["day"], dead["cause"]) == ("03-004", 90, DeathCause.MYELOMA)
    [serious] = found["serious_events"]
    assert (serious["day"], serious["grade"], serious["term"]) == (5, 3, "Nausea")
    assert serious["end"] == date(2024, 1, 25)
    [left] = found["discontinuations"]
    assert (left["day"], left["disposition"]) == (90, Disposition.DIED)
    assert listings((one,), date(2024, 4, 13))["discontinuations"] == []
