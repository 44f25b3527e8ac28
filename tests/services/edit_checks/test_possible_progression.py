from typing import Any

import pytest

from tests.schemas.bodies import ABSENT
from tests.subjects.agreeing import Sent, but, noticed, of, sent

NADIR = {
    "serum_m_protein": {"value": "1.0", "unit": "g/dL"},
    "urine_m_protein": {"value": "300", "unit": "mg/(24.h)"},
    "free_kappa": {"value": "210", "unit": "mg/L"},
    "free_lambda": {"value": "10", "unit": "mg/L"},
}


def evaluation(day: str = "2026-06-01", **changes: Any) -> Sent:
    return sent("assessments", f"at-{day}", assessed_on=day, **{**NADIR, **changes})


def result(analyte: str, value: str, unit: str, day: str = "2026-07-15", **body: Any) -> Sent:
    return sent("lab-results", f"{analyte}-{day}", analyte=analyte, value=value, unit=unit,
                collected_at=day, **body)  # fmt: skip


def possible(*records: Sent) -> list[str]:
    """The pointers of possible progressions; that the results lack an evaluation is elsewhere."""
    found = noticed(of(*records))
    elsewhere = {"EFF-LAB-NO-ASSESSMENT", "SPIKE-OWNER-UNPROVEN"}
    assert {rule for rule, _, _ in found} <= {"POSSIBLE-PD", *elsewhere}
    return [pointer for rule, _, pointer in found if rule == "POSSIBLE-PD"]


@pytest.mark.parametrize(
    ("lab", "progressed"),
    [
        pytest.param(result("MPROT_S", "1.5", "g/dL"), True, id="25 % and 0.5 g/dL"),
        pytest.param(result("MPROT_S", "15", "g/L"), True, id="in g/L"),
        pytest.param(result("MPROT_S", "1.49", "g/dL"), False, id="under 0.5 g/dL"),
        pytest.param(result("MPROT_S", "1.5", "g/dL", comparator="<"), False, id="below a number"),
        pytest.param(result("MPROT_S", "1.5", "g/dL", comparator=">"), True, id="above a number"),
        pytest.param(result("MPROT_S", "1.5", "g/dL", spurious=True), False, id="an error"),
        pytest.param(result("MPROT_S", "1.5", "g/dL", "2026-06-01"), None, id="evaluated"),
        pytest.param(result("MPROT_S", "9", "g/dL", "2026-03-02"), False, id="day of infusion"),
        pytest.param(result("MPROT_U24", "500", "mg/(24.h)"), True, id="200 mg a day"),
        pytest.param(result("MPROT_U24", "499", "mg/(24.h)"), False, id="under 200 mg a day"),
    ],
)
def test_it_holds_a_lone_result_against_the_nadir(lab: Sent, progressed: bool | None) -> None:
    if progressed is None:
        assert noticed(of(evaluation(), lab)) == [
            ("EFF-LAB-MISMATCH", "assessments", "/serum_m_protein")
        ]
    else:
        assert possible(evaluation(), lab) == (["/value"] if progressed else [])


@pytest.mark.parametrize(
    ("nadir", "value", "progressed"),
    [
        pytest.param({"value": "5.0", "unit": "g/dL"}, "6.0", True, id="1 g/dL from 5"),
        pytest.param({"value": "4.9", "unit": "g/dL"}, "5.9", False, id="1 g/dL from less"),
        pytest.param({"value": "1", "unit": "g/dL", "comparator": "<"}, "0.5", True, id="from 0"),
        pytest.param(
            {"value": "1", "unit": "g/dL", "owner": "drug_proven"},
            "1.5",
            True,
            id="called a drug, without a band: it is the patient's",
        ),
        pytest.param({"value": "0", "unit": "g/dL", "spurious": True}, "6.5", False, id="an error"),
        pytest.param({"not_done": "haemolysed"}, "6.5", False, id="not done"),
    ],
)
def test_it_takes_the_nadir_from_evaluations(
    nadir: dict[str, Any], value: str, progressed: bool
) -> None:
    high = but("baseline", serum_m_protein={"value": "6.0", "unit": "g/dL"})
    lab = result("MPROT_S", value, "g/dL")
    found = possible(high, evaluation(serum_m_protein=nadir), lab)
    assert found == (["/value"] if progressed else [])


