"""Which of the forms that there are a caller would rather have (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from typing import TypeVar

from fastapi import Request

from app.problems import MEDIA_TYPE, NotAcceptable

_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
FormT = TypeVar("FormT", bound=str)


def preferred(request: Request, offered: Sequence[FormT]) -> FormT:
    """Give the form with the greatest weight, of equals the one offered first.

    A form weighs what the most specific range that takes it in says; no Accept takes in everything.

    Raises:
        NotAcceptable: the caller takes none of them.

    Decision: who names the form of refusals alone has not chosen among the others, and gets the one
    offered first. The clients that openapi-generator makes name it wherever an answer is not JSON.
    """
    accept = ",".join(request.headers.getlist("accept")).lower()
    ranges = dict(_range(member) for member in accept.split(",") if member.strip())
    if not ranges.keys() - {MEDIA_TYPE}:
        return offered[0]
    best = max(offered, key=lambda form: _weight(form, ranges))
    if not _weight(best, ranges):
        raise NotAcceptable("Ask for one of the forms.", allowed=[str(form) for form in offered])
    return best


def _weight(form: str, ranges: dict[str, float]) -> float:
    whole, _, _ = form.partition("/")
    for one in (form, f"{whole}/*", "*/*"):
        if one in ranges:
            return ranges[one]
    return 0


def _range(member: str) -> tuple[str, float]:
    """Read one member of Accept; one whose weight cannot be read weighs nothing."""
    media_type, *parameters = (part.strip() for part in member.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            weight = _WEIGHT.fullmatch(parameter)
            return media_type, float(weight[1]) if weight else 0
    return media_type, 1
