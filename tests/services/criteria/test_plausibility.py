"""What no living person can have, and the unit that is then likely."""

from decimal import Decimal

import pytest

from app.services.criteria.plausibility import (
    Implausibility,
    Normal,
    implausibility,
    in_words,
    likely_unit,
)
from app.vocabularies.laboratory import Comparator, ResultKind, analytes
from app.vocabularies.plausible_limits import plausible_limits, units_of

LOW, HIGH = Implausibility.TOO_LOW, Implausibility.TOO_HIGH
BELOW, ABOVE = Implausibility.FAR_BELOW_RANGE, Implausibility.FAR_ABOVE_RANGE
OTHER = Implausibility.RANGE_OF_ANOTHER_UNIT


def normal(limits: str) -> Normal:
    """Read ``60-110``, ``-110``, ``60-`` or nothing."""
    low, _, high = limits.partition("-")
    return Normal(Decimal(low) if low else None, Decimal(high) if high else None)


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "limits", "found", "likely"),
    [
        pytest.param("HGB", "840", "g/dL", "13-17", HIGH, None, id="haemoglobin, no unit has it"),
        pytest.param("HGB", "84", "g/dL", "", HIGH, "g/L", id="haemoglobin of g/L"),
        pytest.param("HGB", "8.4", "g/L", "", LOW, "g/dL", id="haemoglobin of g/dL"),
        pytest.param("HGB", "14", "g/dL", "120-160", OTHER, "g/L", id="range of g/L"),
        pytest.param("HGB", "18", "g/L", "130-170", BELOW, None, id="far below its range"),
        pytest.param("CREAT", "2.1", "mg/dL", "60-110", OTHER, "umol/L", id="creatinine"),
        pytest.param("CREAT", "2.1", "mg/dL", "-110", BELOW, "umol/L", id="an upper limit alone"),
        pytest.param("CREAT", "0.9", "umol/L", "", LOW, "mg/dL", id="creatinine of mg/dL"),
        pytest.param("CREAT", "90", "mg/dL", "", HIGH, "umol/L", id="creatinine of umol/L"),
        pytest.param("BILI", "60", "mg/dL", "5-21", OTHER, "umol/L", id="bilirubin"),
        pytest.param("CA_TOTAL", "9.5", "mmol/L", "", HIGH, "mg/dL", id="calcium of mg/dL"),
        pytest.param("CA_TOTAL", "2.4", "mg/dL", "", LOW, "mmol/L", id="calcium of mmol/L"),
        pytest.param("GLUC", "180", "mmol/L", "", HIGH, "mg/dL", id="glucose of mg/dL"),
        pytest.param("GLUC", "5.5", "mg/dL", "70-100", LOW, "mmol/L", id="glucose of mmol/L"),
        pytest.param("ALB", "40", "g/dL", "", HIGH, "g/L", id="albumin of g/L"),
        pytest.param("ALB", "3.8", "mg/dL", "", LOW, "g/dL", id="albumin, milli by mistake"),
        pytest.param("PLT", "150000", "10*9/L", "", HIGH, "/uL", id="platelets of /uL"),
        pytest.param("WBC", "4500", "10*9/L", "4000-10000", HIGH, "/uL", id="leukocytes of /uL"),
        pytest.param("NEUT", "3.2", "10*9/L", "1800-7000", OTHER, "/uL", id="its range of /uL"),
        pytest.param("IGG", "900", "g/L", "", HIGH, "mg/dL", id="IgG of mg/dL"),
        pytest.param("MPROT_S", "30", "g/dL", "", HIGH, "g/L", id="M-protein of g/L"),
        pytest.param("FIBRINO", "300", "g/L", "", HIGH, "mg/dL", id="fibrinogen of mg/dL"),
        pytest.param("K", "45", "mmol/L", "", HIGH, None, id="potassium, a lost point"),
        pytest.param("SODIUM", "14", "mmol/L", "", LOW, None, id="sodium, a lost digit"),
        pytest.param("UVOL24", "1.8", "mL", "", LOW, "L", id="urine in litres"),
        pytest.param("CD3_PCT", "101", "%", "", HIGH, None, id="more than all"),
        pytest.param("CAR_QPCR", "30000000", "{copies}/ug", "", HIGH, "{copies}/mL", id="copies"),
        pytest.param("TEMPERATURE", "98.6", None, "", HIGH, "[degF]", id="Fahrenheit"),
        pytest.param("HEIGHT", "1.68", None, "", LOW, "m", id="a height in metres"),
        pytest.param("WEIGHT", "71500", None, "", HIGH, "g", id="a weight in grams"),
        pytest.param("BLOOD_PRESSURE", "16", None, "", LOW, "kPa", id="a pressure in kPa"),
        pytest.param("CYCLOPHOSPHAMIDE", "15000", "mg/m2", "", HIGH, "mg", id="a dose"),
    ],
)
def test_it_is_not_plausible(
    quantity: str,
    value: str,
    unit: str | None,
    limits: str,
    found: Implausibility,
    likely: str | None,
) -> None:
    number, own = Decimal(value), normal(limits)
    assert implausibility(quantity, number, unit, normal=own) is found
    assert likely_unit(quantity, number, unit, found, normal=own) == likely
    words = in_words(quantity, number, unit, found, normal=own)
    assert value not in words.split()
    assert "confirmed_implausible" in words
    assert (likely or units_of(quantity)[0]) in words


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "limits"),
    [
        pytest.param("WBC", "900", "10*9/L", "4-10", id="leukaemia"),
        pytest.param("WBC", "0", "10*9/L", "4-10", id="no leukocyte after lymphodepletion"),
        pytest.param("NEUT", "0", "/uL", "1800-7000", id="no neutrophil"),
        pytest.param("PLT", "1", "10*9/L", "150-400", id="hardly a platelet"),
        pytest.param("HGB", "21", "g/L", "120-160", id="a haemoglobin that was survived"),
        pytest.param("HGB", "250", "g/L", "130-170", id="polycythaemia"),
        pytest.param("FERRITIN", "100000", "ug/L", "30-400", id="haemophagocytosis"),
        pytest.param("CRP", "620", "mg/L", "-5", id="septic shock"),
        pytest.param("ALT", "14000", "U/L", "-40", id="liver failure"),
        pytest.param("CPK", "350000", "U/L", "-190", id="rhabdomyolysis"),
        pytest.param("TNT_HS", "24000", "ng/L", "-14", id="myocarditis"),
        pytest.param("NTPROBNP", "70000", "ng/L", "-125", id="heart failure"),
        pytest.param("DDIMER", "128000", "ug/L{FEU}", "-500", id="coagulopathy"),
        pytest.param("IL6", "250000", "pg/mL", "-7", id="cytokine release"),
        pytest.param("GLUC", "90", "mmol/L", "3.9-6.1", id="a hyperosmolar coma"),
        pytest.param("GLUC", "12", "mg/dL", "70-100", id="a hypoglycaemic coma"),
        pytest.param("SODIUM", "90", "mmol/L", "135-145", id="water intoxication"),
        pytest.param("SODIUM", "200", "mmol/L", "135-145", id="salt poisoning"),
        pytest.param("K", "1.0", "mmol/L", "3.5-5.1", id="periodic paralysis"),
        pytest.param("K", "12", "mmol/L", "3.5-5.1", id="tumour lysis"),
        pytest.param("CREAT", "2500", "umol/L", "60-110", id="anuria"),
        pytest.param("CREAT", "28", "mg/dL", "0.6-1.2", id="anuria in mg/dL"),
        pytest.param("CREAT", "0.15", "mg/dL", "0.6-1.2", id="cachexia"),
        pytest.param("CREAT", "15", "umol/L", "-110", id="cachexia, an upper limit alone"),
        pytest.param("BILI", "52", "mg/dL", "0.3-1.2", id="liver failure, bilirubin"),
        pytest.param("URATE", "0", "umol/L", "200-420", id="after rasburicase"),
        pytest.param("FIBRINO", "0.2", "g/L", "1.8-4", id="haemophagocytosis, fibrinogen"),
        pytest.param("CA_TOTAL", "5.2", "mmol/L", "2.1-2.6", id="hypercalcaemia of myeloma"),
        pytest.param("CA_TOTAL", "4.0", "mg/dL", "8.5-10.5", id="hypocalcaemia"),
        pytest.param("IGG", "0", "g/L", "7-16", id="no immunoglobulin"),
        pytest.param("IGA", "95", "g/L", "0.7-4", id="IgA myeloma"),
        pytest.param("MPROT_S", "14", "g/dL", "", id="a large spike"),
        pytest.param("FLC_KAPPA", "42000", "mg/L", "3.3-19.4", id="light chain myeloma"),
        pytest.param("PCPB", "60000", "/uL", "", id="plasma cell leukaemia"),
        pytest.param("UVOL24", "0", "mL", "", id="anuria, its volume"),
        pytest.param("CAR_QPCR", "450000", "{copies}/ug", "", id="a large expansion"),
        pytest.param("CMV_DNA", "9000000", "[IU]/mL", "", id="CMV disease"),
        pytest.param("TEMPERATURE", "42.1", None, "", id="a hyperpyrexia"),
        pytest.param("HEART_RATE", "0", None, "", id="an arrest"),
        pytest.param("WEIGHT", "310", None, "", id="a heavy person"),
        pytest.param("SODIUM", "139", "meq/L", "136-145", id="milliequivalents"),
        pytest.param("CRP", "8", "mg/L", "4-100", id="an odd range that fits no other unit"),
        pytest.param("XYZ", "1e9", "mg/dL", "", id="what has no limits"),
    ],
)
def test_a_real_patient_passes(quantity: str, value: str, unit: str | None, limits: str) -> None:
    assert implausibility(quantity, Decimal(value), unit, normal=normal(limits)) is None


