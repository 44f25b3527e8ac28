from typing import Any

import pytest

from app.models.adverse_event import CausalityByCause
from app.schemas.adverse_event import ADVERSE_EVENTS
from app.vocabularies.adverse_events import CandidateCause
from app.vocabularies.ctcae import term_of_meddra_code, terms
from tests.schemas.bodies import ABSENT, changed, refused, refused_with

MINIMUM: dict[str, Any] = {"term": "Fever", "grade": 1, "onset": "2026-03-05"}

FATAL: dict[str, Any] = {
    "term": "Sepsis",
    "grade": 5,
    "onset": "2026-03-20",
    "end": "2026-03-24",
    "outcome": "FATAL",
    "serious": True,
    "seriousness_criteria": ["death"],
}

CRS = ADVERSE_EVENTS.example

ICANS: dict[str, Any] = {
    "term": "Nervous system disorders - Other, specify",
    "other_specify": "ICANS",
    "grade": 3,
    "onset": "2026-03-06",
    "serious": False,
    "aesi_kind": "ICANS",
    "astct": {
        "scale": "ASTCT_ICANS_ADULT",
        "grade": 3,
        "icans": {
            "ice": {
                "orientation": 1,
                "naming": 1,
                "command": 0,
                "writing": 0,
                "attention": 0,
                "score": 2,
            },
            "consciousness": "AWAKENS_TO_TACTILE",
            "seizure": "NONE",
            "motor": "TREMOR_OR_MYOCLONUS",
            "raised_pressure": "NONE",
            "other_cause": ["motor"],
        },
    },
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(MINIMUM, id="term, grade and onset"),
        pytest.param(
            {"term": "Fever", "onset": "2026", "serious": False}, id="not serious, no grade yet"
        ),
        pytest.param(
            {
                "term": "Fever",
                "onset": "2026-03",
                "serious": True,
                "seriousness_criteria": ["hospitalisation"],
            },
            id="serious, no grade yet, day of onset not known",
        ),
        pytest.param(
            {"term": "Fever", "grade": 1, "onset": None, "onset_unknown": True},
            id="nothing known of the onset",
        ),
        pytest.param(
            {"term": "Fever", "grade": 1, "onset_unknown": True}, id="the same, the onset not sent"
        ),
        pytest.param(changed(MINIMUM, {"/onset_unknown": False}), id="an onset that is known"),
        pytest.param(
            changed(
                MINIMUM,
                {
                    "/meddra": {
                        "version": "27.1",
                        "llt_code": "10016558",
                        "llt_name": "Fever",
                        "pt_code": "10037660",
                    }
                },
            ),
            id="coded in MedDRA",
        ),
        pytest.param(
            {
                "term": "Nervous system disorders - Other, specify",
                "other_specify": "ICANS",
                "aesi_kind": "ICANS",
                "onset": "2026-03-06",
            },
            id="ICANS that nobody has graded yet",
        ),
        pytest.param(
            {"term": "Cytokine release syndrome", "onset": "2026-03-06"},
            id="CRS that nobody has graded yet",
        ),
        pytest.param(FATAL, id="a death"),
        pytest.param(changed(FATAL, {"/end": "2026"}), id="a death of which the year is known"),
        pytest.param(CRS, id="CRS with its findings"),
        pytest.param(ICANS, id="ICANS under Other, specify"),
        pytest.param(
            changed(ICANS, {"/astct/icans": {"ice_not_done_reason": "UNAROUSABLE"}}),
            id="ICANS in whom ICE could not be done",
        ),
        pytest.param(
            changed(MINIMUM, {"/grade": 4, "/serious": False}),
            id="grade 4 that is not serious: severe is not serious",
        ),
        pytest.param(
            changed(
                MINIMUM,
                {"/serious": True, "/seriousness_criteria": ["life_threatening"]},
            ),
            id="life-threatening at grade 1: neither follows from the other",
        ),
        pytest.param(
            changed(MINIMUM, {"/end": "2026-03-05", "/outcome": "RECOVERED/RESOLVED"}),
            id="ended on the day it began",
        ),
        pytest.param(
            changed(MINIMUM, {"/end": "2026-03", "/outcome": "RECOVERED/RESOLVED WITH SEQUELAE"}),
            id="ended some day of that month",
        ),
        pytest.param(
            changed(MINIMUM, {"/outcome": "UNKNOWN", "/end": "2026-03-09"}),
            id="outcome unknown, end known",
        ),
        pytest.param(changed(MINIMUM, {"/outcome": "UNKNOWN"}), id="neither is known"),
        pytest.param(
            changed(MINIMUM, {"/outcome": "NOT RECOVERED/NOT RESOLVED", "/ongoing": True}),
            id="not recovered, ongoing",
        ),
        pytest.param(
            changed(MINIMUM, {"/aware_at": "2026-03-04T22:00Z"}),
            id="learnt of on a clock where it was still the day before",
        ),
        pytest.param(
            changed(
                MINIMUM,
                {
                    "/aware_at": "2026-03-05T10:00+08:00",
                    "/reported_at": "2026-03-05T02:00Z",
                    "/admitted_on": "2026-03-05",
                    "/discharged_on": "2026-03-05",
                },
            ),
            id="reported at once, discharged on the day of admission",
        ),
        pytest.param(
            changed(
                MINIMUM,
                {"/worsening_of": "019cbd4a-7f60-7c3e-9a52-1f0e8d7c6b5a"},
            ),
            id="a worsening of another event",
        ),
    ],
)
def test_it_accepts(body: dict[str, Any]) -> None:
    assert refused(ADVERSE_EVENTS, body) == []


