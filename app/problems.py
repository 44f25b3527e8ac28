"""Refusals, as RFC 9457 problem details: one class a problem, with its status and title.

The facts of a refusal travel as members of the document. A problem never carries a value that the
caller sent: it names the place and what would be right there.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NotRequired, TypedDict

MEDIA_TYPE = "application/problem+json"


class FieldError(TypedDict):
    """One thing that is wrong at one place of the request."""

    pointer: str
    code: str
    message: str
    allowed: NotRequired[Sequence[str]]


class Problem(Exception):  # noqa: N818 - a refusal, not an error of ours
    """A refusal. Subclasses give the status and the title; instances give the facts.

    Args:
        detail: what happened this time and what would be right, as a sentence.
        headers: headers that go with the answer, such as ``Retry-After``.
        members: further members of the document.
    """

    status: ClassVar[int] = 500
    title: ClassVar[str] = "The service failed"

    def __init__(
        self, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    @classmethod
    def slug(cls) -> str:
        """Give the last segment of the problem's type, made from the name of the class."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def example(cls) -> dict[str, Any]:
        """Give what a document of this problem looks like."""
        return {
            "type": f"/problems/{cls.slug()}",
            "title": cls.title,
            "status": cls.status,
            "detail": " ".join((cls.__doc__ or "").replace("``", "`").split()),
            "request_id": "0199d2c8-6f0e-7c2a-9d7e-4a5b6c7d8e9f",
        }

    def document(self, request_id: str) -> bytes:
        """Write the problem as JSON."""
        return json.dumps(
            {
                "type": f"/problems/{self.slug()}",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "request_id": request_id,
                **self.members,
            },
            ensure_ascii=False,
        ).encode()


class BadRequest(Problem):
    """What arrived is no request of HTTP/1.1."""

    status = 400
    title = "The request is not well-formed"


class MalformedJson(Problem):
    """The body is no JSON text that the service could take at its word."""

    status = 400
    title = "The body is not well-formed JSON"


class UnknownParameter(Problem):
    """The query has a parameter that the route does not know."""

    status = 400
    title = "The query has a parameter that is not known here"


class InvalidParameter(Problem):
    """A parameter of the query or a header cannot be read."""

    status = 400
    title = "A parameter cannot be read"


class IdempotencyKeyMissing(Problem):
    """A create or void came without ``Idempotency-Key``."""

    status = 400
    title = "The request needs an Idempotency-Key"


class InvalidToken(Problem):
    """Nobody the service knows is calling."""

    status = 401
    title = "The access token is missing or not valid"


class NotPermitted(Problem):
    """The caller may see this but not do it."""

    status = 403
    title = "The role does not allow this"


class InsufficientScope(Problem):
    """The caller's role would allow it, but the token was not issued for it."""

    status = 403
    title = "The token's scope does not cover this"


class NotFound(Problem):
    """Nothing that the caller may see is here."""

    status = 404
    title = "There is nothing here that you can see"


class MethodNotAllowed(Problem):
    """The address exists, the method does not."""

    status = 405
    title = "The method is not offered here"


class NotAcceptable(Problem):
    """The service cannot answer in a form that the caller accepts."""

    status = 406
    title = "No acceptable form of the answer exists"


class RequestTimeout(Problem):
    """The request did not arrive in time."""

    status = 408
    title = "The request took too long to arrive"


class IdempotencyKeyInFlight(Problem):
    """Another request with the same key has not ended yet."""

    status = 409
    title = "A request with this Idempotency-Key is still running"


class SourceIdTaken(Problem):
    """The centre has already sent a record of this kind under this source_id."""

    status = 409
    title = "The source_id belongs to another record"


class HistoryRewound(Problem):
    """The place in the ledger is one that this database has never come to."""

    status = 409
    title = "The ledger does not reach so far"


class EnrolmentClosed(Problem):
    """Every slot of the trial is taken."""

    status = 409
    title = "The trial has no slot left"


class LotAlreadyInfused(Problem):
    """The same part of the same lot was given to another subject that the caller sees."""

    status = 409
    title = "The lot was given to another subject"


class RecordsStand(Problem):
    """Records of the subject stand that would be left without an enrolment."""

    status = 409
    title = "Other records of the subject stand"


class RecordVoided(Problem):
    """The record was voided and takes no further version."""

    status = 409
    title = "The record is voided"


class StaleVersion(Problem):
    """The record moved on after the caller read it."""

    status = 412
    title = "The record has a newer version"


class BodyTooLarge(Problem):
    """The body is larger than the route takes."""

    status = 413
    title = "The body is too large"


class UriTooLong(Problem):
    """The address is longer than any of the service's."""

    status = 414
    title = "The address is too long"


class UnsupportedMediaType(Problem):
    """The body is in a form that the route does not take."""

    status = 415
    title = "The body is in a form that is not taken here"


class ValidationFailed(Problem):
    """The body is JSON, but not what a record of this kind can say."""

    status = 422
    title = "The request says something it cannot mean"


class IdempotencyKeyReused(Problem):
    """The key was used before, for another request."""

    status = 422
    title = "The Idempotency-Key belongs to another request"


class AsOfInTheFuture(Problem):
    """Nobody knows yet what the database will know then."""

    status = 422
    title = "as_of lies in the future"


class CutoffAfterAsOf(Problem):
    """Nobody can have known then what happened on a day that had not come anywhere."""

    status = 422
    title = "cutoff is later than the day of as_of"


class ImportRejected(Problem):
    """An import that was to be stored whole has lines that cannot be stored."""

    status = 422
    title = "The import was not stored"


class IfMatchMissing(Problem):
    """A change came without saying which version it is based on."""

    status = 428
    title = "The request needs If-Match"


class TooManyRequests(Problem):
    """The caller asks faster than it may."""

    status = 429
    title = "Too many requests"


class HeadTooLarge(Problem):
    """The request has more or longer headers than any request here needs."""

    status = 431
    title = "The headers are too large"


class InternalError(Problem):
    """The service met something it did not expect."""


class DatabaseUnavailable(Problem):
    """The database cannot be reached; nothing was stored."""

    status = 503
    title = "The database is away"


class OutcomeUnknown(Problem):
    """The database went away while it was storing; the same key tells what became of it."""

    status = 503
    title = "It is not known whether the change was stored"


class Overloaded(Problem):
    """The service has more to do than it can."""

    status = 503
    title = "The service is busy"


class StorageFull(Problem):
    """The database has no room left to store anything; what is stored can be read."""

    status = 503
    title = "The storage is full"


class ShuttingDown(Problem):
    """The service is about to end and takes no new request."""

    status = 503
    title = "The service is ending"


class DeadlineExceeded(Problem):
    """The request took longer than a request may."""

    status = 503
    title = "The request took too long"


class NotReady(Problem):
    """The service is not able to do its work now."""

    status = 503
    title = "The service is not ready"


def documented(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals of a route for OpenAPI, those of one status together.

    A ``model`` would be documented as ``application/json`` too, which a refusal never is.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    for problem in sorted(set(problems), key=lambda problem: (problem.status, problem.slug())):
        response = responses.setdefault(
            problem.status,
            {
                "description": "",
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                        "examples": {},
                    }
                },
            },
        )
        said = f"`/problems/{problem.slug()}`: {problem.title}."
        response["description"] = f"{response['description']} {said}".strip()
        response["content"][MEDIA_TYPE]["examples"][problem.slug()] = {
            "$ref": f"#/components/examples/{problem.slug()}"
        }
    return responses
