"""What the documentation names is there."""

import re
from pathlib import Path

from app.charts.named_charts import CHARTS
from app.services.reports.catalogue import REPORTS
from app.trial.trial import load_trial
from app.vocabularies.times_to_event import TIMES_TO_EVENT

ROOT = Path(__file__).parents[1]
ENDPOINTS = (ROOT / "docs/endpoints.md").read_text(encoding="utf-8")


def test_every_rule_and_test_that_the_outcomes_name_exists() -> None:
    named = {*re.findall(r"`((?:services|tests)/[\w/]+\.py)`", ENDPOINTS)}
    assert len(named) > 20
    missing = [
        name for name in named if not (ROOT / name).exists() and not (ROOT / "app" / name).exists()
    ]
    assert missing == []
    loose = {*re.findall(r"`(\w+\.py)`", ENDPOINTS)}
    assert [name for name in loose if not any(ROOT.glob(f"[at][pe]*/**/{name}"))] == []


def test_every_endpoint_of_a_registered_outcome_has_its_row() -> None:
    registered = {name for outcome in load_trial().outcomes for name in outcome.endpoints}
    assert registered <= set(REPORTS)
    assert [name for name in registered if f"GET /v1/endpoints/{name}" not in ENDPOINTS] == []


def test_every_time_to_an_event_and_every_picture_is_told_of() -> None:
    pictures = (ROOT / "docs/charts.md").read_text(encoding="utf-8")
    assert [name for name in TIMES_TO_EVENT if name not in ENDPOINTS] == []
    assert [name for name in CHARTS if f"| `{name}` |" not in pictures] == []


def test_the_recipes_of_contributing_are_those_that_are_tested() -> None:
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for file in re.findall(r"`((?:app|docs|migrations|tests)/[\w/]+\.(?:py|md|js))`", recipes):
        assert (ROOT / file).exists(), file
