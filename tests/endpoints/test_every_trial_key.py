"""A key of the trial file is read, or describes, or has one value: the walk through its model."""

from __future__ import annotations

import importlib
import inspect
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.trial.parameters import DESCRIPTIVE
from app.trial.trial import Trial
from tests.endpoints import safety_key_cases, test_every_alternative, trial_key_cases
from tests.endpoints.analysed import trial_of
from tests.endpoints.test_every_alternative import Case, hold
from tests.subjects.agreeing import Sent, but, noticed, of, sent

CONTRACT: Final = Path(__file__).parents[2] / "openapi" / "openapi.json"
FIGURES: Final = (*trial_key_cases.FIGURES, *safety_key_cases.FIGURES)


@dataclass(frozen=True)
class Asked:
    """A finding that is there under the trial file, or under another value of a key, not both."""

    place: str
    value: Any
    rule: str
    records: tuple[Sent, ...]
    usual: bool
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.place}={self.value}"


def visit(code: str, on: str) -> Sent:
    return sent("visits", "visit", visit=code, status="done", visited_on=on)


def sample(**told: Any) -> Sent:
    counted = {"unit": "{copies}/ug", "value": "482", "lloq": "50"}
    taken = {"matrix": "PB", "method": "qpcr", "collected_at": "2026-03-16T08:05+08:00"}
    return sent("kinetics", "sample", **{**taken, **counted, **told})


def reported(told_at: str, **told: Any) -> Sent:
    event = {"term": "Sepsis", "grade": 3, "onset": "2026-03-10"}
    times = {"aware_at": "2026-03-10T08:00+08:00", "reported_at": told_at}
    judged = {"causality": {"car_t": "possible"}}
    return sent("adverse-events", "event", **{**event, **times, **judged, **told})


FORMS: Final = {"consents": [{"version": "3.1", "approved_on": "2026-01-01"}]}
M_PROTEIN: Final = {"serum_m_protein": {"value": "1", "unit": "g/dL", "collected_on": "2026-04-05"}}
OLD: Final = but("baseline", assessed_on="2026-02-01")
FINDINGS = (
    Asked("consents.0.version", "3.0", "UNKNOWN-CONSENT-VERSION", (), False, FORMS),
    Asked("consents.0.approved_on", "2026-02-11", "CONSENT-BEFORE-APPROVAL", (), False, FORMS),
    Asked("schedule.visits.3.not_before", None, "VISIT-DIFFERS", (visit("LD1", "2026-02-24"),),
          True),
    Asked("schedule.visits.0.not_after", "consent", "VISIT-DIFFERS",
          (visit("SCR", "2026-02-11"),), False),
    Asked("follow_up.lost_after_contacts", 3, "LOST-TOO-SOON",
          (sent("follow-ups", "lost", contacted_on="2027-04-01", status="lost",
                last_contact_on="2026-09-01"),), False),
    *(
        Asked(f"response.components.blood_and_urine.{key}", 1, "COMPONENT-OUTSIDE-WINDOW",
              (sent("assessments", "visit", assessed_on=on, **M_PROTEIN),), False)
        for key, on in (("before", "2026-04-08"), ("after", "2026-04-02"))
    ),
    Asked("response.components.blood_and_urine.baseline_days", 3, "OLD-BASELINE", (), False),
    Asked("response.components.marrow.baseline_days", 3, "OLD-BASELINE",
          (but("baseline", marrow={"aspirate": {"value": "40", "unit": "%"}},
               assessed_on="2026-02-20"),), False),
    Asked("response.components.imaging.baseline_days", 3, "OLD-BASELINE",
          (but("baseline", imaging={"modality": "PET/CT", "lesions": []},
               assessed_on="2026-02-20"),), False),
    Asked("kinetics.methods", ["flow_pct"], "KINETICS-NOT-PLANNED", (sample(),), False),
    Asked("kinetics.matrices", ["BM"], "KINETICS-NOT-PLANNED", (sample(),), False),
    Asked("kinetics.csf_dna_ng", 10, "CSF-NEEDS-VOLUME-UNIT",
          (sample(matrix="CSF", genomic_dna_ng="20"),), True),
    Asked("adverse_events.report_within_hours", 48, "AE-REPORTED-LATE",
          (reported("2026-03-11T20:00+08:00", serious=True,
                    seriousness_criteria=["hospitalisation"]),), True),
    Asked("adverse_events.report_aesi_from_grade", 4, "AE-REPORTED-LATE",
          (reported("2026-03-12T20:00+08:00", serious=False, aesi_kind="infection"),), True),
)  # fmt: skip


