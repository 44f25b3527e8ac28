"""Every field that the contract invites is read by somebody, or declared as kept for the record."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from app.schemas.kept_for_the_record import KEPT
from app.services.data_cut import DataCut
from app.services.derivations.subject.analyse import analyse
from app.services.derivations.subject.explanation import discrepancies_of, explained
from app.services.derivations.subject.lab_series import lab_series
from app.services.derivations.subject.timeline import subject_timeline
from app.services.edit_checks import on_subject
from app.services.reports.catalogue import PICTURED, REPORTS, report, trial_report
from app.services.reports.question import Question
from app.trial.trial import Trial, load_trial
from app.vocabularies.imwg import ResponseSource
from tests.endpoints.test_changed_rules_of_response import SUBJECTS as IN_WORDS
from tests.endpoints.test_hard_subjects import CASES as HARD
from tests.endpoints.test_imwg_cases import CASES as COURSES
from tests.endpoints.test_imwg_cases import case_subject
from tests.endpoints.test_intervals_and_clones import CASES as CLONES
from tests.endpoints.test_intervals_and_clones import case_subject as clone_subject
from tests.services import field_walk
from tests.services.field_walk import COPYISTS, FIELDS, KNOWN_ON, Leaf, Place, Told, leaves
from tests.subjects.evaluation_parts import components
from tests.subjects.told import (
    Record,
    Subject,
    assessment,
    dated_on,
    infusion,
    kinetics,
    rated,
    subject,
    timed_on,
)

CONTRACT: Final = Path(__file__).parents[2] / "openapi" / "openapi.json"
LEAVES: Final = [leaf for kind in FIELDS for leaf in leaves(kind)]


def identity(kind: str, source_id: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {source_id}")


def own(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of a body what every record has beside the fields of its kind."""
    return {name: value for name, value in body.items() if name in FIELDS[kind].model_fields}


FEW: Final = {2: "60", 9: "12", 20: "30", 40: "55", 50: "80", 61: "90"}
NAMED: Final = "much in the laboratory"
"""The subject whose records refer to each other: by its name and their numbers."""


def referred(kind: str, number: int) -> str:
    return str(identity(kind, f"{NAMED} {number}"))


def lab(day: int, **told: Any) -> Record:
    return Record("lab-results", {"collected_at": timed_on(day), **told})


SELDOM: Final = (
    subject(
        "clones counted",
        assessment(-10, **components(4, 0, "+-", marrow=50)),
        assessment(
            28,
            **components(0, 0, "--", kappa=5, lambda_=4),
            marrow={
                "aspirate": {"value": "1", "unit": "%"},
                "clonality_method": "immunohistochemistry",
                "kappa_cells": 60,
                "lambda_cells": 60,
                "cells_counted": 120,
            },
            mrd={
                "method": "NGS",
                "result": "negative",
                "sensitivity": "0.00001",
                "clone_known": True,
            },
        ),
        light_chain="lambda",
    ),
    subject(
        "not to be roused",
        Record(
            "neuro-assessments",
            {
                "assessed_at": timed_on(5),
                "ice_not_done": "UNAROUSABLE",
                "consciousness": "UNAROUSABLE_OR_VIGOROUS_STIMULI",
            },
        ),
    ),
    subject(
        NAMED,
        Record(
            "preparations",
            {
                "leukapheresis_on": dated_on(-40),
                "lymphodepletion": [{"agent": "fludarabine", "given_on": dated_on(-5)}],
                "product_released_on": dated_on(2),
            },
        ),
        infusion(preparation=referred("preparations", 1)),
        rated(28, "PR"),
        Record(
            "adjudications",
            {
                "assessment": referred("assessments", 3),
                "assessment_version": 1,
                "response": "VGPR",
                "rationale": "The band is the drug's.",
            },
        ),
        lab(-8, analyte="HBV_DNA", coded_value="NOT DETECTED"),
        lab(30, analyte="HBV_DNA", coded_value="DETECTED"),
        lab(-8, analyte="IL6", value="2", unit="pg/mL", comparator="<", lloq="2", uloq="5000"),
        lab(3, analyte="IL6", value="5000", unit="pg/mL", comparator=">", lloq="2", uloq="5000"),
        *(lab(day, analyte="PLT", value=few, unit="10*9/L") for day, few in FEW.items()),
        *(lab(day, analyte="NEUT", value="0.4", unit="10*9/L") for day in FEW),
        Record("therapies", {"therapy_kind": "g_csf", "start": timed_on(5), "ongoing": True}),
        Record(
            "therapies",
            {"therapy_kind": "transfusion", "start": timed_on(8), "blood_product": "platelets"},
        ),
        prepared=False,
        infused=False,
    ),
    subject("little DNA", kinetics(7, "120", matrix="CSF", genomic_dna_ng="20")),
)
"""Subjects with what the others do not have."""