IGA = {"value": "280", "unit": "mg/dL", "heavy_chain": "IgA"}
OF_IGA = (
    but("enrolment", heavy_chain="IgA"),
    but("baseline", serum_m_protein=ABSENT, immunoglobulin={**IGA, "value": "4200"}),
)


@pytest.mark.parametrize(
    ("records", "found"),
    [
        pytest.param(
            [*OF_IGA, result("IGA", "7.8", "g/L")],
            ["EFF-LAB-NO-ASSESSMENT", "POSSIBLE-PD"],
            id="500 mg/dL above the nadir",
        ),
        pytest.param(
            [*OF_IGA, result("IGA", "779", "mg/dL")], ["EFF-LAB-NO-ASSESSMENT"], id="less"
        ),
        pytest.param(
            [
                *OF_IGA,
                result("IGA", "7.8", "g/L"),
                sent(
                    "lab-results",
                    "IFE",
                    analyte="IFE_S",
                    coded_value="NEGATIVE",
                    collected_at="2026-07-15",
                ),
            ],
            ["EFF-LAB-NO-ASSESSMENT", "EFF-LAB-NO-ASSESSMENT"],
            id="beside a negative immunofixation",
        ),
        pytest.param([result("IGA", "7.8", "g/L")], [], id="of a subject of electrophoresis"),
    ],
)
def test_a_class_is_a_response_marker_of_who_is_followed_by_it(
    records: list[Sent], found: list[str]
) -> None:
    later = sent("assessments", "at-2026-06-01", assessed_on="2026-06-01", immunoglobulin=IGA)
    followed = any(one.name == "baseline" for one in records)
    noticed_ = noticed(of(*records, *([later] if followed else [])))
    assert [rule for rule, _, _ in noticed_] == found


def test_it_takes_no_nadir_from_later() -> None:
    assert possible(evaluation("2026-08-01"), result("MPROT_S", "1.5", "g/dL")) == []


def test_it_reckons_urine_of_an_evaluation_per_day() -> None:
    urine = {"value": "10", "unit": "mg/dL", "volume_ml": "1000", "collection_hours": "24"}
    for value, progressed in (("300", True), ("299", False)):
        found = possible(evaluation(urine_m_protein=urine), result("MPROT_U24", value, "mg/(24.h)"))
        assert found == (["/value"] if progressed else [])


@pytest.mark.parametrize(
    ("light_chain", "kappa", "lambda_", "progressed"),
    [
        pytest.param("kappa", "310.1", "10", True, id="dFLC up by more than 100 mg/L"),
        pytest.param("kappa", "310", "10", False, id="by 100 mg/L exactly"),
        pytest.param("kappa", "400", None, False, id="the other chain is missing"),
        pytest.param("lambda", "0", "100.1", True, id="lambda, from a floor of 0"),
        pytest.param("lambda", "0", "100", False, id="lambda, 100 mg/L exactly"),
    ],
)
def test_it_holds_lone_light_chains_against_the_nadir(
    light_chain: str, kappa: str, lambda_: str | None, progressed: bool
) -> None:
    if light_chain == "lambda":
        start = {"free_kappa": {"value": "6", "unit": "mg/L"},
                 "free_lambda": {"value": "820", "unit": "mg/L"}}  # fmt: skip
    else:
        start = {}
    enrolled = (but("enrolment", light_chain=light_chain), but("baseline", **start))
    labs = [result("FLC_KAPPA", kappa, "mg/L")]
    if lambda_ is not None:
        labs.append(result("FLC_LAMBDA", lambda_, "mg/L"))
    found = possible(*enrolled, evaluation(), *labs)
    assert found == (["/value"] if progressed else [])
