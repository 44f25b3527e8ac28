"""Analytes, their codes, their units and their results."""

from decimal import Decimal

import pytest

from app.vocabularies.laboratory import (
    Analyte,
    AnalyteGroup,
    CodeSystem,
    CodeTrust,
    ResultKind,
    accepted_units,
    accepts_unit,
    analysed_in,
    analytes,
    code_system,
    find_analyte,
    is_qualitative,
)
from app.vocabularies.loinc import is_loinc
from app.vocabularies.specimens import Specimen


def listed_analyte(code: str) -> Analyte:
    found = find_analyte(code)
    assert found is not None
    return found


def test_no_code_names_two_analytes() -> None:
    codes = [analyte.code for analyte in analytes()]
    codes += [loinc.code for analyte in analytes() for loinc in analyte.loinc]
    assert len(codes) == len(set(codes))


def test_every_loinc_code_has_its_check_digit() -> None:
    assert all(is_loinc(loinc.code) for analyte in analytes() for loinc in analyte.loinc)


def test_every_unit_of_a_loinc_code_is_one_of_its_analyte_and_all_are_covered() -> None:
    for analyte in analytes():
        covered = {unit for loinc in analyte.loinc for unit in loinc.units}
        assert covered <= set(analyte.units), analyte.code
        of_our_code = {"{copies}/mL"} if analyte.group is AnalyteGroup.INFECTION else set()
        assert not analyte.loinc or covered == set(analyte.units) - of_our_code, analyte.code


def test_a_word_has_no_unit_and_a_number_has_one() -> None:
    for analyte in analytes():
        assert bool(analyte.units) is (analyte.result is not ResultKind.CODED), analyte.code


def test_no_code_is_read_as_missing_by_a_statistics_package() -> None:
    assert not {"NA", "N/A", "NULL", "NAN", ""} & {analyte.code for analyte in analytes()}
    assert listed_analyte("SODIUM").display == "sodium"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param("HGB", "HGB", id="our code"),
        pytest.param("718-7", "HGB", id="its LOINC"),
        pytest.param("59260-0", "HGB", id="its LOINC for substance"),
        pytest.param("104544-2", "FLC_KAPPA", id="a third LOINC"),
        pytest.param("SBCMA", "SBCMA", id="no LOINC known"),
    ],
)
def test_an_analyte_is_found_by_our_code_or_by_loinc(sent: str, code: str) -> None:
    assert listed_analyte(sent).code == code


@pytest.mark.parametrize(
    ("loinc", "code"),
    [
        pytest.param("753-4", "NEUT", id="neutrophils counted by hand"),
        pytest.param("804-5", "WBC", id="leukocytes counted by hand"),
        pytest.param("732-8", "LYMPH", id="lymphocytes counted by hand"),
        pytest.param("778-1", "PLT", id="platelets counted by hand"),
        pytest.param("712-0", "EOS", id="eosinophils counted by hand"),
        pytest.param("6298-4", "K", id="potassium of blood"),
        pytest.param("2947-0", "SODIUM", id="sodium of blood"),
        pytest.param("2339-0", "GLUC", id="glucose of blood, mass"),
        pytest.param("15074-8", "GLUC", id="glucose of blood, substance"),
        pytest.param("38483-4", "CREAT", id="creatinine of blood, mass"),
        pytest.param("59826-8", "CREAT", id="creatinine of blood, substance"),
        pytest.param("54363-7", "BILI", id="bilirubin of blood"),
        pytest.param("1743-4", "ALT", id="with pyridoxal phosphate"),
        pytest.param("38875-1", "INR", id="of plasma or blood"),
        pytest.param("770-8", None, id="neutrophils in per cent"),
        pytest.param("26511-6", None, id="neutrophils in per cent, unspecified"),
        pytest.param("768-2", None, id="segmented neutrophils without bands"),
        pytest.param("8123-2", None, id="T helper cells in per cent"),
        pytest.param("3091-6", None, id="urea in mass is no urea nitrogen"),
        pytest.param("14937-7", None, id="urea nitrogen in substance is no urea"),
        pytest.param("6598-7", None, id="troponin T of another assay"),
        pytest.param("10839-9", None, id="troponin I of another assay"),
        pytest.param("48058-2", None, id="D-dimer in D-dimer units"),
        pytest.param("2075-0", None, id="chloride, which is no analyte"),
    ],
)
def test_a_synonym_is_the_analyte_and_a_neighbour_of_another_quantity_is_not(
    loinc: str, code: str | None
) -> None:
    assert is_loinc(loinc)
    found = find_analyte(loinc)
    assert (found.code if found else None) == code


