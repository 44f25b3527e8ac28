"""Which changes in bulk have to say why."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.services.edit_checks.safety_relevant_changes import RecordChange, safety_relevant
from app.trial.adverse_events import AdverseEventRules
from app.vocabularies.adverse_events import Causality

EVENT = {
    "term": "Pneumonia", "grade": "3", "onset": "2026-03-05", "serious": True,
    "seriousness_criteria": ["hospitalisation"], "causality": {"car_t": "possible"},
    "aesi_kind": "infection", "astct": {"grade": "2"},
}  # fmt: skip
DIED = {"status": "died", "death_date": "2026-09-10", "contacted_on": "2026-09-12"}
INFUSION = {"infused_at": "2026-03-02T09:40+08:00", "dose": "3.0"}
PREPARED = {"lymphodepletion": [{"agent": "fludarabine", "given_on": "2026-02-25"}]}
BASELINE = {"assessed_on": "2026-02-20", "serum_m_protein": {"value": "32", "unit": "g/L"}}
LATER = BASELINE | {"assessed_on": "2026-06-01"}
THERAPY = {"therapy_kind": "new_anti_myeloma", "name": "Pomalidomide", "start": "2026-10-01"}
CARE = {"therapy_kind": "ivig", "start": "2026-10-01"}


@pytest.mark.parametrize(
    ("kind", "before", "changes", "members"),
    [
        pytest.param("adverse-events", EVENT, {"serious": False}, "serious", id="not serious"),
        pytest.param("adverse-events", EVENT, {"serious": None}, "serious", id="not judged"),
        pytest.param(
            "adverse-events", EVENT | {"serious": False}, {"serious": True}, "", id="serious now"
        ),
        pytest.param(
            "adverse-events", EVENT, {"seriousness_criteria": []}, "seriousness_criteria",
            id="a criterion less",
        ),
        pytest.param("adverse-events", EVENT, {"grade": "2"}, "grade", id="a lower grade"),
        pytest.param("adverse-events", EVENT, {"grade": None}, "grade", id="no grade"),
        pytest.param("adverse-events", EVENT, {"grade": "4"}, "", id="a higher grade"),
        pytest.param(
            "adverse-events", EVENT, {"astct": {"grade": "1"}}, "astct", id="a lower ASTCT grade"
        ),
        pytest.param(
            "adverse-events", EVENT, {"causality": {"car_t": "unlikely"}}, "causality",
            id="unrelated",
        ),
        pytest.param(
            "adverse-events", EVENT | {"causality": None}, {"causality": {"car_t": "unrelated"}},
            "causality", id="unrelated, not judged before: it counted as related",
        ),
        pytest.param(
            "adverse-events", EVENT, {"causality": {"car_t": "definite"}}, "", id="more related"
        ),
        pytest.param(
            "adverse-events", EVENT, {"onset": "2026-03-01"}, "onset", id="before the infusion"
        ),
        pytest.param(
            "adverse-events", EVENT, {"onset": "2026-03-02"}, "", id="on the day of the infusion"
        ),
        pytest.param(
            "adverse-events", EVENT, {"aesi_kind": None}, "aesi_kind", id="out of its kind"
        ),
        pytest.param(
            "adverse-events", EVENT | {"aesi_kind": None}, {"aesi_kind": "CRS"}, "",
            id="into a kind",
        ),
        pytest.param(
            "adverse-events", EVENT | {"outcome": "FATAL"}, {"outcome": "NOT RECOVERED"},
            "outcome", id="not fatal any more",
        ),
        pytest.param("adverse-events", EVENT, {"narrative": "More."}, "", id="a narrative"),
        pytest.param("follow-ups", DIED, {"death_date": "2026-09-11"}, "death_date", id="died"),
        pytest.param(
            "follow-ups", DIED, {"status": "alive", "death_date": None}, "status death_date",
            id="alive after all",
        ),
        pytest.param("follow-ups", DIED, {"note": "A letter."}, "", id="a note on a death"),
        pytest.param("infusions", INFUSION, {"dose": "2.9"}, "dose", id="the dose"),
        pytest.param("infusions", INFUSION, {"note": "Warm."}, "", id="a note on an infusion"),
        pytest.param(
            "preparations", PREPARED, {"lymphodepletion": []}, "lymphodepletion", id="no LD"
        ),
        pytest.param(
            "preparations", {"lymphodepletion": None}, PREPARED, "", id="LD that was given since"
        ),
        pytest.param(
            "assessments", BASELINE, {"serum_m_protein": {"value": "23", "unit": "g/L"}},
            "serum_m_protein", id="a component of the baseline",
        ),
        pytest.param(
            "assessments", LATER, {"serum_m_protein": {"value": "23", "unit": "g/L"}}, "",
            id="a component of a later evaluation",
        ),
        pytest.param(
            "assessments", LATER, {"assessed_on": "2026-03-02"}, "assessed_on",
            id="moved to the baseline",
        ),
        pytest.param("therapies", THERAPY, {"start": "2026-11-01"}, "start", id="new therapy"),
        pytest.param(
            "therapies", THERAPY, {"therapy_kind": "other"}, "therapy_kind", id="not new therapy"
        ),
        pytest.param("therapies", THERAPY, {"dose": "4"}, "", id="the dose of a new therapy"),
        pytest.param("therapies", CARE, {"start": "2026-11-01"}, "", id="supportive care"),
        pytest.param("visits", {"status": "done"}, {"status": "missed"}, "", id="a visit"),
    ],
)  # fmt: skip
def test_safety_relevant(
    kind: str, before: dict[str, Any], changes: dict[str, Any], members: str
) -> None:
    after = {name: value for name, value in (before | changes).items() if value is not None}
    before = {name: value for name, value in before.items() if value is not None}
    change = RecordChange(before, after, date(2026, 3, 2), ZoneInfo("Asia/Shanghai"))
    assert safety_relevant(kind, change) == members.split()


@pytest.mark.parametrize(
    ("related", "relevant"),
    [
        pytest.param(AdverseEventRules().related, [], id="possible counts as related"),
        pytest.param((Causality.DEFINITE,), ["causality"], id="definite alone does"),
    ],
)
def test_a_cause_is_taken_back_by_the_levels_that_the_trial_counts(
    related: tuple[Causality, ...], relevant: list[str]
) -> None:
    before, after = ({"causality": {"car_t": level}} for level in ("definite", "possible"))
    change = RecordChange(before, after, date(2026, 3, 2), ZoneInfo("Asia/Shanghai"), related)
    assert safety_relevant("adverse-events", change) == relevant
