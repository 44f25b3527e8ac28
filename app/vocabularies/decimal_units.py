"""Units that differ by a power of ten only, so that a number can be restated without rounding.

``1 ng/mL`` is ``1 ug/L``, ``1 10*9/L`` is ``1000 /uL``. Mass and substance are never compared:
that takes a molar mass, and with it a decision.

Annotations that mean nothing are not looked at: ``{cells}/uL`` is ``/uL``. Units without a
dimension are one: ``{INR}`` is ``1``.

Source: The Unified Code for Units of Measure, version 2.1, tables 1 (prefixes) and 3 to 5.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from app.vocabularies.annotations import without_annotations

_PREFIXES: Final = {"k": 3, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_PART: Final = re.compile(r"([kdcmunpf]?)(mol|g|L|U|\[[^\]]+\])(\{[^}]+\})?")
_POWER: Final = re.compile(r"10\*([0-9]{1,2})")
_VOLUMES: Final = {"mm3": "uL", "cm3": "mL", "dm3": "L"}
_COPIES: Final = "{copies}"
_DIVISORS: Final = {_COPIES: frozenset({"L", "g"})}
"""What is below the line: a volume, and of copies also the mass of the DNA they were found in."""
_A_DAY: Final = ("/(24.h)", "/d")
_DIMENSIONLESS: Final = frozenset({"1", "{1}", "{INR}", "{ratio}"})


class _Scaled(NamedTuple):
    """A unit as a power of ten of another one."""

    power: int
    of: str


@lru_cache(maxsize=4096)
def decimal_ratio(unit: str, other: str) -> Decimal | None:
    """Give how many ``other`` make one ``unit``: a power of ten; None when it is none.

    Every unit is one of itself, whether its parts are known here or not.
    """
    if unit == other:
        return Decimal(1)
    one, two = _scaled(without_annotations(unit)), _scaled(without_annotations(other))
    if one is None or two is None or one.of != two.of:
        return None
    return Decimal(1).scaleb(one.power - two.power)


def _scaled(unit: str) -> _Scaled | None:
    if unit in _DIMENSIONLESS:
        return _Scaled(0, "1")
    for a_day in _A_DAY:
        if unit.endswith(a_day):
            amount = _part(unit.removesuffix(a_day))
            return amount and _Scaled(amount.power, f"{amount.of} a day")
    above, slash, below = unit.partition("/")
    if not slash:
        volume = _PART.fullmatch(above)
        return _part(above) if volume is not None and volume[2] == "L" else None
    amount, divisor = _part(above), _PART.fullmatch(_VOLUMES.get(below, below))
    if amount is None or divisor is None or divisor[2] not in _DIVISORS.get(amount.of, {"L"}):
        return None
    annotation = divisor[3] or ""
    return _Scaled(amount.power - _PREFIXES[divisor[1]], f"{amount.of}/{divisor[2]}{annotation}")


def _part(text: str) -> _Scaled | None:
    """Read what stands above the line: an amount, a power of ten, or nothing, which counts."""
    if text in {"", _COPIES}:
        return _Scaled(0, text)
    if count := _POWER.fullmatch(text):
        return _Scaled(int(count[1]), "")
    amount = _PART.fullmatch(text)
    if amount is None:
        return None
    return _Scaled(_PREFIXES[amount[1]], amount[2].replace("[iU]", "[IU]") + (amount[3] or ""))
