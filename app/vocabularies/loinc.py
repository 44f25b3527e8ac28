"""The check digit of a LOINC code."""

import re
from typing import Final

NOTICE: Final = (
    "This material contains content from LOINC (http://loinc.org). LOINC is copyright © "
    "Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) "
    "Committee and is available at no cost under the license at http://loinc.org/license. LOINC® "
    "is a registered United States trademark of Regenstrief Institute, Inc."
)

_FORM = re.compile(r"([0-9]{1,7})-([0-9])")


def is_loinc(code: str) -> bool:
    """Tell whether ``code`` has the form of a LOINC code and the right check digit.

    The digit is that of the modulus 10 algorithm over the number. Whether LOINC ever gave out the
    code is not known here.

    Source: LOINC Users' Guide, annex on the check digit.
    """
    form = _FORM.fullmatch(code)
    return form is not None and _check_digit(form[1]) == int(form[2])


def _check_digit(number: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10