@pytest.mark.parametrize("case", FIGURES, ids=lambda case: case.id)
def test_another_value_of_the_key_changes_the_figure_of_this_subject(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("case", FINDINGS, ids=lambda case: case.id)
def test_another_value_of_the_key_changes_what_is_asked_about(case: Asked) -> None:
    shown = [
        case.rule in {rule for rule, _, _ in noticed(of(*case.records, trial=trial))}
        for trial in (trial_of(**case.given), trial_of(**case.given, **{case.place: case.value}))
    ]
    assert shown == [case.usual, not case.usual]


ELSEWHERE: Final = {
    "trial.slot_released_by": "tests.routers.test_subject_void:"
    "test_the_slot_is_given_back_where_the_trial_says_so",
    "trial.product_autologous": "tests.routers.test_trial_keys:"
    "test_a_lot_is_of_one_subject_where_the_trial_says_so",
    "records.disease_fields": "tests.routers.test_trial_keys:"
    "test_an_enrolment_describes_the_disease_where_the_trial_says_so",
    "policy.imwg.confirm_gap_warn_days": "tests.endpoints.test_every_alternative:"
    "test_what_is_warned_about_is_the_longer_of_days_and_intervals",
    "policy.imwg.confirm_gap_warn_intervals": "tests.endpoints.test_every_alternative:"
    "test_what_is_warned_about_is_the_longer_of_days_and_intervals",
    "policy.disclosure.smallest_cell": "tests.endpoints.test_small_cells:"
    "test_no_small_count_is_shown",
}
"""Keys that only a running service can show, or a test of their own: where their test stands."""

CASES: Final = (*test_every_alternative.CASES, *FIGURES, *FINDINGS)


@dataclass(frozen=True)
class Key:
    """A key of the trial file, by its place in it; the rows of a list have no numbers."""

    place: str
    found: FieldInfo
    describes: bool
    in_a_row: bool

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values that it can have, where the model names them."""
        if self.found.annotation is bool:
            return (True, False)
        named = get_origin(self.found.annotation) is Literal
        return get_args(self.found.annotation) if named else ()


def keys(
    model: type[BaseModel] = Trial, place: str = "", *, describes: bool = False, row: bool = False
) -> Iterator[Key]:
    """Give every key of the trial file; what is said of a table holds for its keys."""
    for name, found in model.model_fields.items():
        extra = found.json_schema_extra
        told = describes or (isinstance(extra, dict) and DESCRIPTIVE in extra)
        here, inner = f"{place}.{name}".removeprefix("."), list(tables(found.annotation))
        in_a_row = row or get_origin(found.annotation) is tuple
        for table in inner:
            yield from keys(table, here, describes=told, row=in_a_row)
        if not inner:
            yield Key(here, found, told, in_a_row)


def tables(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from tables(part)


def in_the_model(place: str) -> str:
    """Give the place of a key without the numbers of rows."""
    return ".".join(step for step in place.split(".") if not step.isdigit())


SHOWN: Final = {in_the_model(case.place) for case in CASES} | ELSEWHERE.keys()
KEYS: Final = tuple(keys())


def test_every_key_is_read_by_a_rule_or_describes_or_has_one_value() -> None:
    unread = [
        key.place
        for key in KEYS
        if not key.describes and len(key.choices) != 1 and key.place not in SHOWN
    ]
    assert unread == []


def test_a_key_that_describes_says_why_and_changes_no_figure() -> None:
    said = [key.place for key in KEYS if key.describes]
    assert said
    assert set(said).isdisjoint(SHOWN)


def test_every_choice_of_a_key_has_its_case() -> None:
    shown = {(in_the_model(case.place), repr(case.value)) for case in CASES}
    missing = [
        (key.place, choice)
        for key in KEYS
        if len(key.choices) > 1 and not key.describes and not key.in_a_row
        for choice in key.choices
        if choice != key.found.default
        and key.place not in ELSEWHERE
        and (key.place, repr(choice)) not in shown
    ]
    assert missing == []


def test_a_case_is_of_a_key() -> None:
    assert sorted(SHOWN - {key.place for key in KEYS}) == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_test_that_stands_elsewhere_is_there(place: str) -> None:
    module, name = ELSEWHERE[place].split(":")
    told = importlib.import_module(module)
    assert callable(getattr(told, name))
    assert place.rpartition(".")[2] in inspect.getsource(told)


def test_the_contract_says_which_keys_describe() -> None:
    published = json.loads(CONTRACT.read_text(encoding="utf-8"))["components"]["schemas"]
    told, declared = (
        Counter(member for part in parts for member in described(part))
        for parts in (published.values(), Trial.model_json_schema()["$defs"].values())
    )
    assert told == declared
    assert len(told) > 20


def described(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the members of a schema that describe, each with why."""
    for name, member in schema.get("properties", {}).items():
        if DESCRIPTIVE in member:
            yield name, member[DESCRIPTIVE]