def test_a_synonym_has_the_units_of_its_kind_of_quantity() -> None:
    assert accepts_unit("59826-8", "umol/L")
    assert not accepts_unit("59826-8", "mg/dL")
    assert accepts_unit("38483-4", "mg/dL")
    assert not accepts_unit("38483-4", "umol/L")


def test_an_analyte_knows_what_it_is_measured_in() -> None:
    assert listed_analyte("CAR_QPCR").specimens == (
        Specimen.BLOOD,
        Specimen.BONE_MARROW,
        Specimen.CSF,
    )
    assert listed_analyte("IFE_U").specimens == (Specimen.URINE,)
    assert listed_analyte("MPROT_U24").specimens == (Specimen.URINE_24H,)


@pytest.mark.parametrize(
    ("code", "graded"),
    [
        pytest.param("NEUT", True, id="neutrophils"),
        pytest.param("GLUC", True, id="glucose: low values have numbers"),
        pytest.param("PHOS", False, id="phosphate: version 5 has no numbers"),
        pytest.param("CRP", False, id="no term"),
        pytest.param("EGFR", False, id="a clinician's term"),
    ],
)
def test_ctcae_grades_some_by_numbers(code: str, graded: bool) -> None:
    assert listed_analyte(code).ctcae_numbers is graded


def test_a_code_from_memory_says_so() -> None:
    assert listed_analyte("14804-9").loinc[1].trust is CodeTrust.UNCONFIRMED
    assert listed_analyte("HGB").loinc[0].trust is CodeTrust.CATALOGUED
    assert listed_analyte("IL10").loinc[0].trust is CodeTrust.NAMED


@pytest.mark.parametrize(
    ("code", "units"),
    [
        pytest.param("PH", ("[pH]",), id="a unit of its own size"),
        pytest.param("IFE_S", (), id="a word has none"),
        pytest.param("6299-2", None, id="LOINC outside the list: any"),
        pytest.param("LOCAL-1", None, id="local code: any"),
    ],
)
def test_units_accepted(code: str, units: tuple[str, ...] | None) -> None:
    assert accepted_units(code) == units


@pytest.mark.parametrize(
    ("code", "first", "also", "never"),
    [
        pytest.param("CREAT", "umol/L mg/dL", "mmol/L mg/L", "meq/L", id="our code: all"),
        pytest.param("2160-0", "mg/dL", "mg/L", "umol/L", id="LOINC of the mass"),
        pytest.param("14682-9", "umol/L", "mmol/L", "mg/dL", id="LOINC of the substance"),
        pytest.param("NTPROBNP", "ng/L", "pg/mL", "pmol/L", id="pg/mL are ng/L"),
        pytest.param("PCT", "ng/mL", "ug/L", "umol/L", id="ug/L are ng/mL"),
        pytest.param("IL15", "pg/mL", "ng/L", "[IU]/mL", id="ng/L are pg/mL"),
        pytest.param("DDIMER", "ug/L{FEU}", "mg/L{FEU} ug/mL{FEU}", "ug/L", id="with FEU alone"),
        pytest.param("SODIUM", "mmol/L", "meq/L", "mg/dL", id="one charge"),
        pytest.param("K", "mmol/L", "meq/L", "mg/dL", id="one charge, potassium"),
        pytest.param("BICARB", "mmol/L", "meq/L", "mg/dL", id="one charge, bicarbonate"),
        pytest.param("MG", "mmol/L", "mg/L", "meq/L", id="two charges"),
        pytest.param("CA_TOTAL", "mmol/L", "mg/L", "meq/L", id="two charges, calcium"),
        pytest.param("HBV_DNA", "[IU]/mL {copies}/mL", "[IU]/L", "U/mL", id="viral load"),
        pytest.param("CD4", "/uL", "10*6/L /mm3", "%", id="cells"),
        pytest.param("UPROT24", "mg/(24.h)", "mg/d g/d", "mg/L", id="a day"),
        pytest.param("INR", "{INR}", "1", "%", id="no dimension"),
    ],
)
def test_the_units_of_the_listed_sizes_are_accepted_and_no_others(
    code: str, first: str, also: str, never: str
) -> None:
    units = accepted_units(code)
    assert units is not None
    assert units[: len(first.split())] == tuple(first.split())
    assert set(also.split()) <= set(units)
    assert never not in units
    assert all(accepts_unit(code, unit) for unit in units)
    assert not accepts_unit(code, never)


