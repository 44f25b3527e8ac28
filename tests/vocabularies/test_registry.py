"""The vocabularies as the service lists and searches them."""

import inspect
import json
import pkgutil
from dataclasses import replace
from enum import Enum
from importlib import import_module

import pytest

import app.vocabularies
from app.vocabularies import accepted_units, cdisc, kinetics, laboratory
from app.vocabularies.concept import Concept
from app.vocabularies.registry import MEDDRA_NOTICE, VOCABULARIES, find_vocabulary
from app.vocabularies.taken_units import taken_units
from app.vocabularies.ucum import is_ucum
from app.vocabularies.vocabulary import Entry, Vocabulary

EVERY = [vocabulary for versions in VOCABULARIES.values() for vocabulary in versions]


def known(name: str) -> Vocabulary:
    vocabulary = find_vocabulary(name)
    assert vocabulary is not None
    return vocabulary


def declared_enums() -> set[type[Enum]]:
    modules = [
        import_module(f"app.vocabularies.{module.name}")
        for module in pkgutil.iter_modules(app.vocabularies.__path__)
    ]
    return {
        member
        for module in modules
        for member in vars(module).values()
        if inspect.isclass(member)
        and issubclass(member, Enum)
        and member.__module__ == module.__name__
    } - {Concept}


def test_every_enum_of_the_package_is_served() -> None:
    served = {frozenset(entry.code for entry in vocabulary.entries) for vocabulary in EVERY}
    for enum in declared_enums():
        assert frozenset(str(member.value) for member in enum) in served, enum.__name__


def test_every_concept_has_a_code_and_a_display_of_its_own() -> None:
    for vocabulary in EVERY:
        codes = [entry.code for entry in vocabulary.entries]
        assert len(codes) == len(set(codes)) > 0, vocabulary.name
        assert all(entry.code and entry.display for entry in vocabulary.entries), vocabulary.name


def test_every_vocabulary_says_version_title_and_source() -> None:
    for vocabulary in EVERY:
        assert vocabulary.version, vocabulary.name
        assert vocabulary.source, vocabulary.name
        assert vocabulary.title.endswith("."), vocabulary.name
        assert "``" not in vocabulary.title, vocabulary.name


def test_names_are_fit_for_a_path() -> None:
    assert all(name.replace("-", "").isascii() and name == name.lower() for name in VOCABULARIES)
    assert list(VOCABULARIES) == sorted(VOCABULARIES)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("response-category", "IMWG 2016"),
        ("mrd-status", "IMWG 2016"),
        ("ctcae-term", "CTCAE 5.0"),
        ("toxicity-grade", "CTCAE 5.0"),
        ("consciousness-level", "ASTCT 2019"),
        ("astct-grade", "ASTCT 2019"),
        ("outcome", "CDISC SDTM CT 2022-09-30"),
        ("therapy-kind", "Day Zero 2026-11"),
    ],
)
def test_a_list_is_in_the_version_of_whoever_publishes_it(name: str, version: str) -> None:
    assert known(name).version == version


def test_a_vocabulary_is_found_by_name_and_version() -> None:
    current = known("ctcae-term")
    assert find_vocabulary("ctcae-term", "CTCAE 5.0") is current
    assert find_vocabulary("ctcae-term", "CTCAE 6.0") is None
    assert find_vocabulary("no-such-list") is None
    assert find_vocabulary("no-such-list", "CTCAE 5.0") is None


def test_a_term_says_its_class_its_grades_and_whether_it_wants_words() -> None:
    (entry,) = (one for one in known("ctcae-term").entries if one.code == "Febrile neutropenia")
    assert entry.properties == {
        "soc": "Blood and lymphatic system disorders",
        "grades": (3, 4, 5),
        "other_specify": False,
        "meddra_llt": "10016288",
    }


def test_an_analyte_says_its_units_and_codes() -> None:
    (entry,) = (one for one in known("analyte").entries if one.code == "LDH")
    units = entry.properties["units"]
    assert isinstance(units, tuple)
    assert units[0] == "U/L"
    assert "kU/L" in units
    assert entry.properties["loinc"] == ("2532-0", "14804-9", "14805-6")
    assert entry.properties["loinc_unconfirmed"] == ("14804-9", "14805-6")
    assert entry.properties["ctcae_numbers"] is True


