"""Reads JSON without forgiving anything."""


class NumberWithExponent:
    """A JSON number written with an exponent, which no clinical number is.

    It keeps nothing of what was sent, so that no field can take it for a number by mistake.
    """
