"""The published contract: what FastAPI derives from the routes, and what only we can say.

Everything particular to a route stands beside the route. Here is what all of them share: how to
sign in, the conventions, the problems, and the shapes that would otherwise be repeated at each.
"""

import json
import warnings
from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.access.scopes import SCOPES
from app.openapi_components import name_components
from app.openapi_generators import join_null_to_values_of_maps, suit_generators
from app.problem_documents import ProblemDocument
from app.problems import MEDIA_TYPE, IfMatchMissing, Problem
from app.routers.figures.named_tuples import say_that_they_are_objects
from app.routers.figures.withheld import say_what_is_withheld
from app.schemas.import_results import ImportResult
from app.schemas.kept_for_the_record import say_what_is_kept
from app.schemas.record_kinds import RECORD_KINDS

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

DESCRIPTION: Final = """\
The centres of a CAR-T trial exchange its data here. Day 0 is the day of infusion.

**Sign in.** Ask `POST /oauth/token` for an access token with your client's credentials (a secret,
or better an assertion signed with your own key) and send it as `Authorization: Bearer`. A token
lives for minutes; what you may do is read from your grants at each request. People sign in with
the issuer that this deployment trusts. Centres that you may not see do not exist for you: 404.

**Write.** Nothing is overwritten. `POST` makes a record and needs an `Idempotency-Key`: the same
key with the same request gives the same answer again. `PUT` stores the next version and needs
`If-Match` with the ETag you read, the whole record, and a `reason`. `POST .../void` says that a
record should not have been. The answer comes after the commit. `findings` say what an edit check
noticed; they never refuse a record.

**Read.** `as_of` asks what the database knew at a `seq` or at an instant. Lists come in pages:
follow the `Link` header with `rel="next"` as it is. `If-None-Match` with an ETag you hold gives
304. `HEAD` gives the status and the headers of a `GET`, wherever there is one.

**Forms.** `Accept` chooses among the media types of an answer; one that there is none of is 406,
never another form. Lists and tables are also given whole as `text/csv`: one header, commas, CRLF.
It is written for programs, each cell as it is, also one that a spreadsheet would run as a formula;
`csv=spreadsheet` guards those and begins with a byte order mark. Answers of a kibibyte and more are
compressed for who asks (`Accept-Encoding`: `zstd`, `gzip`), with the ETag that they have without;
one that holds a token never is. `Cache-Control` says what may be kept: the contract by anybody, the
trial and the vocabularies by the caller.

**Values.** Clinical numbers are answered as strings with the digits that were sent; send them as
strings too. Dates may be partial where it says so (`2026-03`); a time has an offset. Coded values
are those of `GET /v1/vocabularies`.

**Refusals** are problem documents (RFC 9457), all errors at once with the place and what would be
right; what you sent is not repeated. An address that is none is `/problems/not-found`, a method
that an address does not have `/problems/method-not-allowed`; `/problems/internal-error` is our
fault. Every answer names its request in `X-Request-Id`.
"""

_TAGS: Final = {
    "contract": "This document.",
    "health": "Whether the service lives and can work.",
    "sign in": "Tokens, and the keys that verify them.",
    "about": "The trial, the caller and the centres that it sees.",
    "vocabularies": "The codes that records are written in.",
    "subjects": "Enrolment and the subject's status.",
    **{kind.path: f"Records: {kind.noun}." for kind in RECORD_KINDS if not kind.one_per_subject},
    "charts": "The same as pictures.",
    "reports": "The same to read and to print.",
    "status board": "Where each subject's visits stand.",
    "findings": "What the edit checks notice.",
    "imports": "Records in bulk.",
    "ledger": "What changed, who did it, who read it.",
}

