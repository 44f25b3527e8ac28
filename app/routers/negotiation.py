"""Which of the forms and codings that there are a caller would rather have.

Source: RFC 9110, sections 12.4.2 (weights), 12.5.1 (Accept) and 12.5.3 (Accept-Encoding).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from fastapi import Request
from starlette.datastructures import MutableHeaders

from app.problems import MEDIA_TYPE, NotAcceptable

ANYTHING: Final = "*/*"
IDENTITY: Final = "identity"
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
    accept = ",".join(request.headers.getlist("accept"))
    if accept in {"", ANYTHING}:
        return offered[0]
    ranges = weights(accept)
    if not ranges.keys() - {MEDIA_TYPE}:
        return offered[0]
    best = max(offered, key=lambda form: _weight(form, ranges))
    if not _weight(best, ranges):
        raise NotAcceptable("Ask for one of the forms.", allowed=[str(form) for form in offered])
    return best


def preferred_coding(accepted: str | None, offered: Sequence[str]) -> str | None:
    """Give the content coding that an Accept-Encoding would rather have.

    Args:
        accepted: the header; None: it was not sent, which asks for nothing.
        offered: the codings there are, of equals the one to take first, without ``identity``.

    Returns:
        one of those offered, ``identity``, or None: the caller takes neither.

    Decision: a coding has to be named. ``*`` stands for the last of those offered, the one that
    everybody knows, because who writes it means any coding but seldom has every one.
    """
    if accepted is None:
        return IDENTITY
    asked = weights(accepted.replace("x-gzip", "gzip"))
    weighed = {coding: asked.get(coding, 0.0) for coding in offered}
    if offered and offered[-1] not in asked:
        weighed[offered[-1]] = asked.get("*", 0.0)
    best = max(offered, key=weighed.__getitem__, default=None)
    plain = asked.get(IDENTITY, None if asked.get("*") != 0 else 0.0)
    if best is not None and weighed[best] and weighed[best] >= (plain or 0.0):
        return best
    return None if plain == 0 else IDENTITY


def vary(headers: MutableHeaders, header: str) -> None:
    """Say once, in the headers of an answer, that it follows from a header of the request."""
    said = headers.get("vary", "")
    if header.lower() not in {one.strip().lower() for one in said.split(",")}:
        headers["vary"] = f"{said}, {header}" if said else header


def weights(header: str) -> dict[str, float]:
    """Read a list of weighed members, in small letters."""
    return dict(_range(member) for member in header.lower().split(",") if member.strip())


def _weight(form: str, ranges: Mapping[str, float]) -> float:
    whole, _, _ = form.partition("/")
    for one in (form, f"{whole}/*", ANYTHING):
        if one in ranges:
            return ranges[one]
    return 0


def _range(member: str) -> tuple[str, float]:
    """Read one member of a list; one whose weight cannot be read weighs nothing."""
    named, *parameters = (part.strip() for part in member.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            weight = _WEIGHT.fullmatch(parameter)
            return named, float(weight[1]) if weight else 0
    return named, 1
