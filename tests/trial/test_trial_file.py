"""All of the trial file is read, and a wrong one is refused with the place."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.trial.trial import CDISC_PILOT_FILE, TRIAL_FILE, Trial, load_trial
from app.trial.trial_file_error import TrialFileError
from tests.trial.trial_documents import leaves, places, raw, set_at, written

TRIAL = load_trial()
SERVED = json.loads(TRIAL.model_dump_json())


ROWS_LEAVE_OUT = {
    *("not_before", "not_after", "every", "disease_evaluation"),  # visits
    *("note", "daily_to", "times_a_day"),  # procedures
    *("clock", "cd3_events"),  # kinetics
    *("above", "below", "unit", "above_uln", "newly_detected"),  # laboratory limits
    *("starts_day", "ends_day"),  # periods
    *("dose_limiting_toxicity_days", "missed_after_days"),  # stand in the file as comments
}


def test_serves_everything_that_the_file_says_and_nothing_else() -> None:
    said = {place: str(value) for place, value in leaves(raw())}
    served = {place: str(value) for place, value in leaves(SERVED)}
    assert {place: served.get(place) for place in said} == said
    assert {place[-1] for place in served.keys() - said.keys()} <= ROWS_LEAVE_OUT


def test_reads_back_what_it_serves() -> None:
    assert Trial.model_validate_json(TRIAL.model_dump_json()) == TRIAL


def test_says_where_every_line_comes_from() -> None:
    letters = r"#.*?\b[FDP]\b"
    head_has_letter = False
    for line in TRIAL_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            head_has_letter = re.search(letters, line) is not None
        elif re.match(r"[a-z_0-9]+ = (?!\[$)", line) and not head_has_letter:
            rows = line.endswith(("[", "[ ")) or line.startswith("definitions")
            assert re.search(letters, line) or rows, line
        elif line.startswith("    { name = "):
            assert re.search(letters, line), line


def without_names(fault: str) -> str:
    return re.sub(r" \([^)]*\)", "", fault)


def faults(path: Path) -> tuple[str, ...]:
    with pytest.raises(TrialFileError) as refusal:
        load_trial(path)
    assert str(refusal.value) == f"{path.name}: " + "; ".join(refusal.value.faults)
    return refusal.value.faults


def test_refuses_an_unknown_key_in_any_table_and_names_all_at_once(tmp_path: Path) -> None:
    document = raw()
    tables = [
        (place, table)
        for place, table in places(document)
        # The keys of these are names of the trial's own: of panels, of centres.
        if place not in {"schedule.panels", "centres.time_zones"}
    ]
    for _, table in tables:
        table["surprise"] = 1
    expected = {
        f"{place}.surprise: is not a key of the trial file".removeprefix(".") for place, _ in tables
    }
    assert {without_names(fault) for fault in faults(written(tmp_path, document))} == expected


def test_writes_a_file_back_unchanged(tmp_path: Path) -> None:
    assert load_trial(written(tmp_path, raw())) == TRIAL


@pytest.mark.parametrize(
    "path", ["trial.code", "trial.title", "trial.design", "trial.slots", "trial.horizon_months"]
)
def test_refuses_a_trial_without(tmp_path: Path, path: str) -> None:
    document = raw()
    del document["trial"][path.split(".")[1]]
    assert faults(written(tmp_path, document)) == (f"{path}: is missing",)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("trial.slots", 0, "trial.slots: input should be greater than 0"),
        ("trial.slots", -1, "trial.slots: input should be greater than 0"),
        ("trial.slots", "60", "trial.slots: input should be a valid integer"),
        ("trial.slots", Decimal("60.5"), "trial.slots: input should be a valid integer"),
        ("trial.slots", True, "trial.slots: input should be a valid integer"),
        ("trial.horizon_months", 0, "trial.horizon_months: input should be greater than 0"),
        ("trial.title", "", "trial.title: string should have at least 1 character"),
        ("trial.code", "day zero", "trial.code: string should match pattern '^[A-Z0-9]["),
        (
            "trial.slot_released_by",
            "death",
            "trial.slot_released_by: input should be 'nothing' or 'not_infused'",
        ),
        ("criteria.adverse_events", "CTCAE 6.0", "criteria.adverse_events: input should be 'CTCAE"),
        ("records.disease_fields", "no", "records.disease_fields: input should be 'required' or"),
        (
            "centres.time_zone",
            "Asia/Nowhere",
            "centres.time_zone: is not a time zone of the IANA database",
        ),
        (
            "centres.time_zone",
            "../etc/passwd",
            "centres.time_zone: is not a time zone of the IANA database",
        ),
        (
            "schedule.visits.14.before",
            -1,
            "schedule.visits[15] (M1).before: input should be greater than or equal to 0",
        ),
        (
            "schedule.visits.14.anchor",
            "first_dose",
            "schedule.visits[15] (M1).anchor: input should be 'consent', 'first_leuk",
        ),
        (
            "schedule.visits.14.target",
            Decimal("28.5"),
            "schedule.visits[15] (M1).target: input should be a valid integer",
        ),
        (
            "schedule.visits.6.code",
            "UNS",
            "schedule.visits[7] (UNS): UNS is kept for records outside every window",
        ),
        (
            "schedule.visits.6.every",
            7,
            "schedule.visits[7] (D0): only a visit opened by an event comes again",
        ),
        (
            "schedule.visits.31.disease_evaluation",
            "scheduled",
            "schedule.visits[32] (PDV): a visit opened by an event is no scheduled",
        ),
        ("schedule.visits.7.code", "D0", "schedule: the visit D0 is declared twice"),
        (
            "schedule.procedures.1.code",
            "vital_signs",
            "schedule: the procedure vital_signs is declared twice",
        ),
        (
            "schedule.procedures.0.required",
            ["SCREEN"],
            "schedule: the procedure consent_and_eligibility names SCREEN, which is no visit",
        ),
        (
            "schedule.procedures.0.if_indicated",
            ["SCREEN"],
            "schedule: the procedure consent_and_eligibility names SCREEN, which is no visit",
        ),
        (
            "schedule.procedures.4.panels",
            ["blood"],
            "schedule: the procedure blood_count_and_chemistry names blood, which is no panel",
        ),
        (
            "schedule.procedures.7.pre_dose",
            ["SCR"],
            "schedule: the procedure cytokines names SCR, but not as required",
        ),
        (
            "schedule.procedures.2.continuous",
            ["D1"],
            "schedule: the procedure vital_signs names D1, but not as required",
        ),
        (
            "schedule.panels.car",
            ["CAR_T"],
            "schedule.panels.car[1]: is not the code of a listed analyte",
        ),
        (
            "schedule.panels.haematology",
            ["718-7"],
            "schedule.panels.haematology[1]: is not the code of a listed analyte",
        ),
        (
            "response.components.marrow.baseline_days",
            0,
            "response.components.marrow.baseline_days: input should be greater than 0",
        ),
        (
            "response.components.marrow.parts",
            ["plasma_cells", "clonality"],
            "response.components: the parts of marrow are plasma_cells, clonality, mrd",
        ),
        ("kinetics.methods", ["pcr"], "kinetics.methods[1]: input should be 'qpcr', 'flow_pct' or"),
        (
            "kinetics.nominal_times.1.visit",
            "D2",
            "kinetics.nominal_times: D2 is no visit of the schedule",
        ),
        (
            "kinetics.nominal_times.2.last",
            2,
            "kinetics: the nominal time D3 ends before it begins",
        ),
        (
            "kinetics.nominal_times.2.first",
            Decimal("1.25"),
            "kinetics: the nominal time D3 begins before D1 has ended",
        ),
        (
            "kinetics.persistence_visits",
            ["M1", "M7"],
            "kinetics.persistence_visits: M7 is no visit of the schedule",
        ),
        (
            "kinetics.demonstration_limits.0.lod",
            51,
            "kinetics: the limit of detection of qpcr is above its limit of quantification",
        ),
        (
            "kinetics.csf_dna_ng",
            Decimal("NaN"),
            "kinetics.csf_dna_ng: input should be a finite number",
        ),
        (
            "pharmacodynamics.panel",
            ["IL-6"],
            "pharmacodynamics.panel[1]: is not the code of a listed analyte",
        ),
        (
            "adverse_events.primary_period",
            "baseline",
            "adverse_events.primary_period: input should be 'screening'",
        ),
        (
            "adverse_events.periods.1.code",
            "screening",
            "adverse_events: the period screening is declared twice",
        ),
        (
            "adverse_events.periods.3.code",
            "follow_up",
            "adverse_events: the period follow_up is declared twice",
        ),
        (
            "adverse_events.periods",
            [
                {
                    "code": "screening",
                    "starts": "consent",
                    "ends": "infusion",
                    "collected": "all",
                }
            ],
            "adverse_events: the primary period treatment is not declared",
        ),
        (
            "adverse_events.related",
            ["likely"],
            "adverse_events.related[1]: input should be 'unrelated'",
        ),
        (
            "laboratory.limits.0.unit",
            "g/g/g/x",
            "laboratory.limits[1] (FERRITIN).unit: is not a UCUM unit",
        ),
        (
            "laboratory.limits.0.unit",
            "mmol/L",
            "laboratory.limits[1] (FERRITIN): FERRITIN is not measured in the unit of its limit",
        ),
        (
            "laboratory.limits.0",
            {"analyte": "FERRITIN"},
            "laboratory.limits[1] (FERRITIN): the limit of FERRITIN limits nothing",
        ),
        (
            "laboratory.limits.0",
            {"analyte": "FERRITIN", "above": 1},
            "laboratory.limits[1] (FERRITIN): the limit of FERRITIN needs a number and its unit",
        ),
        (
            "laboratory.limits.5",
            {"analyte": "DDIMER", "above_uln": 10, "unit": "ug/L{FEU}"},
            "laboratory.limits[6] (DDIMER): the limit of DDIMER needs a number and its unit",
        ),
        (
            "laboratory.limits.3.below",
            Decimal("27.8"),
            "laboratory.limits[4] (GLUC): the limits of GLUC leave no normal values between them",
        ),
        (
            "populations.default",
            "everybody",
            "populations.default: input should be 'screened', 'enrolled'",
        ),
        (
            "populations.definitions.0.name",
            "treated",
            "populations: the population treated is defined twice",
        ),
        (
            "populations.definitions.4.name",
            "screened",
            "populations: the default population treated is not defined",
        ),
        (
            "policy.imwg.nadir",
            "highest",
            "policy.imwg.nadir: input should be 'lowest' or 'lowest_confirmed'",
        ),
        (
            "policy.imwg.marrow_window_days",
            0,
            "policy.imwg.marrow_window_days: input should be greater than 0",
        ),
        (
            "policy.tte.efs",
            "death_only",
            "trial.efs_components: policy.tte.efs is death_only, whose components are death",
        ),
        (
            "trial.efs_components",
            ["death"],
            "trial.efs_components: policy.tte.efs is composite, whose components are PD, death,",
        ),
        (
            "centres.planned",
            [{"code": "01"}, {"code": "01"}],
            "centres.planned: 01 is declared twice",
        ),
        (
            "consents",
            [{"version": "2.0"}, {"version": "2.0"}],
            "consents: 2.0 is declared twice",
        ),
        ("schedule", 1, "schedule: input should be an object"),
        ("time_to_event.landmarks", [6, 6], "time_to_event: each landmark is later"),
        ("time_to_event.landmarks", [12, 6], "time_to_event: each landmark is later"),
        ("time_to_event.landmarks", [0], "time_to_event.landmarks[1]: input should be greater"),
    ],
)
def test_refuses_what_cannot_be_and_names_the_place(
    tmp_path: Path, path: str, value: object, fault: str
) -> None:
    document = raw()
    set_at(document, path, value)
    said = faults(written(tmp_path, document))
    assert any(one.startswith(fault) for one in said), said


def test_says_every_fault_at_once(tmp_path: Path) -> None:
    document = raw()
    set_at(document, "trial.slots", 0)
    set_at(document, "schedule.visits.6.code", "UNS")
    set_at(document, "schedule.visits.6.every", 7)
    set_at(document, "laboratory.limits.0.unit", "mmol/L")
    set_at(document, "policy.tte.regime", "ICH")
    del document["centres"]["time_zone"]
    assert {fault.split(":")[0] for fault in faults(written(tmp_path, document))} == {
        "trial.slots",
        "centres.time_zone",
        "schedule.visits[7] (UNS)",
        "laboratory.limits[1] (FERRITIN)",
        "policy.tte.regime",
    }
    assert len(faults(written(tmp_path, document))) == 6


def test_accepts_what_another_trial_may_say(tmp_path: Path) -> None:
    document = raw()
    set_at(document, "trial.slots", 1)
    set_at(document, "trial.slot_released_by", "not_infused")
    set_at(document, "adverse_events.dose_limiting_toxicity_days", 28)
    set_at(document, "consents", [{"version": "1.0", "approved_on": date(2025, 1, 31)}])
    set_at(document, "centres.planned", [{"code": "03", "subjects": 12}, {"code": "701"}])
    set_at(document, "policy.tte.efs", "death_only")
    set_at(document, "trial.efs_components", ["death"])
    trial = load_trial(written(tmp_path, document))
    assert (trial.slots, trial.adverse_events.dose_limiting_toxicity_days) == (1, 28)
    assert trial.consents[0].approved_on == date(2025, 1, 31)
    assert [centre.subjects for centre in trial.centres.planned] == [12, None]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"[trial\n", "is not TOML: ", id="a broken head"),
        pytest.param(b"slots = 1\nslots = 2\n", "is not TOML: ", id="a key twice"),
        pytest.param(b"title = '\xff'\n", "is not UTF-8", id="another encoding"),
        pytest.param(b"", "trial: is missing", id="an empty file"),
    ],
)
def test_refuses_a_file_that_is_none(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "trial.toml"
    path.write_bytes(content)
    assert any(one.startswith(fault) for one in faults(path))


def test_says_that_there_is_no_file(tmp_path: Path) -> None:
    assert faults(tmp_path / "absent.toml") == ("cannot be read (No such file or directory)",)


def test_keeps_the_digits_of_its_numbers(tmp_path: Path) -> None:
    document = raw()
    limit = document["laboratory"]["limits"][3]
    limit["below"], limit["above"] = Decimal("2.50"), Decimal("27.8000000000000000001")
    text = load_trial(written(tmp_path, document)).model_dump_json()
    served = json.loads(text)["laboratory"]["limits"][3]
    assert (served["below"], served["above"]) == ("2.50", "27.8000000000000000001")
    assert not any(isinstance(value, float) for _, value in leaves(json.loads(text)))


def test_changes_its_digest_with_what_it_says_and_with_nothing_else(tmp_path: Path) -> None:
    document = raw()
    assert re.fullmatch(r"[0-9a-f]{64}", TRIAL.digest)
    assert load_trial().digest == TRIAL.digest
    turned = {key: document[key] for key in reversed(document)}
    set_at(turned, "policy.imwg.confirm_gap_warn_intervals", Decimal("1.50"))
    assert load_trial(written(tmp_path, turned)).digest == TRIAL.digest
    set_at(turned, "policy.imwg.confirm_gap_warn_intervals", Decimal("1.51"))
    assert load_trial(written(tmp_path, turned)).digest != TRIAL.digest
    set_at(document, "trial.slots", 61)
    assert load_trial(written(tmp_path, document)).digest != TRIAL.digest
    assert load_trial(CDISC_PILOT_FILE).digest != TRIAL.digest


def test_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        TRIAL.trial.slots = 61  # type: ignore[misc]
    assert TRIAL.slots == 60
