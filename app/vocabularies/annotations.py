"""A UCUM unit without the annotations that say nothing of its size.

What stands in braces has no meaning to UCUM: ``{cells}/uL`` is ``/uL``, ``g{Hb}/L`` is ``g/L``. It
is stored as it was sent, and read without. A few annotations are all that tells two quantities
apart, and stay: copies from international units, fibrinogen equivalents from D-dimer units, a ratio
from a share, a filtration rate that is brought to a body surface.

Source: The Unified Code for Units of Measure, version 2.1, section 2.4 (annotations).
"""

import re
from functools import lru_cache
from typing import Final

_WITH_ITS_POINT: Final = re.compile(r"\.?(\{[!-z|~]+\})")
_COPIES: Final = re.compile(
    r"cp|cps|cop|copy|copies|(?:[a-z]+[_.-])?copies(?:[_.-][a-z]+)?", re.IGNORECASE
)
_FIBRINOGEN: Final = frozenset({"{FEU}", "{DDU}"})
_KEPT: Final = frozenset({"{INR}", "{ratio}", "{1}"})


@lru_cache(maxsize=4096)
def without_annotations(unit: str) -> str:
    """Give a unit without the annotations that have no meaning, the others as the lists have them.

    A unit that is nothing but such an annotation is left as it is: it has no other name.
    """
    if "{" not in unit:
        return unit
    fibrinogen = ""

    def read(found: re.Match[str]) -> str:
        nonlocal fibrinogen
        annotation = found[1]
        if annotation.upper() in _FIBRINOGEN:
            fibrinogen = annotation.upper()
            return ""
        if _COPIES.fullmatch(annotation[1:-1]):
            return found[0].replace(annotation, "{copies}")
        if "1.73" in annotation:
            return found[0].replace(annotation, "{1.73_m2}")
        return found[0] if annotation in _KEPT else ""

    plain = _WITH_ITS_POINT.sub(read, unit).removeprefix(".")
    return f"{plain}{fibrinogen}" if plain else unit
