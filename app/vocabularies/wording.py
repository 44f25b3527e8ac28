"""How a count and the limits of a time are said, in every caption and every report alike."""

from typing import Final

NOT_REACHED: Final = "not reached"
"""What is said of a time or a limit that the curve does not reach."""


def counted(n: int, one: str, many: str | None = None) -> str:
    """Say how many there are: ``1 event``, ``2 events``.

    Args:
        n: how many.
        one: what one is called.
        many: what none or several are called; None: the same with an ``s``.
    """
    return f"{n} {one if n == 1 else many or f'{one}s'}"


def between(lower: str | None, upper: str | None, absent: str = NOT_REACHED) -> str:
    """Say from where to where an estimate lies.

    Args:
        lower: the lower limit; None: there is none.
        upper: the upper limit; None: there is none.
        absent: what is said of a limit that there is not, and once for both.
    """
    if lower is None and upper is None:
        return absent
    return f"{lower or absent} to {upper or absent}"