@pytest.mark.parametrize(
    ("body", "changes", "expected"),
    [
        pytest.param(
            MINIMUM, {"/grade": ABSENT}, [("/grade", "grade_or_seriousness_missing")], id="no grade"
        ),
        pytest.param(MINIMUM, {"/onset": ABSENT}, [("/onset", "onset_missing")], id="no onset"),
        pytest.param(
            MINIMUM,
            {"/onset": None, "/onset_unknown": False},
            [("/onset", "onset_missing")],
            id="no onset, and not unknown",
        ),
        pytest.param(
            MINIMUM,
            {"/onset_unknown": True},
            [("/onset_unknown", "onset_beside_unknown")],
            id="an onset that is unknown",
        ),
        pytest.param(
            MINIMUM,
            {"/meddra": {"version": "27.1", "llt_code": "1002920"}},
            [("/meddra/llt_code", "not_a_meddra_code")],
            id="seven digits of MedDRA",
        ),
        pytest.param(
            MINIMUM,
            {"/meddra": {"version": "v27", "llt_code": 10029205}},
            [
                ("/meddra/llt_code", "not_a_meddra_code"),
                ("/meddra/version", "not_a_meddra_release"),
            ],
            id="a MedDRA code as a number, a release in words",
        ),
        pytest.param(
            MINIMUM,
            {"/meddra": {"llt_code": "10029205"}},
            [("/meddra/version", "missing")],
            id="a MedDRA code of no release",
        ),
        pytest.param(
            MINIMUM, {"/term": "10099999"}, [("/term", "unknown_term")], id="a code of no term"
        ),
        pytest.param(MINIMUM, {"/term": ABSENT}, [("/term", "missing")], id="no term"),
        pytest.param(MINIMUM, {"/term": "fever"}, [("/term", "unknown_term")], id="another case"),
        pytest.param(
            MINIMUM,
            {"/term": "Neutropenia", "/grade": 0},
            [("/grade", "not_a_code"), ("/term", "unknown_term")],
            id="no CTCAE term, and no grade",
        ),
        pytest.param(MINIMUM, {"/grade": "3"}, [("/grade", "not_a_code")], id="a grade in quotes"),
        pytest.param(
            MINIMUM, {"/grade": True}, [("/grade", "not_a_code")], id="a truth for a grade"
        ),
        pytest.param(
            MINIMUM,
            {"/term": "Alopecia", "/grade": 3},
            [("/grade", "grade_not_of_term")],
            id="a grade that the term has not",
        ),
        pytest.param(
            ICANS,
            {"/other_specify": ABSENT},
            [("/other_specify", "other_specify_missing")],
            id="Other, without words",
        ),
        pytest.param(
            MINIMUM,
            {"/other_specify": "shivers"},
            [("/other_specify", "other_specify_beside_a_term")],
            id="words beside a term",
        ),
        pytest.param(
            MINIMUM,
            {"/ctcae_version": "CTCAE 6.0"},
            [("/ctcae_version", "literal_error")],
            id="another version of CTCAE",
        ),
        pytest.param(
            MINIMUM,
            {"/serious": True},
            [("/seriousness_criteria", "seriousness_criterion_missing")],
            id="serious without a criterion",
        ),
        pytest.param(
            MINIMUM,
            {"/serious": False, "/seriousness_criteria": ["disability"]},
            [("/serious", "criterion_of_an_event_not_serious")],
            id="a criterion, and not serious",
        ),
        pytest.param(
            MINIMUM,
            {"/seriousness_criteria": ["disability"]},
            [("/serious", "criterion_of_an_event_not_serious")],
            id="a criterion, and seriousness not stated",
        ),
        pytest.param(
            MINIMUM,
            {"/serious": True, "/seriousness_criteria": ["disability", "disability"]},
            [("/seriousness_criteria", "item_repeated")],
            id="a criterion twice",
        ),
        pytest.param(
            MINIMUM,
            {"/serious": False, "/became_serious_on": "2026-03-06"},
            [("/became_serious_on", "date_of_an_event_not_serious")],
            id="not serious since a date",
        ),
        pytest.param(
            {"term": "Sepsis", "grade": 5, "onset": "2026-03-20"},
            {},
            [
                ("/end", "date_of_death_missing"),
                ("/outcome", "grade_5_without_fatal_outcome"),
                ("/serious", "fatal_event_not_serious"),
                ("/seriousness_criteria", "fatal_event_without_criterion_death"),
            ],
            id="grade 5 alone",
        ),
        pytest.param(
            FATAL,
            {"/outcome": "NOT RECOVERED/NOT RESOLVED", "/end": ABSENT},
            [("/end", "date_of_death_missing"), ("/outcome", "grade_5_without_fatal_outcome")],
            id="grade 5, not recovered",
        ),
        pytest.param(
            FATAL, {"/grade": 4}, [("/grade", "fatal_event_without_grade_5")], id="fatal, grade 4"
        ),
        pytest.param(
            FATAL,
            {"/grade": ABSENT},
            [("/grade", "fatal_event_without_grade_5")],
            id="fatal, without a grade",
        ),
        pytest.param(
            FATAL,
            {"/seriousness_criteria": ["life_threatening"]},
            [("/seriousness_criteria", "fatal_event_without_criterion_death")],
            id="fatal, serious for another reason only",
        ),
        pytest.param(
            FATAL,
            {"/serious": False, "/seriousness_criteria": []},
            [
                ("/serious", "fatal_event_not_serious"),
                ("/seriousness_criteria", "fatal_event_without_criterion_death"),
            ],
            id="fatal, not serious",
        ),
        pytest.param(
            FATAL, {"/end": ABSENT}, [("/end", "date_of_death_missing")], id="fatal, no date"
        ),
        pytest.param(
            MINIMUM,
            {"/serious": True, "/seriousness_criteria": ["death"]},
            [
                ("/end", "date_of_death_missing"),
                ("/grade", "fatal_event_without_grade_5"),
                ("/outcome", "grade_5_without_fatal_outcome"),
            ],
            id="results in death, grade 1",
        ),
        pytest.param(
            MINIMUM,
            {"/outcome": "RECOVERED/RESOLVED"},
            [("/end", "end_missing")],
            id="recovered, no end",
        ),
        pytest.param(
            MINIMUM,
            {"/outcome": "RECOVERED/RESOLVED WITH SEQUELAE"},
            [("/end", "end_missing")],
            id="recovered with sequelae, no end",
        ),
        pytest.param(
            MINIMUM,
            {"/outcome": "RECOVERING/RESOLVING", "/end": "2026-03-09"},
            [("/end", "end_of_an_ongoing_event")],
            id="recovering, with an end",
        ),
        pytest.param(
            MINIMUM,
            {"/outcome": "NOT RECOVERED/NOT RESOLVED", "/end": "2026-03-09"},
            [("/end", "end_of_an_ongoing_event")],
            id="not recovered, with an end",
        ),
        pytest.param(
            MINIMUM,
            {"/ongoing": True, "/end": "2026-03-09"},
            [("/ongoing", "ongoing_with_an_end")],
            id="ongoing, with an end",
        ),
        pytest.param(
            MINIMUM,
            {"/ongoing": True, "/end": "2026-03-09", "/outcome": "RECOVERED/RESOLVED"},
            [("/ongoing", "ongoing_with_an_end"), ("/ongoing", "ongoing_with_an_ended_outcome")],
            id="ongoing and recovered",
        ),
        pytest.param(
            MINIMUM,
            {"/ongoing": False, "/outcome": "RECOVERING/RESOLVING"},
            [("/ongoing", "not_ongoing_without_an_end")],
            id="not ongoing and not recovered",
        ),
        pytest.param(
            MINIMUM, {"/end": "2026-03-04"}, [("/end", "end_before_onset")], id="ended before"
        ),
        pytest.param(
            MINIMUM, {"/end": "2026-02"}, [("/end", "end_before_onset")], id="ended a month before"
        ),
        pytest.param(
            CRS,
            {"/end": "2026-03-05T19:39+08:00"},
            [("/end", "end_before_onset")],
            id="ended a minute before",
        ),
        pytest.param(
            MINIMUM,
            {"/aware_at": "2026-03-04T09:59Z"},
            [("/aware_at", "aware_before_onset")],
            id="learnt of the day before",
        ),
        pytest.param(
            CRS,
            {"/reported_at": "2026-03-05T19:59:59+08:00"},
            [("/reported_at", "reported_before_aware")],
            id="reported a second before it was learnt of",
        ),
        pytest.param(
            CRS,
            {"/aware_at": "2026-03-05T20:00"},
            [("/aware_at", "date_time_without_offset")],
            id="learnt of at a time without an offset",
        ),
        pytest.param(
            CRS,
            {"/became_serious_on": "2026-03-04"},
            [("/became_serious_on", "serious_before_onset")],
            id="serious before it began",
        ),
        pytest.param(
            CRS,
            {"/discharged_on": "2026-03-04"},
            [("/discharged_on", "discharged_before_admission")],
            id="discharged before admission",
        ),
        pytest.param(
            CRS,
            {"/causality/car_t": "related", "/causality/stars": "possible"},
            [("/causality/car_t", "not_a_code"), ("/causality/stars", "extra_forbidden")],
            id="no level, and no cause of the list",
        ),
        pytest.param(
            CRS,
            {"/sponsor_causality": "possible", "/period": "treatment"},
            [("/period", "extra_forbidden"), ("/sponsor_causality", "extra_forbidden")],
            id="what is not the centre's to say",
        ),
        pytest.param(
            MINIMUM,
            {"/symptom_of": "019CBD4A-7F60-7C3E-9A52-1F0E8D7C6B5A"},
            [("/symptom_of", "not_a_record_id")],
            id="a record id in capitals",
        ),
        pytest.param(
            MINIMUM,
            {"/part_of_episode": "AE-7"},
            [("/part_of_episode", "not_a_record_id")],
            id="the centre's own id of another event",
        ),
        pytest.param(
            CRS,
            {"/aesi_kind": "infection", "/term": "Lung infection"},
            [("/astct", "astct_grade_of_another_kind")],
            id="an ASTCT grade of an infection",
        ),
        pytest.param(
            CRS,
            {"/astct/scale": "ASTCT_ICANS_ADULT"},
            [
                ("/astct/crs", "findings_of_another_scale"),
                ("/astct/scale", "scale_of_another_kind"),
            ],
            id="CRS graded as ICANS",
        ),
        pytest.param(
            ICANS,
            {"/astct/scale": "ASTCT_CRS"},
            [
                ("/astct/icans", "findings_of_another_scale"),
                ("/astct/scale", "scale_of_another_kind"),
            ],
            id="ICANS graded as CRS",
        ),
        pytest.param(
            CRS,
            {"/aesi_kind": ABSENT, "/astct/scale": "ASTCT_ICANS_ADULT", "/astct/crs": ABSENT},
            [("/astct/scale", "scale_of_another_kind")],
            id="the term of CRS graded as ICANS",
        ),
        pytest.param(
            CRS,
            {"/astct/grade": 5},
            [("/astct/grade", "astct_grade_5_is_death")],
            id="ASTCT grade 5, recovered",
        ),
        pytest.param(
            changed(FATAL, {"/term": "Cytokine release syndrome"}),
            {"/astct": {"scale": "ASTCT_CRS", "grade": 4}},
            [("/astct/grade", "astct_grade_5_is_death")],
            id="ASTCT grade 4, fatal",
        ),
        pytest.param(
            CRS,
            {"/astct/grade": 0},
            [("/astct/grade", "not_a_code")],
            id="ASTCT grade 0: no event",
        ),
        pytest.param(
            CRS,
            {"/astct/crs/oxygen": "ROOM_AIR"},
            [("/astct/crs/flow", "flow_on_room_air")],
            id="a flow on room air",
        ),
        pytest.param(
            CRS,
            {"/astct/crs/positive_pressure_reason": "HYPOXIA"},
            [("/astct/crs/positive_pressure_reason", "no_positive_pressure")],
            id="a reason for positive pressure on a cannula",
        ),
        pytest.param(
            CRS,
            {"/astct/crs/vasopressors": ["noradrenaline", "Vasopressin"]},
            [("/astct/crs/vasopressors/1", "vasopressin_has_its_own_field")],
            id="vasopressin among the vasopressors",
        ),
        pytest.param(
            CRS,
            {"/astct/crs/temperature_max": "102.9"},
            [("/astct/crs/temperature_max", "number_too_high")],
            id="degrees Fahrenheit",
        ),
        pytest.param(
            ICANS,
            {"/astct/icans/ice/score": 3},
            [("/astct/icans/ice/score", "ice_score_not_the_sum")],
            id="an ICE score that is not the sum",
        ),
        pytest.param(
            ICANS,
            {"/astct/icans/ice/naming": ABSENT},
            [("/astct/icans/ice/score", "ice_items_incomplete")],
            id="four ICE items",
        ),
        pytest.param(
            ICANS,
            {"/astct/icans/ice_not_done_reason": "SEDATED"},
            [("/astct/icans/ice_not_done_reason", "reason_beside_a_score")],
            id="an ICE score, and a reason for none",
        ),
        pytest.param(
            ICANS,
            {"/astct/icans/other_cause": ["weather"]},
            [("/astct/icans/other_cause/0", "literal_error")],
            id="another cause of no domain",
        ),
        pytest.param(
            MINIMUM,
            {"/dose_limiting": {"limiting": True}},
            [("/dose_limiting/judged_on", "missing")],
            id="a judgement without its date",
        ),
    ],
)
def test_it_refuses(
    body: dict[str, Any], changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert refused(ADVERSE_EVENTS, changed(body, changes)) == expected


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        pytest.param({"/term": "FEVER"}, ["Fever"], id="the published spelling"),
        pytest.param(
            {"/term": "neutropenia"}, "Neutrophil count decreased", id="the nearest terms"
        ),
        pytest.param({"/term": "Alopecia", "/grade": 4}, ["1", "2"], id="the term's grades"),
    ],
)
def test_it_tells_what_is_allowed(changes: dict[str, Any], allowed: list[str] | str) -> None:
    (line,) = refused_with(ADVERSE_EVENTS, changed(MINIMUM, changes))
    told = line["ctx"]["allowed"]
    assert told == allowed if isinstance(allowed, list) else told[0] == allowed


