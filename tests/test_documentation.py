"""What the documentation names is there."""

import re
from pathlib import Path

from app.services.trial_endpoints.reports import REPORTS
from app.trial.trial import load_trial

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
