"""Which unit was meant by one that is not taken, as laboratories write units.

Only what is known to be another spelling is named; likeness of letters is no likeness of sizes, and
``mg/L`` is one letter from ``ng/L``. Milliequivalents are millimoles of an ion of one charge alone:
for calcium, magnesium and phosphate no unit is named in their place.

Source: spellings in laboratory reports; the Joint Commission's list of abbreviations; UCUM 2.1.
"""

import re
from collections.abc import Sequence
from typing import Final

from app.vocabularies.ucum import is_ucum

_LETTERS: Final = str.maketrans(
    {
        "µ": "u",
        "μ": "u",
        "\N{MULTIPLICATION SIGN}": "",
        "⁹": "9",
        "³": "3",
        "⁶": "6",
        "¹": "1",
        "²": "2",
        "·": ".",
    }
)
_COUNTS: Final = (
    (r"(?:x|\*)?10(?:\^|\*\*|\*|e|exp)?(12|9|6|3)/l", r"10*\1/L"),
    (r"(?:x|\*)?10(?:\^|\*\*|\*|e|exp)?(6|3)/(?:ul|mm3|cumm|cmm)", r"10*\1/uL"),
    (r"(?:k|th|thou|thous|tsd|10\.e3)/(?:ul|mm3|cumm|cmm)", "10*3/uL"),
    (r"(?:m|mio|mil)/(?:ul|mm3|cumm|cmm)", "10*6/uL"),
    (r"(?:g|gpt|giga|bil|bio)/l", "10*9/L"),
    (r"(?:t|tpt|tera)/l", "10*12/L"),
    (r"(?:/|#/|cells?/|c/|1/|n/)(?:ul|mm3|cumm|cmm)", "/uL"),
    (r"(?:cop(?:y|ies)?|cps?|gc|geq)/(ml|ug)(?:dna|gdna)?", r"{copies}/\1"),
)
_SAME: Final = {
    "meq/l": ("meq/L",),
    "mval/l": ("meq/L",),
    "iu/l": ("U/L", "[IU]/L"),
    "iu/ml": ("[IU]/mL", "U/mL"),
    "kiu/l": ("k[IU]/L",),
    "ui/l": ("U/L", "[IU]/L"),
    "ui/ml": ("[IU]/mL",),
    "au/ml": ("[arb'U]/mL",),
    "ratio": ("{ratio}",),
    "inr": ("{INR}",),
    "ph": ("[pH]",),
    "sec": ("s",),
    "secs": ("s",),
    "second": ("s",),
    "seconds": ("s",),
    "percent": ("%",),
    "pct": ("%",),
    "g%": ("g/dL",),
    "gm/dl": ("g/dL",),
    "gr/dl": ("g/dL",),
    "gm/l": ("g/L",),
    "gr/l": ("g/L",),
    "mg%": ("mg/dL",),
    "cc": ("mL",),
    "ml/min/1.73m2": ("mL/min/{1.73_m2}",),
    "ml/min/1.73": ("mL/min/{1.73_m2}",),
    "ml/min": ("mL/min/{1.73_m2}",),
}
_A_DAY: Final = re.compile(r"([mu]?g)/(?:24h|24hr|24hrs|24hours|24std|day|d|24\.h)")
_FIBRINOGEN: Final = re.compile(r"(.*?)feu(.*)")


def meant_unit(written: str, allowed: Sequence[str]) -> str | None:
    """Give the allowed unit that another spelling of it stands for; None: it is not known.

    Args:
        written: what was sent, of any letters.
        allowed: UCUM units, the usual one first.
    """
    folded = _folded(written)
    return next((unit for unit in _candidates(folded) if unit in allowed), None) or next(
        (unit for unit in allowed if _folded(unit) == folded), None
    )


def with_meant_unit(message: str, written: str, allowed: Sequence[str]) -> str:
    """Give the words of a refusal with the unit that was meant, or the first ones allowed.

    What was sent is not repeated.
    """
    meant = meant_unit(written, allowed)
    if meant is not None:
        return f"{message}: here {meant}"
    return f"{message}: {', '.join(allowed[:8])}" if allowed else message


def meant_ucum(written: str) -> str | None:
    """Give a well-formed unit that another spelling stands for, without a list; None: not known."""
    folded = _folded(written)
    known = next(iter(_candidates(folded)), None)
    if known is not None:
        return known
    plain = written.translate(_LETTERS).replace("mcg", "ug").replace(" ", "")
    return plain if plain != written and is_ucum(plain) else None


def _folded(written: str) -> str:
    text = "".join(written[:80].translate(_LETTERS).casefold().split())
    text = text.replace("mcg", "ug").replace("litre", "l").replace("liter", "l")
    return text.translate(str.maketrans("", "", "{}[]()'\""))


def _candidates(folded: str) -> list[str]:
    if (fibrinogen := _FIBRINOGEN.fullmatch(folded)) is not None:
        mass = "".join(fibrinogen.groups())
        return [
            f"{unit}{{FEU}}" for unit in ("ug/L", "ng/mL", "mg/L", "ug/mL") if mass == unit.lower()
        ]
    found = list(_SAME.get(folded, ()))
    if a_day := _A_DAY.fullmatch(folded):
        found.append(f"{a_day[1]}/(24.h)")
    for spelling, unit in _COUNTS:
        if match := re.fullmatch(spelling, folded):
            found.append(match.expand(unit).replace("/ml", "/mL"))
    return found
