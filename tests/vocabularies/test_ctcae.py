"""The terms and grades of CTCAE 5.0."""

import pytest

from app.vocabularies.ctcae import (
    ToxicityGrade,
    find_term,
    how_to_write,
    nearest_terms,
    system_organ_classes,
    terms,
)
from app.vocabularies.usual_names import (
    BLOOD,
    IMMUNE,
    IN_WORDS,
    NERVOUS,
    ORGANS,
    USUAL_NAMES,
    USUAL_NAMES_OF_SEVERAL,
)


def test_version_5_has_837_terms_in_26_organ_classes() -> None:
    assert len(terms()) == len({term.term for term in terms()}) == 837
    assert len(system_organ_classes()) == 26


def test_every_organ_class_has_one_other_specify_term() -> None:
    specify = [term for term in terms() if term.other_specify]
    assert {term.soc for term in specify} == set(system_organ_classes())
    assert len(specify) == 26
    assert {term for term in terms() if term.term.endswith(" - Other, specify")} == set(specify)


@pytest.mark.parametrize(
    ("term", "grades"),
    [
        pytest.param("Cytokine release syndrome", "12345", id="all five"),
        pytest.param("Febrile neutropenia", "345", id="from 3"),
        pytest.param("Cyanosis", "2", id="2 alone"),
        pytest.param("Death NOS", "5", id="5 alone"),
        pytest.param("Eosinophilia", "13", id="with a gap"),
        pytest.param("Asystole", "145", id="with two"),
        pytest.param("Fatigue", "123", id="never fatal"),
        pytest.param("Neutrophil count decreased", "1234", id="no grade 5"),
    ],
)
def test_a_term_has_only_its_own_grades(term: str, grades: str) -> None:
    found = find_term(term)
    assert found is not None
    assert found.grades == tuple(ToxicityGrade(int(grade)) for grade in grades)


def test_grades_are_ascending_numbers() -> None:
    assert all(term.grades and list(term.grades) == sorted(term.grades) for term in terms())
    assert max(ToxicityGrade.SEVERE, ToxicityGrade.DEATH) is ToxicityGrade.DEATH


@pytest.mark.parametrize(
    "spelling",
    [
        "Febrile neutropenia",
        "febrile NEUTROPENIA",
        "  Febrile \t neutropenia\n",
        "Febrile\N{NO-BREAK SPACE}neutropenia",
    ],
)
def test_a_term_is_found_whatever_its_case_and_spacing(spelling: str) -> None:
    found = find_term(spelling)
    assert found is not None
    assert found.term == "Febrile neutropenia"
    assert found.soc == "Blood and lymphatic system disorders"
    assert found.meddra_code == "10016288"
    assert not found.other_specify


@pytest.mark.parametrize("spelling", ["", "Neutropenia", "Febrileneutropenia", "ICANS"])
def test_an_unpublished_term_is_not_found(spelling: str) -> None:
    assert find_term(spelling) is None


@pytest.mark.parametrize(
    ("spelling", "published"),
    [
        pytest.param("Febrile neutropaenia", "Febrile neutropenia", id="British ae"),
        pytest.param("Oedema limbs", "Edema limbs", id="British oe"),
        pytest.param("Diarrhoea", "Diarrhea", id="British diarrhoea"),
        pytest.param("Anemai", "Anemia", id="letters swapped"),
        pytest.param("cytokine storm", "Cytokine release syndrome", id="one word right"),
        pytest.param("Neutropenia", "Neutrophil count decreased", id="what a ward calls it"),
        pytest.param("Thrombocytopaenia", "Platelet count decreased", id="that, in British"),
        pytest.param("ICANS", NERVOUS, id="no own term"),
        pytest.param(
            "Immune effector cell-associated neurotoxicity syndrome", NERVOUS, id="in full"
        ),
        pytest.param("immune effector cell associated neurotoxicity", NERVOUS, id="no hyphen"),
        pytest.param("ICANS grade 3", NERVOUS, id="with its grade"),
        pytest.param("HLH", IMMUNE, id="haemophagocytosis, short"),
        pytest.param("Haemophagocytic lymphohistiocytosis", IMMUNE, id="that, in full British"),
        pytest.param("Hemophagocytic lymphohistiocytosis", IMMUNE, id="that, in full American"),
        pytest.param("Macrophage activation syndrome", IMMUNE, id="by its other name"),
        pytest.param("IEC-HS", IMMUNE, id="as ASTCT has it"),
        pytest.param("Hypogammaglobulinaemia", IMMUNE, id="British"),
        pytest.param("CRS", "Cytokine release syndrome", id="short"),
        pytest.param("Thrombocytopenia", "Platelet count decreased", id="American"),
        pytest.param("Thrombopenia", "Platelet count decreased", id="continental"),
        pytest.param("Neutropaenia", "Neutrophil count decreased", id="British ae"),
        pytest.param("Febrile neutropenia grade 3", "Febrile neutropenia", id="a longer term"),
        pytest.param("Anaemia", "Anemia", id="British anaemia"),
        pytest.param("Leucopenia", "White blood cell decreased", id="British leuco"),
        pytest.param("Lymphopenia", "Lymphocyte count decreased", id="lymphopenia"),
        pytest.param("Pyrexia", "Fever", id="MedDRA's fever"),
        pytest.param("neurotoxicty", NERVOUS, id="a letter lost"),
        pytest.param("B-cell aplasia", BLOOD, id="not dysphasia"),
        pytest.param("Prolonged cytopenia", "Neutrophil count decreased", id="not an aPTT"),
        pytest.param(
            "immune effector cell-associated haematotoxicity",
            "Neutrophil count decreased",
            id="ICAHT is no ICANS",
        ),
        pytest.param(
            "immune effector cell-associated enterocolitis", "Enterocolitis", id="nor is this"
        ),
        pytest.param(
            "CMV reactivation", "Cytomegalovirus infection reactivation", id="the virus named"
        ),
        pytest.param("HBV reactivation", "Hepatitis B reactivation", id="the other virus"),
        pytest.param("renal trouble", "Renal colic", id="an organ"),
        pytest.param("Hepatopathy", "Hepatobiliary disorders - Other, specify", id="no more"),
    ],
)
def test_a_refused_term_meets_the_one_it_meant_first(spelling: str, published: str) -> None:
    assert nearest_terms(spelling)[0] == published


