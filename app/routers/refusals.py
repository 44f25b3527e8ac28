"""How a refusal becomes an answer: a problem document, noted when the caller is known."""

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from app.problems import (
    MEDIA_TYPE,
    InvalidParameter,
    InvalidToken,
    NotFound,
    Problem,
    ValidationFailed,
)

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a member that is known here",
}


def as_problem(refusal: Problem | RequestValidationError) -> Problem:
    """Give the problem that says what a validation found, everything at once."""
    if isinstance(refusal, Problem):
        return refusal
    errors = refusal.errors()
    places = {error["loc"][0] for error in errors}
    if "path" in places:
        return NotFound("There is nothing at this address that you can see.")
    if "body" in places:
        return ValidationFailed(
            "Mend what is listed and send it again; nothing was stored.",
            errors=field_errors(error for error in errors if error["loc"][0] == "body"),
        )
    return InvalidParameter(
        "Mend the parameters that are listed.",
        errors=[
            {
                "parameter": str(error["loc"][1]) if len(error["loc"]) > 1 else "",
                "code": error["type"],
                "message": _message(error),
                **_allowed(error),
            }
            for error in errors
        ],
    )


def field_errors(errors: Any, skip: int = 1) -> list[dict[str, Any]]:
    """Write Pydantic's findings as pointers, codes and messages, without what was sent.

    Args:
        errors: what ``ValidationError.errors()`` gives.
        skip: how many leading parts of a location are not part of the document.
    """
    written: list[dict[str, Any]] = []
    for error in errors:
        place = _pointer(error["loc"][skip:])
        several = (error.get("ctx") or {}).get("errors")
        if several:
            written += [{**one, "pointer": place + one["pointer"]} for one in several]
            continue
        written.append(
            {
                "pointer": place,
                "code": error["type"],
                "message": _message(error),
                **_allowed(error),
            }
        )
    return written


async def answer(request: Request, problem: Problem) -> Response:
    """Answer with a problem; note it first when the caller is known.

    The note has a transaction of its own. When the database is away the refusal stands without it.
    """
    caller = getattr(request.state, "caller", None)
    if caller is not None and problem.status < 500:
        with contextlib.suppress(Problem):
            await request.app.state.service.database.service_value(
                "SELECT note_refusal($1, $2, $3, $4, $5)",
                caller.principal.id,
                caller.route,
                problem.status,
                problem.slug(),
                caller.request_id,
            )
    return write(problem, request.state.request_id)


def write(problem: Problem, request_id: str) -> Response:
    """Write a problem as an answer."""
    headers = dict(problem.headers)
    if isinstance(problem, InvalidToken):
        headers.setdefault("WWW-Authenticate", 'Bearer realm="dayzero", error="invalid_token"')
    return Response(
        problem.document(request_id), problem.status, headers=headers, media_type=MEDIA_TYPE
    )


def _message(error: Mapping[str, Any]) -> str:
    return str(_MESSAGES.get(error["type"], error["msg"]))


def _allowed(error: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    allowed = (error.get("ctx") or {}).get("allowed")
    return {"allowed": list(allowed)} if allowed else {}


def _pointer(location: Sequence[str | int]) -> str:
    """Write a location as a JSON pointer, ending before a member whose name is not a plain one."""
    pointer = ""
    for part in location:
        if isinstance(part, str) and not _PLAIN_NAME.fullmatch(part):
            break
        pointer += f"/{part}"
    return pointer
