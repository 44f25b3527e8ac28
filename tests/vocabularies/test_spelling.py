"""British and American spellings of the same word."""

import re

import pytest

from app.vocabularies import ctcae
from app.vocabularies.spelling import american

PAIRS = """
anaemia anemia | haemoglobin hemoglobin | leukaemia leukemia | hypokalaemia hypokalemia
haemorrhage hemorrhage | ischaemia ischemia | anaesthesia anesthesia | paediatric pediatric
gynaecomastia gynecomastia | faecal fecal | aetiology etiology | naevus nevus | caecum cecum
oedema edema | oesophagus esophagus | oestrogen estrogen | foetal fetal | coeliac celiac
diarrhoea diarrhea | dyspnoea dyspnea | apnoea apnea | amenorrhoea amenorrhea
haemophagocytic hemophagocytic | lymphohistiocytosis lymphohistiocytosis
tumour tumor | tumours tumors | colour color | behaviour behavior | odour odor
leucocyte leukocyte | leucopenia leukopenia | sulphate sulfate
hospitalisation hospitalization | generalised generalized | ionised ionized
neutropaenia neutropenia
"""


@pytest.mark.parametrize(
    ("british", "us"), [pair.split() for pair in re.split(r"[|\n]", PAIRS) if pair.strip()]
)
def test_both_spellings_are_read_as_one(british: str, us: str) -> None:
    assert american(british) == american(us)


@pytest.mark.parametrize(
    ("typed", "word"),
    [("anae", "anemia"), ("haem", "hemoglobin"), ("oed", "edema"), ("dyspnoe", "dyspnea")],
)
def test_a_word_is_found_while_it_is_typed(typed: str, word: str) -> None:
    assert american(word).startswith(american(typed))


@pytest.mark.parametrize(
    "word", ["aerosol", "toes", "four", "course", "disease", "raised", "poets"]
)
def test_other_words_stay_what_they_are(word: str) -> None:
    assert american(word) == word


def test_no_two_terms_become_one() -> None:
    terms = {american(term.term.casefold()) for term in ctcae.terms()}
    assert len(terms) == len(ctcae.terms())