_HEADERS: Final = {
    "X-Request-Id": {
        "description": "Names this request in the service's records; yours when you sent one.",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
}


class DescribedApp(FastAPI):
    """An application whose OpenAPI document says what its routes have in common."""

    def openapi(self) -> dict[str, Any]:
        """Give the document, made once."""
        with warnings.catch_warnings():
            # The framework keeps this to itself where it makes a field; ours are built here.
            warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
            document = super().openapi()
        if "tags" not in document:
            _complete(document)
        return document


def published(app: FastAPI) -> str:
    """Write the document as it is kept in the repository."""
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


def _complete(document: dict[str, Any]) -> None:
    """Add what all routes share, and write once what FastAPI repeats at each."""
    document["info"]["description"] = DESCRIPTION
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["servers"] = [{"url": "/"}]
    operations = list(_operations(document))
    used = {tag for _, operation in operations for tag in operation["tags"]}
    document["tags"] = [
        {"name": name, "description": _TAGS.get(name, name)}
        for name in (*_TAGS, *sorted(used - set(_TAGS)))
        if name in used
    ]
    components = document["components"]
    schemas = components["schemas"]
    _, beside = models_json_schema(
        [(shape, "serialization") for shape in (ProblemDocument, ImportResult)],
        ref_template="#/components/schemas/{model}",
    )
    schemas |= beside["$defs"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    say_what_is_kept(schemas)
    suit_generators(document)
    name_components(document)
    say_that_they_are_objects(schemas)
    say_what_is_withheld(document)
    join_null_to_values_of_maps(document)
    components["schemas"] = dict(sorted(schemas.items()))
    components["headers"] = _HEADERS
    components["securitySchemes"] = _security_schemes()
    components["examples"] = {
        problem.slug(): {"value": problem.example()} for problem in _every_problem()
    }
    components["responses"] = {}
    for method, operation in operations:
        _describe_parameters(method, operation)
        _share_problems(operation, components["responses"])
    components["responses"] = dict(sorted(components["responses"].items()))


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                yield method, operation


def _every_problem() -> list[type[Problem]]:
    return sorted(Problem.__subclasses__(), key=lambda problem: problem.slug())


def _security_schemes() -> dict[str, Any]:
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "Access tokens of this service (RFC 9068), for clients.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/oauth/token",
                    "scopes": {
                        scope: ", ".join(f"`{action.value}`" for action in sorted(actions))
                        for scope, actions in SCOPES.items()
                    },
                }
            },
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of an issuer that this deployment trusts, for people.",
        },
    }


def _describe_parameters(method: str, operation: dict[str, Any]) -> None:
    """Say of each parameter what it looks like when it is sent; it is never ``null`` then.

    The service looks for a missing ``Idempotency-Key`` or ``If-Match`` itself, in order to say how
    to mend it: to FastAPI they are optional.
    """
    body = "requestBody" in operation and "application/json" in operation["requestBody"]["content"]
    needed = {"Idempotency-Key"} if body and method == "post" else set()
    if str(IfMatchMissing.status) in operation["responses"]:
        needed.add("If-Match")
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
        if len(choices) == 1 and "type" not in schema:
            del schema["anyOf"]
            schema = {**choices[0], **schema}
        if "type" in schema:
            schema.pop("anyOf", None)
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        parameter["schema"] = schema
        if parameter["name"] in needed:
            parameter["required"] = True


def _share_problems(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Write each set of problems once and refer to it."""
    responses = operation["responses"]
    if "HTTPValidationError" in json.dumps(responses.get("422", {})):
        del responses["422"]
    for status, response in responses.items():
        response.setdefault("headers", {})["X-Request-Id"] = _header("X-Request-Id")
        if set(response.get("content", ())) != {MEDIA_TYPE}:
            continue
        if status == "401":
            response["headers"]["WWW-Authenticate"] = _header("WWW-Authenticate")
        if status in {"429", "503"}:
            response["headers"]["Retry-After"] = _header("Retry-After")
        slugs = response["content"][MEDIA_TYPE]["examples"]
        name = "Or".join(slug.title().replace("-", "") for slug in slugs)
        shared[name] = response
        responses[status] = {"$ref": f"#/components/responses/{name}"}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
