"""British and American spellings, read as one.

CTCAE and LOINC are spelled the American way, and most centres outside America write the British
one. Both sides of a search are folded, so either finds the other, also while a word is being typed.
Nothing is stored in folded form.
"""

import re
from typing import Final

_FOLDED: Final = (
    # anaemia, haemoglobin, oedema, diarrhoea, oesophagus, paediatric
    (re.compile(r"ae(?=[cdmnstv]|\b)"), "e"),
    (re.compile(r"oe(?=[dm]|s[ot]|t[ao]|li)|(?<=[nh])oe(?=a|\b)"), "e"),
    # tumour, colour, behaviour, leucocyte, sulphate, hospitalisation, localised, ionised
    (re.compile(r"(?<=[bdilmv])our"), "or"),
    (re.compile(r"leuco"), "leuko"),
    (re.compile(r"sulph"), "sulf"),
    (re.compile(r"is(?=ation)|(?<=[ln])is(?=ed\b)"), "iz"),
)


def american(text: str) -> str:
    """Give a text in small letters in its American spelling.

    Decision: spellings are folded where the letters around them make them medical ones; a word in
    which both spellings have the same letters, such as *shoe*, is folded on both sides alike.
    """
    for british, spelling in _FOLDED:
        text = british.sub(spelling, text)
    return text
