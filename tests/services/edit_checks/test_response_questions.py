"""What the response criteria ask about, as findings at the part that it is about.

Source of the cases: the trial's readings U6, U7 and note 9 of IMWG 2016.
"""

from typing import Any

import pytest

from app.services.edit_checks import on_subject
from app.trial.trial import Trial
from tests.schemas.bodies import ABSENT
from tests.subjects.agreeing import Sent, but, noticed, of, sent
from tests.subjects.base import TRIAL

OF_IGA = but("enrolment", heavy_chain="IgA")
POSITIVE = {"result": "positive"}
NEVER = {"quantitative_immunoglobulin": "never"}


def iga(value: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": "mg/dL", "heavy_chain": "IgA", **more}


def evaluation(day: str = "2026-06-01", **body: Any) -> Sent:
    return sent("assessments", f"at {day}", assessed_on=day, **body)


def bands(*found: dict[str, Any]) -> dict[str, Any]:
    return {"serum_immunofixation": {**POSITIVE, "bands": list(found)}}


def band(heavy: str | None, light: str | None, owner: str | None = None) -> dict[str, Any]:
    return {"heavy_chain": heavy, "light_chain": light, "owner": owner}


def rules(*records: Sent, trial: Trial = TRIAL) -> list[tuple[str, str]]:
    return [(rule, pointer) for rule, _, pointer in noticed(of(*records, trial=trial))]


def read_as(**changes: Any) -> Trial:
    imwg = TRIAL.policy.imwg.model_copy(update=changes)
    return TRIAL.model_copy(update={"policy": TRIAL.policy.model_copy(update={"imwg": imwg})})


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(
            bands(band("IgG", "kappa", "other_isotype")),
            [("BAND-IS-OWN-ISOTYPE", "/serum_immunofixation/bands/0/owner")],
            id="a band that is the patient's after all",
        ),
        pytest.param(
            bands(band("IgM", None, "other_isotype")),
            [("BAND-ISOTYPE-INCOMPLETE", "/serum_immunofixation/bands/0/owner")],
            id="a band without its light chain",
        ),
        pytest.param(
            {"serum_m_protein": {"value": "0.4", "unit": "g/dL", "owner": "drug_proven"}},
            [("SPIKE-OWNER-UNPROVEN", "/serum_m_protein/owner")],
            id="a drug without immunofixation",
        ),
        pytest.param(
            {
                "serum_m_protein": {"value": "0.4", "unit": "g/dL", "owner": "other_isotype"},
                **bands(band("IgM", "lambda", "other_isotype")),
            },
            [],
            id="another isotype beside its band",
        ),
        pytest.param(
            {"immunoglobulin": iga("300")},
            [("SERUM-METHOD-DIFFERS", "/immunoglobulin")],
            id="a class in a subject of electrophoresis",
        ),
    ],
)
def test_it_asks_about_the_part(today: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert rules(evaluation(**today)) == expected


def test_it_asks_about_a_second_isotype_at_baseline_and_names_the_drug() -> None:
    both = bands(band("IgG", "kappa"), band("IgA", "lambda"))
    where = "/serum_immunofixation/bands/1"
    assert rules(but("baseline", **both)) == [("SECOND-ISOTYPE-AT-BASELINE", where)]
    daratumumab = {"number": 1, "agents": ["Daratumumab"], "end": "2025-09"}
    too_long_ago = {**daratumumab, "end": "2025-07"}
    second = but("baseline", **bands(band("IgA", "lambda"), band("IgG", "kappa")))
    for line, named in ((daratumumab, True), (too_long_ago, False)):
        enrolled = but("enrolment", heavy_chain="IgA", light_chain="lambda", lines=[line])
        [message] = [
            one.finding.message
            for one in on_subject(of(enrolled, second))
            if one.finding.rule == "SECOND-ISOTYPE-AT-BASELINE"
        ]
        assert ("may be the drug" in message) is named


def test_an_unused_immunoglobulin_is_noticed_once_a_subject() -> None:
    trial = read_as(**NEVER)
    start = but("baseline", serum_m_protein=ABSENT, immunoglobulin=iga("1500"))
    later = evaluation(immunoglobulin=iga("300"))
    expected = [("MEASURED-NOT-USED", "/immunoglobulin")]
    assert rules(OF_IGA, start, later, trial=trial) == expected
    assert rules(OF_IGA, start, later) == []
    only_later = but("baseline", serum_m_protein=ABSENT)
    assert rules(OF_IGA, only_later, later) == expected


def test_it_asks_about_a_polyclonal_rise() -> None:
    start = but("baseline", serum_m_protein=ABSENT, immunoglobulin=iga("4200"))
    low = evaluation("2026-04-01", immunoglobulin=iga("60"))
    risen = evaluation(immunoglobulin=iga("620"), serum_immunofixation={"result": "negative"})
    assert rules(OF_IGA, start, low, risen) == [("IG-RISE-IFE-NEGATIVE", "/immunoglobulin")]


def test_it_asks_about_an_escaping_clone() -> None:
    def both(first: str, second: str) -> dict[str, Any]:
        return {
            "serum_m_proteins": [
                {
                    "isotype": {"heavy_chain": heavy, "light_chain": light},
                    "owner": "original",
                    "value": {"value": value, "unit": "g/dL"},
                }
                for heavy, light, value in (("IgG", "kappa", first), ("IgA", "lambda", second))
            ]
        }

    found = rules(
        but("baseline", serum_m_protein=ABSENT, **both("3.0", "1.0")),
        evaluation("2026-04-01", **both("1.9", "0.1")),
        evaluation("2026-06-01", **both("1.0", "0.6")),
    )
    assert found == [("CLONE-ESCAPE", "/serum_m_proteins/1")]


def lesions(*found: str) -> dict[str, Any]:
    return {
        "imaging": {
            "modality": "PET/CT",
            "lesions": [
                {"lesion_id": one, "kind": "extramedullary", "long_mm": "30", "short_mm": "25"}
                for one in found
            ],
        }
    }


@pytest.mark.parametrize(
    ("baseline", "today", "expected"),
    [
        pytest.param({}, {}, [], id="no baseline imaging"),
        pytest.param(
            lesions(), {}, [("LESION-NOT-AT-BASELINE", "/imaging/lesions/0")], id="not answered"
        ),
        pytest.param(
            lesions(),
            {"new_lesions": [{"lesion_id": "C", "kind": "extramedullary"}]},
            [],
            id="called new",
        ),
        pytest.param(lesions("C"), {}, [], id="the baseline corrected"),
    ],
)
def test_it_asks_about_a_lesion_that_baseline_did_not_have(
    baseline: dict[str, Any], today: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = of(but("baseline", **baseline), evaluation(**lesions("C"), **today))
    told = [(one.finding.rule, one.finding.pointer) for one in on_subject(found)]
    assert told == expected
    assert {one.finding.severity for one in on_subject(found)} <= {"error"}


def test_a_lesion_of_earlier_imaging_that_the_baseline_has_not_is_asked_about() -> None:
    earlier = evaluation("2026-02-15", **lesions("C"))
    found = noticed(of(earlier, but("baseline", **lesions()), evaluation(**lesions("C"))))
    assert ("LESION-NOT-AT-BASELINE", "assessments", "/imaging/lesions/0") in found


def test_a_second_clone_of_the_baseline_is_the_patients_later_too() -> None:
    second = bands(band("IgA", "lambda", "original"))
    both = bands(band("IgG", "kappa", "original"), band("IgA", "lambda", "original"))
    differs = {"LIGHT-CHAIN-DIFFERS", "HEAVY-CHAIN-DIFFERS"}
    assert {rule for rule, _ in rules(evaluation(**second))} == differs
    where = {
        one.record.fields.assessed_on.isoformat()
        for one in on_subject(of(but("baseline", **both), evaluation(**second)))
    }
    assert where == {"2026-02-20"}


def test_no_message_says_a_value() -> None:
    odd = evaluation(serum_m_protein={"value": "0.4321", "unit": "g/dL", "owner": "drug_proven"})
    assert all("0.4321" not in one.finding.message for one in on_subject(of(odd)))