def test_a_suggestion_of_another_organ_class_is_never_first() -> None:
    """Each root of an organ, in words that no term has."""
    for root, soc in ORGANS.items():
        for asked in (f"{root}otoxic syndrome", f"{root} complication of treatment"):
            first = find_term(nearest_terms(asked)[0])
            assert first is not None
            assert first.soc == soc or asked.startswith("neuro"), asked


@pytest.mark.parametrize("spelling", ["coagulopathy", "hyperferritinaemia"])
def test_the_end_of_a_word_alone_suggests_no_term_of_another_organ(spelling: str) -> None:
    assert nearest_terms(spelling) == ()


def test_a_name_of_several_terms_meets_the_laboratory_name_of_each() -> None:
    found = nearest_terms("Pancytopenia")
    assert {"Neutrophil count decreased", "Platelet count decreased", "Anemia"} <= {*found[:3]}
    assert all(find_term(term) for terms in USUAL_NAMES_OF_SEVERAL.values() for term in terms)
    assert nearest_terms("pancytopenia", limit=1) == ("Neutrophil count decreased",)


def test_what_has_no_term_is_told_how_to_write_it() -> None:
    for name in ("ICANS", "Immune effector cell-associated neurotoxicity syndrome"):
        words = how_to_write(name)
        assert words is not None
        assert "other_specify" in words
        assert "astct" in words
    assert how_to_write("Haemophagocytic lymphohistiocytosis") == IN_WORDS["hlh"]
    assert how_to_write("Thrombocytopenia") is None
    assert how_to_write("") is None


def test_nearest_terms_are_published_few_and_different() -> None:
    nearest = nearest_terms("infection", limit=3)
    assert len(nearest) == len(set(nearest)) == 3
    assert all(find_term(term) for term in nearest)
    assert len(nearest_terms("neutropenia", limit=1)) == 1


@pytest.mark.parametrize("spelling", ["", "   ", "qqqq", "发热", "\N{NO-BREAK SPACE}"])
def test_nothing_is_near_to_what_is_like_no_term(spelling: str) -> None:
    assert nearest_terms(spelling) == ()


def test_only_the_first_hundred_characters_are_compared() -> None:
    at_limit = "anemia" + " " * 94
    assert nearest_terms(at_limit + "cardiac arrest") == nearest_terms("anemia")
    assert nearest_terms(at_limit[:-15] + " cardiac arrest") != nearest_terms("anemia")


def test_every_usual_name_leads_to_a_published_term() -> None:
    assert all(find_term(published) for published in USUAL_NAMES.values())
    assert all(find_term(name) is None for name in USUAL_NAMES)


@pytest.mark.parametrize("name", USUAL_NAMES)
def test_a_usual_name_meets_its_term_once(name: str) -> None:
    nearest = nearest_terms(name)
    assert len(nearest) == len(set(nearest))


def test_no_grade_description_is_shipped() -> None:
    """The table holds names and codes: the longest cell is a term or an organ class."""
    assert max(len(term.term) for term in terms()) == 84
    assert max(len(soc) for soc in system_organ_classes()) < 70