def test_a_unit_says_what_it_is_accepted_for() -> None:
    entries = {entry.code: entry for entry in known("units").entries}
    copies = entries["{copies}/ug"]
    assert copies.properties == {
        "analytes": ("CAR_QPCR",), "first_for": ("CAR_QPCR",), "kinetics_methods": ("qpcr",),
    }  # fmt: skip
    assert "g of genomic DNA" in copies.display
    assert "HGB" in entries["g/dL"].properties["analytes"]
    assert "HGB" not in entries["g/dL"].properties["first_for"]
    for analyte in laboratory.analytes():
        accepted = {
            code for code, unit in entries.items() if analyte.code in unit.properties["analytes"]
        }
        assert accepted == set(taken_units(analyte.units, analyte.code)), analyte.code
        first = {
            code for code, unit in entries.items() if analyte.code in unit.properties["first_for"]
        }
        assert first == set(analyte.units[:1]), analyte.code
    for method, units in kinetics.UNITS.items():
        assert {
            code for code, unit in entries.items() if method in unit.properties["kinetics_methods"]
        } == set(taken_units(units))
    for code, unit in entries.items():
        assert is_ucum(code), code
        assert unit.properties["analytes"] or unit.properties["kinetics_methods"]


def test_every_unit_is_read_in_words_of_its_own() -> None:
    """A unit that the analyte list gains wants a reading too."""
    assert {unit.code for unit in accepted_units.accepted_units()} == set(accepted_units.READ)


def test_a_grade_is_a_number_with_its_name() -> None:
    grades = known("toxicity-grade").entries
    assert [(grade.code, grade.display) for grade in grades][3:] == [
        ("4", "life threatening"),
        ("5", "death"),
    ]


def test_loinc_and_meddra_are_given_with_their_notices() -> None:
    notice = known("analyte").notice
    assert notice is not None
    assert "Regenstrief Institute" in notice
    assert "http://loinc.org/license" in notice
    assert known("ctcae-term").notice == MEDDRA_NOTICE
    assert known("response-category").notice is None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        pytest.param("response-category", "PR", "PR", id="the code itself, before others with it"),
        pytest.param("response-category", "complete", "CR", id="display that begins so"),
        pytest.param("analyte", "k", "K", id="one letter"),
        pytest.param("analyte", "2160-0", "CREAT", id="a LOINC code"),
        pytest.param("analyte", "creat", "CREAT", id="beginning of a code"),
        pytest.param("ctcae-term", "NEUTRO", "Neutrophil count decreased", id="case"),
        pytest.param("ctcae-term", "Fébrile", "Febrile neutropenia", id="accent"),
        pytest.param("ctcae-term", "thrombocytopenia", "Platelet count decreased", id="ward"),
        pytest.param("ctcae-term", "syndrome cytokine", "Cytokine release syndrome", id="order"),
        pytest.param("ctcae-term", "  anemia ", "Anemia", id="spaces"),
        pytest.param("ctcae-term", "anaemia", "Anemia", id="British anaemia"),
        pytest.param("ctcae-term", "anae", "Anemia", id="anaemia as far as it is typed"),
        pytest.param("ctcae-term", "oedema limbs", "Edema limbs", id="British oedema"),
        pytest.param("ctcae-term", "leukopenia", "White blood cell decreased", id="ward, American"),
        pytest.param("ctcae-term", "leucopenia", "White blood cell decreased", id="ward, British"),
        pytest.param("ctcae-term", "neutropaenia", "Neutrophil count decreased", id="neutropaenia"),
        pytest.param("ctcae-term", "diarrhoea", "Diarrhea", id="diarrhoea"),
        pytest.param("ctcae-term", "dyspnoea", "Dyspnea", id="dyspnoea"),
        pytest.param("ctcae-term", "oesophageal pain", "Esophageal pain", id="oesophagus"),
        pytest.param("ctcae-term", "tumour pain", "Tumor pain", id="tumour"),
        pytest.param("ctcae-term", "haematuria", "Hematuria", id="haematuria"),
        pytest.param("ctcae-term", "paraesthesia", "Paresthesia", id="paraesthesia"),
        pytest.param("analyte", "haemoglobin", "HGB", id="an analyte, British"),
        pytest.param("analyte", "hemoglobin", "HGB", id="an analyte, American"),
        pytest.param("analyte", "tumor necrosis", "TNFA", id="an American tumour"),
        pytest.param("analyte", "international normalized", "INR", id="an American ending"),
        pytest.param("units", "10^9/L", "10*9/L", id="a unit as it is typed elsewhere"),
        pytest.param("units", "10⁹/L", "10*9/L", id="a unit as it is printed"),
        pytest.param("units", "µmol/L", "umol/L", id="a unit with a micro sign"),
        pytest.param("units", "IU/mL", "[IU]/mL", id="a unit without its brackets"),
        pytest.param("units", "crp", "mg/L", id="the units of an analyte"),
    ],
)
def test_a_search_finds_first_what_was_meant(name: str, text: str, found: str) -> None:
    assert known(name).search(text, limit=5)[0].code == found