@pytest.mark.parametrize(
    ("code", "unit", "listed", "ratio"),
    [
        pytest.param("NEUT", "{cells}/uL", "/uL", "1", id="a brace has no meaning"),
        pytest.param("NEUT", "10*9{cells}/L", "10*9/L", "1", id="wherever it stands"),
        pytest.param("NEUT", "10*3.{cells}/uL", "10*3/uL", "1", id="with its point"),
        pytest.param("HGB", "g{Hb}/L", "g/L", "1", id="of what"),
        pytest.param("PLT", "10*3/mm3", "10*9/L", "1", id="mm3"),
        pytest.param("SODIUM", "meq/L", "mmol/L", "1", id="one charge"),
        pytest.param("DDIMER", "mg/L{FEU}", "ug/L{FEU}", "1000", id="fibrinogen equivalents"),
        pytest.param("DDIMER", "mg{FEU}/L", "ug/L{FEU}", "1000", id="written after the mass"),
        pytest.param("NTPROBNP", "ng/mL", "ng/L", "1000", id="a thousandfold"),
        pytest.param("PCT", "ug/L", "ng/mL", "1", id="the same size"),
        pytest.param("CREAT", "mg/L", "mg/dL", "0.1", id="the nearest of two kinds"),
        pytest.param("CREAT", "mmol/L", "umol/L", "1000", id="the other kind"),
        pytest.param("EGFR", "mL/min/{1.73m2}", "mL/min/{1.73_m2}", "1", id="a body surface"),
        pytest.param("CMV_DNA", "{copies}/mL", "{copies}/mL", "1", id="copies stay copies"),
        pytest.param("DDIMER", "ug/L{DDU}", None, "", id="D-dimer units are no equivalents"),
        pytest.param("PLT", "10^9/L", None, "", id="another spelling"),
        pytest.param("EGFR", "mL/min", None, "", id="no body surface"),
    ],
)
def test_a_unit_is_read_in_a_listed_one(
    code: str, unit: str, listed: str | None, ratio: str
) -> None:
    read = analysed_in(listed_analyte(code), unit)
    if listed is None:
        assert read is None
    else:
        assert read == (listed, Decimal(ratio))


@pytest.mark.parametrize(
    ("code", "unit", "accepted"),
    [
        pytest.param("PLT", "10*9/L", True, id="listed"),
        pytest.param("PLT", "10^9/L", False, id="another spelling of it"),
        pytest.param("PLT", "G/l", False, id="a common abbreviation"),
        pytest.param("PLT", "10*9/l", False, id="another case"),
        pytest.param("2160-0", "umol/L", False, id="the other kind of quantity"),
        pytest.param("IFE_S", "g/L", False, id="a word with a unit"),
        pytest.param("6299-2", "mg/dL", True, id="outside the list, well formed"),
        pytest.param("6299-2", "mg per dL", False, id="outside the list, malformed"),
        pytest.param("OURS.1", "{score}", True, id="local code, well formed"),
    ],
)
def test_a_unit_is_taken_as_listed_or_not_at_all(code: str, unit: str, accepted: bool) -> None:
    assert accepts_unit(code, unit) is accepted


@pytest.mark.parametrize(
    ("code", "system"),
    [
        pytest.param("HGB", CodeSystem.LISTED, id="ours"),
        pytest.param("718-7", CodeSystem.LISTED, id="LOINC of the list"),
        pytest.param("6299-2", CodeSystem.LOINC, id="LOINC outside it"),
        pytest.param("6299-3", None, id="mistyped LOINC"),
        pytest.param("99999999-9", None, id="form of LOINC, too long"),
        pytest.param("HGB_POC", CodeSystem.LOCAL, id="local"),
        pytest.param("LIS.4711-a", CodeSystem.LOCAL, id="local with point and hyphen"),
        pytest.param("A" * 40, CodeSystem.LOCAL, id="longest local"),
        pytest.param("A" * 41, None, id="too long"),
        pytest.param("two words", None, id="space"),
        pytest.param("HGB\n", None, id="line end"),
        pytest.param("_x", None, id="begins with a mark"),
        pytest.param("血红蛋白", None, id="not in letters a sender's table can hold"),
        pytest.param("", None, id="empty"),
    ],
)
def test_where_a_code_comes_from(code: str, system: CodeSystem | None) -> None:
    assert code_system(code) is system


@pytest.mark.parametrize(
    "result",
    [
        "NEGATIVE",
        "POSITIVE",
        "NOT DETECTED",
        "DETECTED",
        "INDETERMINATE",
        "NORMAL",
        "ABNORMAL",
        "1:80",
        "1:2",
        "1:2560",
    ],
)
def test_a_result_in_words(result: str) -> None:
    assert is_qualitative(result)


@pytest.mark.parametrize(
    "result",
    ["negative", "NEG", "NOT_DETECTED", "1:080", "1:0", "2:80", "1:", "1:80\n", "80", "", "+"],
)
def test_no_result_in_words(result: str) -> None:
    assert not is_qualitative(result)