def told_case(case: Subject) -> list[Told]:
    records = [("subjects", case.enrolment), *((one.kind, one.body) for one in case.records)]
    return [
        (kind, identity(kind, f"{case.name} {number}"), own(kind, case.dated(body)))
        for number, (kind, body) in enumerate(records)
    ]


def subjects() -> Iterator[list[Told]]:
    """Give the records of many subjects, and of one whose records have everything in them."""
    for case in HARD:
        records = [("subjects", case["enrolment"]), *case["records"]]
        yield [
            (kind, identity(kind, f"{case['id']} {number}"), own(kind, body))
            for number, (kind, body) in enumerate(records)
            if case["id"] != "N-69"
        ]
    cases = (*map(case_subject, COURSES), *map(clone_subject, CLONES), *IN_WORDS, *SELDOM)
    yield from map(told_case, cases)
    yield [(kind, identity(kind, ""), field_walk.complete(kind)) for kind in FIELDS]


@cache
def trial() -> Trial:
    return load_trial()


@pytest.fixture(scope="module")
def read() -> Mapping[Place, set[str]]:
    """Which members are read, and by which modules, while everything is asked of the subjects."""
    told = [field_walk.subject_of(records, trial()) for records in subjects()]
    with pytest.MonkeyPatch.context() as monkeypatch:
        seen = field_walk.watch(monkeypatch)
        analyses = []
        for history, records in told:
            list(on_subject(records))
            analyses.append(analyse(history, trial()))
            explained(history, trial())
            discrepancies_of(history, trial())
            subject_timeline(history, trial(), ResponseSource.DERIVED)
            for analyte in {one.analyte for one in history.lab_values}:
                lab_series(history, trial(), analyte)
        cut = DataCut(1, None, KNOWN_ON)
        for name in (*REPORTS, *PICTURED):
            list(report(Question(endpoint=name, cut=cut, rows=True), analyses, trial()))
        trial_report(Question(endpoint="summary", cut=cut), analyses, trial())
    return seen


def readers(leaf: Leaf, read: Mapping[Place, set[str]]) -> set[str]:
    """Give the modules that read a field, or what becomes of it."""
    found = set(read.get(leaf.place, ()))
    for way in field_walk.becomes(leaf, trial()):
        if way and all(read.get(place, set()) - COPYISTS for place in way):
            found |= read[way[-1]]
    return found - COPYISTS


def declared(leaf: Leaf) -> bool:
    return (leaf.owner.__name__, leaf.path[-1]) in KEPT


def named(found: Iterable[Leaf]) -> list[str]:
    return [f"{leaf.kind} {'.'.join(leaf.path)}" for leaf in found]


def test_a_field_that_nobody_reads_is_declared_as_kept_for_the_record(
    read: Mapping[Place, set[str]],
) -> None:
    unread = [
        leaf
        for leaf in LEAVES
        if not declared(leaf)
        and leaf.path[-1] not in field_walk.OF_THE_OTHERS
        and leaf.place not in field_walk.filtered()
        and not readers(leaf, read)
        and field_walk.is_choice(leaf)
    ]
    assert not named(unread), named(unread)


def test_what_is_declared_as_kept_for_the_record_is_read_by_nobody(
    read: Mapping[Place, set[str]],
) -> None:
    kept = [leaf for leaf in LEAVES if declared(leaf)]
    assert {(leaf.owner.__name__, leaf.path[-1]) for leaf in kept} == set(KEPT)
    assert {name: readers(leaf, read) for leaf, name in zip(kept, named(kept), strict=True)} == {
        name: set() for name in named(kept)
    }


def test_it_finds_who_reads_what(read: Mapping[Place, set[str]]) -> None:
    """Hold the walk itself to fields that are read where they stand, as another value, and not."""
    by_name = {(leaf.kind, ".".join(leaf.path)): leaf for leaf in LEAVES}
    spike = by_name["assessments", "serum_m_protein.value"]
    assert "app.services.criteria.imwg.reading" in readers(spike, read)
    prompt = by_name["adverse-events", "reported_at"]
    assert readers(prompt, read) == {"app.services.edit_checks.adverse_events"}
    related = by_name["adverse-events", "causality.procedure"]
    assert readers(related, read) >= {"app.services.derivations.safety.adverse_events"}
    assert not readers(by_name["adverse-events", "narrative"], read)
    assert len(LEAVES) > 440


def test_the_contract_says_what_is_kept_and_why() -> None:
    schemas = json.loads(CONTRACT.read_text(encoding="utf-8"))["components"]["schemas"]
    for name in ("VitalSignsIn", "VitalSignsOut"):
        said = schemas[name]["properties"]["temperature"]["description"]
        assert said.endswith(f"Kept for the record: {KEPT['VitalSigns', 'temperature']}.")
    for name in ("VisitIn", "VisitOut", "VisitStored", "VisitAmendment"):
        properties = schemas[name]["properties"]
        assert "Kept for the record" in properties["ecog"]["description"]
        assert "Kept for the record" not in properties["visited_on"]["description"]
