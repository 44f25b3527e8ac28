"""The identity of the rules is what they are: one changed line in any of their rooms is another."""

import shutil
from pathlib import Path

import pytest

import app
from app.services.code_digest import ROOMS, code_digest
from app.services.reports.question import rule_set, rules_digest
from app.trial.trial import load_trial

APP = Path(app.__file__).parent
A_FILE_OF = {
    "services/criteria": "services/criteria/icaht.py",
    "services/derivations": "services/derivations/time_to_event/death.py",
    "services/statistics": "services/statistics/kaplan_meier.py",
    "services/reports": "services/reports/cohort.py",
    "services/analysis_data.py": "services/analysis_data.py",
    "services/json_values.py": "services/json_values.py",
    "services/analysis_values.py": "services/analysis_values.py",
    "services/evaluation_values.py": "services/evaluation_values.py",
    "services/lab_values.py": "services/lab_values.py",
    "services/standing_records.py": "services/standing_records.py",
    "services/written_dates.py": "services/written_dates.py",
    "trial": "trial/policy.py",
    "vocabularies": "vocabularies/data/analyte_loinc.csv",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, whose digest is the running one's."""
    place = tmp_path / "app"
    shutil.copytree(APP, place, ignore=shutil.ignore_patterns("__pycache__", "web"))
    assert code_digest(app=place) == code_digest()
    code_digest.cache_clear()
    return place


def test_every_room_has_a_file_that_is_changed_here() -> None:
    assert set(A_FILE_OF) == set(ROOMS)


@pytest.mark.parametrize("file", A_FILE_OF.values())
def test_one_changed_line_is_another_digest(copy: Path, file: str) -> None:
    before = code_digest(app=copy)
    code_digest.cache_clear()
    with (copy / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert code_digest(app=copy) != before


@pytest.mark.parametrize("file", ["services/derivations/new_rule.py", "vocabularies/data/new.csv"])
def test_a_new_file_of_a_room_is_another_digest(copy: Path, file: str) -> None:
    before = code_digest(app=copy)
    code_digest.cache_clear()
    (copy / file).touch()
    assert code_digest(app=copy) != before


@pytest.mark.parametrize("file", ["routers/charts.py", "database.py", "trial/trial.toml"])
def test_what_is_no_rule_does_not_change_it(copy: Path, file: str) -> None:
    before = code_digest(app=copy)
    code_digest.cache_clear()
    with (copy / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert code_digest(app=copy) == before


def test_an_answer_says_it_and_follows_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = load_trial()
    assert rule_set(trial)["code_digest"] == code_digest()
    before = rules_digest(trial)
    monkeypatch.setattr("app.services.reports.question.code_digest", lambda: "0" * 64)
    assert rules_digest(trial) != before
