"""Units that differ by a power of ten only, so that a number can be restated without rounding.

``1 ng/mL`` is ``1 ug/L``, ``1 10*9/L`` is ``1000 /uL``. Mass and substance are never compared:
that takes a molar mass, and with it a decision.

Source: The Unified Code for Units of Measure, version 2.1, tables 1 (prefixes) and 3 to 5.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

_PREFIXES: Final = {"k": 3, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_PART: Final = re.compile(r"([kdcmunpf]?)(mol|g|L|U|\[[^\]]+\])(\{[^}]+\})?")
_POWER: Final = re.compile(r"10\*([0-9]{1,2})")
_AMOUNT_PER_DAY: Final = "/(24.h)"
_CELLS: Final = "{cells}"
"""An annotation, which is no unit: ``{cells}/uL`` is ``/uL``."""


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
    one, two = _scaled(unit), _scaled(other)
    if one is None or two is None or one.of != two.of:
        return None
    return Decimal(1).scaleb(one.power - two.power)


def _scaled(unit: str) -> _Scaled | None:
    if unit.endswith(_AMOUNT_PER_DAY):
        amount = _part(unit.removesuffix(_AMOUNT_PER_DAY))
        return amount and _Scaled(amount.power, amount.of + _AMOUNT_PER_DAY)
    above, slash, below = unit.partition("/")
    volume = _PART.fullmatch(below)
    amount = _part(above)
    if not slash or amount is None or volume is None or volume[2] != "L":
        return None
    annotation = volume[3] or ""
    return _Scaled(amount.power - _PREFIXES[volume[1]], f"{amount.of}/L{annotation}")


def _part(text: str) -> _Scaled | None:
    """Read what stands above the line: an amount, a power of ten, or nothing, which counts."""
    if text in {"", _CELLS}:
        return _Scaled(0, "")
    if count := _POWER.fullmatch(text):
        return _Scaled(int(count[1]), "")
    amount = _PART.fullmatch(text)
    return _Scaled(_PREFIXES[amount[1]], amount[2] + (amount[3] or "")) if amount else None