def test_a_causality_can_be_given_for_every_candidate_cause() -> None:
    assert set(CausalityByCause.model_fields) == set(CandidateCause)


def test_it_tells_what_positive_pressure_is() -> None:
    body = changed(CRS, {"/astct/crs/positive_pressure_reason": "HYPOXIA"})
    (line,) = refused_with(ADVERSE_EVENTS, body)
    assert line["ctx"]["allowed"] == ["CPAP", "BIPAP", "INVASIVE_VENTILATION"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        pytest.param("10016558", "Fever", id="the code that CTCAE prints for it"),
        pytest.param("Fever", "Fever", id="its published spelling"),
        pytest.param("10029205", "Nervous system disorders - Other, specify", id="Other, specify"),
    ],
)
def test_a_term_is_read_from_its_code(sent: str, stored: str) -> None:
    body = {"term": sent, "grade": 1, "onset": "2026-03-05"}
    if "Other" in stored:
        body["other_specify"] = "brain fog"
    event = ADVERSE_EVENTS.submission.model_validate(body)
    assert event.model_dump()["term"] == stored


def test_every_code_that_ctcae_prints_is_of_one_term() -> None:
    coded = [term for term in terms() if term.meddra_code is not None]
    assert all(term_of_meddra_code(term.meddra_code or "") is term for term in coded)
    assert len(coded) == 837


def test_a_refusal_of_a_meddra_code_says_what_would_be_right_and_never_the_value() -> None:
    body = changed(MINIMUM, {"/meddra": {"version": "27.1", "llt_code": "PT secret"}})
    (line,) = refused_with(ADVERSE_EVENTS, body)
    assert "eight digits" in line["msg"]
    assert "secret" not in line["msg"]
