"""How a refusal becomes an answer: a problem document, noted when the caller is known."""

import contextlib

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from app.problems import (
    BEARER,
    MEDIA_TYPE,
    InvalidParameter,
    InvalidToken,
    NotFound,
    Problem,
    ValidationFailed,
)
from app.schemas.record_errors import allowed_by, field_errors, message_of


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
                "message": message_of(error),
                **allowed_by(error),
            }
            for error in errors
        ],
    )


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
        headers.setdefault("WWW-Authenticate", f'{BEARER}, error="invalid_token"')
    return Response(
        problem.document(request_id), problem.status, headers=headers, media_type=MEDIA_TYPE
    )
