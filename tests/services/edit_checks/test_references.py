from typing import Any

import pytest

from tests.subjects.agreeing import but, noticed, of, ref, sent

NOBODY = ref("nobody")
FATIGUE = {"term": "Fatigue", "grade": 1, "causality": {"car_t": "possible"}}
EVENT = sent("adverse-events", "event", **FATIGUE, onset="2026-02-20")
CRP = {"analyte": "CRP", "value": "8", "unit": "mg/L", "collected_at": "2026-03-09"}
SAMPLE = {
    "matrix": "PB", "method": "flow_pct", "collected_at": "2026-03-09T08:00+08:00", "value": "3",
    "unit": "%", "lloq": "0.1",
}  # fmt: skip
ALERT = {"assessed_at": "2026-03-09T08:00+08:00", "ice": {"score": 10}, "consciousness": "ALERT"}


@pytest.mark.parametrize(
    ("path", "body", "member", "known", "rule"),
    [
        ("kinetics", SAMPLE, "infusion", "infusion", "REFERENCE-UNKNOWN"),
        ("lab-results", CRP, "adverse_event", "event", "REFERENCE-UNKNOWN"),
        ("neuro-assessments", ALERT, "adverse_event", "event", "REFERENCE-UNKNOWN"),
        (
            "adverse-events",
            {**FATIGUE, "grade": 2, "onset": "2026-03-09"},
            "worsening_of",
            "event",
            "WORSENING-OF-UNKNOWN",
        ),
        (
            "adverse-events",
            {**FATIGUE, "onset": "2026-03-09"},
            "symptom_of",
            "event",
            "REFERENCE-UNKNOWN",
        ),
        (
            "adverse-events",
            {**FATIGUE, "onset": "2026-03-09"},
            "part_of_episode",
            "event",
            "REFERENCE-UNKNOWN",
        ),
    ],
)
def test_it_notices_a_record_that_is_not_there(
    path: str, body: dict[str, Any], member: str, known: str, rule: str
) -> None:
    assert noticed(of(EVENT, sent(path, "x", **body, **{member: ref(known)}))) == []
    found = noticed(of(EVENT, sent(path, "x", **body, **{member: NOBODY})))
    assert found == [(rule, path, f"/{member}")]


def test_it_notices_a_preparation_that_is_not_there() -> None:
    found = noticed(of(but("infusion", preparation=NOBODY)))
    assert found == [("REFERENCE-UNKNOWN", "infusions", "/preparation")]


def test_it_notices_which_of_several_events_is_not_there() -> None:
    therapy = sent("therapies", "x", therapy_kind="corticosteroid", start="2026-03-09",
                   adverse_events=[ref("event"), NOBODY])  # fmt: skip
    assert noticed(of(EVENT, therapy)) == [("REFERENCE-UNKNOWN", "therapies", "/adverse_events/1")]


def test_it_notices_a_fatal_event_that_is_not_there() -> None:
    death = sent("follow-ups", "death", contacted_on="2026-09-20", status="died",
                 death_date="2026-09-10", death_cause="myeloma", adverse_event=NOBODY)  # fmt: skip
    assert noticed(of(death)) == [("REFERENCE-UNKNOWN", "follow-ups", "/adverse_event")]


def test_it_notices_a_laboratory_result_that_is_not_there() -> None:
    evaluation = sent(
        "assessments",
        "x",
        assessed_on="2026-06-01",
        serum_m_protein={"value": "1", "unit": "g/dL", "lab_result": NOBODY},
        serum_immunofixation={"result": "positive", "lab_result": ref("fixation")},
    )
    fixation = sent("lab-results", "fixation", analyte="IFE_S", coded_value="POSITIVE",
                    collected_at="2026-06-01")  # fmt: skip
    assert noticed(of(evaluation, fixation)) == [
        ("REFERENCE-UNKNOWN", "assessments", "/serum_m_protein/lab_result")
    ]


def test_it_notices_an_event_that_names_itself() -> None:
    event = sent("adverse-events", "x", **FATIGUE, onset="2026-03-09", symptom_of=ref("x"))
    assert noticed(of(event)) == [("REFERENCE-TO-ITSELF", "adverse-events", "/symptom_of")]
