"""How many days a month and a year have where a time is told in them."""

from typing import Final

DAYS_PER_YEAR: Final = 365.25
DAYS_PER_MONTH: Final = 30.4375
"""A twelfth of a year, exactly.

Source: the trial's endpoint definitions, Kaplan-Meier and output contract.
"""
