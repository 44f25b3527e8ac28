"""What the documentation names is there."""

import re
from pathlib import Path

import pytest

from app.charts.named_charts import CHARTS
from app.services.reports.catalogue import REPORTS
from app.trial.trial import load_trial
from app.vocabularies.times_to_event import TIMES_TO_EVENT

ROOT = Path(__file__).parents[1]
ENDPOINTS = (ROOT / "docs/endpoints.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


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
    recipes = CONTRIBUTING + GLOSSARY
    for file in re.findall(r"`((?:app|docs|migrations|tests)/[\w/]+\.(?:py|md|js))`", recipes):
        assert (ROOT / file).exists(), file


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("PFS censoring", "CensoringReason."),
        ("who may read a centre's data", "def visible_centres"),
        ("where a unit is converted", "def restatement"),
        ("the slot race", "pg_advisory_xact_lock"),
        ("the 5 % marrow rule", "NO_PLASMA_CELLS_BELOW_PCT = 5"),
        ("the chart cache", "PICTURES_KEPT: Final"),
    ],
)
def test_a_newcomer_finds_it_in_one_lookup_and_one_file(question: str, answered: str) -> None:
    (row,) = re.findall(rf"^\| {re.escape(question)} \| `([^`]+)`", CONTRIBUTING, re.MULTILINE)
    assert answered in (ROOT / row).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word",
    ["usable", "ladder", "track", "standing", "cut", "cutoff", "horizon", "origin", "ceiling"],
)
def test_the_glossary_says_what_a_word_of_the_code_means(word: str) -> None:
    assert re.search(rf"^\| {word} \| .{{30,}} \|", GLOSSARY, re.MULTILINE)
