"""Times told in months and in years: how many days each has."""

from typing import Final

DAYS_PER_YEAR: Final = 365.25
DAYS_PER_MONTH: Final = 30.4375
"""A twelfth of a year, exactly."""


def in_days(months: float) -> float:
    """Give months in days: 36 months are 1095.75 days.

    Source: the trial's endpoint definitions, Kaplan-Meier and output contract.
    """
    return months * DAYS_PER_MONTH


def in_months(days: float) -> float:
    """Give days in months.

    Source: the trial's endpoint definitions, Kaplan-Meier and output contract.
    """
    return days / DAYS_PER_MONTH
