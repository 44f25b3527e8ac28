"""The form of an origin as browsers send it (RFC 6454)."""

import re
from typing import Final

_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?")


def is_origin(text: str) -> bool:
    """Tell whether a text is one origin: scheme, host in small letters, perhaps a port."""
    return _ORIGIN.fullmatch(text) is not None