@pytest.mark.parametrize(
    ("quantity", "unit", "lowest", "highest"),
    [
        pytest.param("HGB", "g/L", "15", "300", id="haemoglobin"),
        pytest.param("HGB", "g/dL", "1.5", "30.0", id="by the size of another unit"),
        pytest.param("SODIUM", "mmol/L", "70", "260", id="sodium"),
        pytest.param("TEMPERATURE", None, "13", "47", id="temperature"),
    ],
)
def test_the_limits_themselves_are_possible(
    quantity: str, unit: str | None, lowest: str, highest: str
) -> None:
    step = Decimal("0.001")
    for value, found in (
        (Decimal(lowest), None),
        (Decimal(lowest) - step, LOW),
        (Decimal(highest), None),
        (Decimal(highest) + step, HIGH),
    ):
        assert implausibility(quantity, value, unit) is found


def test_a_comparator_leaves_one_side_open() -> None:
    low, high = Decimal("0.1"), Decimal(2000)
    assert implausibility("HGB", low, "g/L", comparator=Comparator.GREATER) is None
    assert implausibility("HGB", low, "g/L", comparator=Comparator.LESS) is LOW
    assert implausibility("HGB", high, "g/L", comparator=Comparator.LESS) is None
    assert implausibility("HGB", high, "g/L", comparator=Comparator.GREATER) is HIGH


def test_every_analyte_with_numbers_has_limits_in_each_of_its_units() -> None:
    for analyte in analytes():
        if analyte.result is ResultKind.CODED:
            continue
        assert analyte.code in plausible_limits()
        for unit in analyte.units:
            assert implausibility(analyte.code, Decimal(10) ** 29, unit) is HIGH, (
                analyte.code,
                unit,
            )


def test_what_rises_without_bound_has_no_factor_and_a_count_no_lower_limit() -> None:
    unbound = (
        "FERRITIN CRP ALT AST ALP GGT LDH LIPASE AMYLASE CPK TNT_HS TNI_HS NTPROBNP DDIMER IL6"
    )
    for code in unbound.split():
        for row in plausible_limits()[code]:
            assert (row.below_range, row.above_range, row.normal_from) == (None, None, None)
    counts = "WBC NEUT LYMPH PLT EOS CD3 CD4 CD19 PCPB CAR_FLOW_ABS CSF_WBC"
    for code in counts.split():
        for row in plausible_limits()[code]:
            assert (row.lowest, row.below_range) == (None, None)


def test_every_row_says_what_it_rests_on() -> None:
    assert all(row.why for rows in plausible_limits().values() for row in rows)