def test_a_search_ranks_what_it_finds() -> None:
    ranked = Vocabulary(
        name="ranks",
        version="1",
        title="Places of a word, worst first.",
        source="this test",
        notice=None,
        entries=(
            Entry("01", "inside: xpain"),
            Entry("02", "inside once more: xpain"),
            Entry("03", "a word: painful"),
            Entry("04", "painful, a display that begins so"),
            Entry("pain-05", "a code that begins so"),
            Entry("06", "another name is it", also=("pain",)),
            Entry("07", "pain"),
            Entry("pain", "the code itself"),
        ),
    )
    found = [entry.code for entry in ranked.search("Pain", limit=10)]
    assert found == ["pain", "06", "07", "pain-05", "04", "03", "01", "02"]


def test_a_search_needs_every_word() -> None:
    codes = {entry.code for entry in known("ctcae-term").search("count decreased", limit=50)}
    assert "Platelet count decreased" in codes
    assert "Fibrinogen decreased" not in codes
    assert known("ctcae-term").search("count xyzzy", limit=50) == ()


def test_a_search_for_nothing_gives_the_published_order_up_to_the_limit() -> None:
    terms = known("ctcae-term")
    assert terms.search("", limit=3) == terms.entries[:3]
    assert terms.search("  ", limit=10_000) == terms.entries


def test_a_digest_tells_any_difference() -> None:
    grades = known("toxicity-grade")
    assert len(grades.digest) == 64
    assert replace(grades).digest == grades.digest
    first = grades.entries[0]
    others = [
        replace(grades, version="CTCAE 6.0"),
        replace(grades, title="Other."),
        replace(grades, notice="Notice."),
        replace(grades, entries=grades.entries[1:]),
        replace(grades, entries=(replace(first, code="0"), *grades.entries[1:])),
        replace(grades, entries=(replace(first, display="x"), *grades.entries[1:])),
        replace(grades, entries=(replace(first, properties={"a": 1}), *grades.entries[1:])),
        replace(grades, entries=(replace(first, also=("x",)), *grades.entries[1:])),
    ]
    assert len({grades.digest, *(other.digest for other in others)}) == len(others) + 1


def test_digests_of_all_vocabularies_differ() -> None:
    assert len({vocabulary.digest for vocabulary in EVERY}) == len(EVERY)


def test_everything_served_is_json() -> None:
    for vocabulary in EVERY:
        for entry in vocabulary.entries:
            json.dumps([entry.code, entry.display, dict(entry.properties)])


def test_every_seriousness_criterion_has_its_flag() -> None:
    flags = cdisc.SERIOUSNESS_FLAGS
    assert len(set(flags.values())) == len(flags) == 6
    for criterion, flag in flags.items():
        assert criterion.display.endswith(f"({flag})")
