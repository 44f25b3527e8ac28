"""The published contract: equal to the application's, complete, and its examples true."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema_rs import validator_for

from app.access.permissions import PERMISSIONS, Action
from app.access.scopes import scope_of
from app.config import Settings
from app.main import create_app
from app.openapi_document import DescribedApp, published
from app.problems import MEDIA_TYPE
from app.routers.documentation import ONLY_FROM_US
from app.routers.page import PAGE_ADDRESSES
from app.routers.trial_route import TrialRoute
from app.schemas.record_kinds import RECORD_KINDS
from tests.deployment import Deployment

PUBLISHED = Path(__file__).parents[1] / "openapi" / "openapi.json"


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the document."""
    for step in node["$ref"].split("/")[1:] if "$ref" in node else ():
        document = document[step]
    return document if "$ref" in node else node


SCALARS = {"string", "number", "integer", "boolean"}
Faults = Callable[[dict[str, Any], Any], list[str]]


@pytest.fixture(scope="module")
def faults(document: dict[str, Any]) -> Faults:
    """Give what of a value a schema of the document does not allow."""
    validators: dict[str, Any] = {}

    def of(schema: dict[str, Any], value: Any) -> list[str]:
        key = json.dumps(schema)
        if key not in validators:
            validators[key] = validator_for({**schema, "components": document["components"]})
        return [error.message for error in validators[key].iter_errors(value)]

    return of


@pytest.fixture(scope="module")
def app() -> DescribedApp:
    return create_app(Settings(), "postgresql://nobody@/nowhere")


@pytest.fixture(scope="module")
def document(app: DescribedApp) -> dict[str, Any]:
    return app.openapi()


def test_the_published_contract_is_the_applications(app: DescribedApp) -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == published(app), "run `make openapi`"


def test_it_has_every_route_but_the_pages(app: DescribedApp) -> None:
    documented = {(method, path) for method, path, _ in operations(app.openapi())}
    routes = {
        (method, route.path_format)
        for route in app.router.routes
        if isinstance(route, TrialRoute)
        for method in route.methods
    }
    assert {path for _, path in routes - documented} == {
        "/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css",
        "/docs/favicon.png", *PAGE_ADDRESSES,
    }  # fmt: skip
    assert documented <= routes


def test_every_operation_says_who_may_and_what_it_is(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    scopes = schemes["oauth2"]["flows"]["clientCredentials"]["scopes"]
    names = []
    for method, path, operation in operations(document):
        names.append(operation["operationId"])
        assert operation["summary"], path
        assert operation["description"].endswith("."), (method, path)
        assert set(operation["tags"]) <= {tag["name"] for tag in document["tags"]}, path
        action = Action(operation["x-action"])
        if action is Action.PUBLIC:
            assert operation["security"] == [], path
            continue
        needed = [scope_of(action)] if scope_of(action) else []
        assert operation["security"] == [{"oauth2": needed}, {"bearer": []}], (method, path)
        assert set(needed) <= set(scopes)
        assert operation["x-roles"] == sorted(PERMISSIONS[action])
        assert {"401", "403", "503"} <= set(operation["responses"]), path
    assert len(names) == len(set(names))


def test_a_post_of_a_record_needs_a_key_and_an_amendment_can_do_without(
    document: dict[str, Any],
) -> None:
    for method, path, operation in operations(document):
        needed = [
            parameter["required"]
            for parameter in operation.get("parameters", ())
            if parameter["name"] == "Idempotency-Key"
        ]
        assert needed == {"POST": [True], "PUT": [False]}.get(method, []) or (
            path in {"/v1/imports", "/oauth/token"} and not needed
        ), (method, path)


def test_a_refusal_is_a_problem_document_and_nothing_else(
    document: dict[str, Any], faults: Faults
) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            content = resolved(document, response).get("content", {})
            if status < "400" or path == "/oauth/token":
                assert content or status == "304", (method, path, status)
                continue
            assert set(content) == {MEDIA_TYPE}, (method, path, status)
            for example in content[MEDIA_TYPE]["examples"].values():
                value = resolved(document, example)["value"]
                assert str(value["status"]) == status
                assert faults(content[MEDIA_TYPE]["schema"], value) == []


def test_a_shape_has_one_name_and_nothing_else_has_a_title(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {name: schema["title"] for name, schema in schemas.items()} == {
        name: name for name in schemas
    }
    assert [name for name in schemas if not re.fullmatch("(?:[A-Z][a-z0-9]*)+", name)] == []
    titled = [
        place
        for place, node in schemas_within(document)
        if "title" in node and place.count("/") > 0
    ]
    assert titled == []


def test_a_decimal_is_text_where_it_is_answered_and_may_be_a_number_where_it_is_sent(
    document: dict[str, Any], faults: Faults
) -> None:
    given, sent = ({"$ref": f"#/components/schemas/{name}"} for name in ("Decimal", "DecimalIn"))
    for text in ("0", "-12.50", "9" * 31, "0." + "1" * 30):
        assert faults(given, text) == faults(sent, text) == []
    for text in ("007", "-0.0", "1e5", ".5", "9" * 33):
        assert faults(given, text)
        assert faults(sent, text)
    assert faults(given, 2.5)
    assert faults(sent, 2.5) == []
    value = document["components"]["schemas"]["AlbuminIn"]["properties"]["value"]
    assert faults(value, "-1")
    assert faults(value, -1)
    assert value["anyOf"][0]["$ref"] == "#/components/schemas/DecimalIn"
    patterns = [
        place for place, node in schemas_within(document) if "(0|[1-9]" in node.get("pattern", "")
    ]
    assert {place.split("/")[0] for place in patterns} == {"Decimal", "DecimalIn"}


def test_a_list_of_words_and_a_choice_of_shapes_is_written_once(document: dict[str, Any]) -> None:
    named, repeated = set(), []
    for place, node in schemas_within(document):
        if len(node.get("enum", ())) > 1:
            words = json.dumps(node["enum"])
            if "/" in place:
                repeated += [words] if words in named else []
            named.add(words)
    assert repeated == []
    choices = {
        json.dumps(node["anyOf"])
        for _, node in schemas_within(document)
        if len([one for one in node.get("anyOf", ()) if one.get("type") in SCALARS]) > 1
    }
    assert len(choices) <= 5, choices


def schemas_within(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every schema of the document with its place below its component or parameter."""
    for name, schema in document["components"]["schemas"].items():
        yield from _within(name, schema)
    for _, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            yield from _within(f"{path}/{parameter['name']}", parameter["schema"])


def _within(place: str, schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield place, schema
    for keyword in ("properties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield from _within(f"{place}/{name}", inner)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from _within(f"{place}/{keyword}", schema[keyword])
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for number, inner in enumerate(schema.get(keyword, ())):
            yield from _within(f"{place}/{keyword}/{number}", inner)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "(#[^"]+)"', json.dumps(document)))
    for reference in references:
        assert resolved(document, {"$ref": reference})
    used = {name.rsplit("/", 1)[1] for name in references if "/responses/" in name}
    assert used == set(document["components"]["responses"])


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: kind.path)
async def test_the_examples_are_accepted_as_they_stand(
    kind: Any, deployment: Deployment, document: dict[str, Any], faults: Faults
) -> None:
    enrolled = _operation(document, "submit_subject")
    centre = _example(enrolled)["centre"]
    coordinator = await deployment.caller("coordinator", centre)
    named = kind.named
    subject = (await coordinator.submit("/v1/subjects", _example(enrolled))).headers["Location"]
    sender = await deployment.sender(kind, centre)
    where = f"{subject}/{kind.path}"
    if kind.one_per_subject:
        where = "/v1/subjects"
        address, first = subject, await coordinator.get(subject)
    else:
        first = await sender.submit(where, _example(_operation(document, f"submit_{named}")))
        assert first.status_code == 201, first.text
        address = first.headers["Location"]
    amended = await sender.amend(
        address, _example(_operation(document, f"amend_{named}")), version=1
    )
    voided = await sender.submit(
        f"{address}/void", _example(_operation(document, f"void_{named}")), **{"If-Match": '"2"'}
    )
    analyst = await deployment.caller("sponsor_analyst")
    without_free_text = await analyst.get(address)
    fetched, history = await coordinator.get(address), await coordinator.get(f"{address}/history")
    listed = await coordinator.get(f"/v1/{kind.path}")
    for answer, name in (
        (first, "fetch" if kind.one_per_subject else "submit"), (amended, "amend"),
        (voided, "void"), (without_free_text, "fetch"), (fetched, "fetch"), (history, "history_of"),
        (listed, "list"),
    ):  # fmt: skip
        operation = _operation(
            document,
            f"list_{kind.named_together}" if name == "list" else f"{name}_{named}",
        )
        response = operation["responses"][str(answer.status_code)]
        assert answer.status_code in {200, 201}, answer.text
        schema = response["content"]["application/json"]["schema"]
        assert faults(schema, answer.json()) == [], operation["operationId"]


async def test_the_document_is_served_to_anybody_and_changes_with_the_service_only(
    deployment: Deployment, document: dict[str, Any]
) -> None:
    anybody = deployment.client()
    served = await anybody.get("/openapi.json")
    assert served.status_code == 200
    assert served.headers["content-type"] == "application/json"
    assert served.json() == document
    again = await anybody.get("/openapi.json", headers={"If-None-Match": served.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_loads_nothing_but_what_we_serve(deployment: Deployment) -> None:
    anybody = deployment.client()
    page = await anybody.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == ONLY_FROM_US
    assert "unsafe" not in ONLY_FROM_US
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 5
    for address in loaded:
        assert address.startswith("/")
        part = await anybody.get(address)
        assert part.status_code == 200, address
        assert part.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script>|<style|style=|\son\w+=", page.text), "nothing stands inline"
    start = (await anybody.get("/docs/start.js")).text
    assert '"/openapi.json"' in start
    assert "http" not in start


async def test_an_address_names_every_method_it_has(
    deployment: Deployment, document: dict[str, Any]
) -> None:
    anybody = deployment.client()
    for path, methods in document["paths"].items():
        address = path.format(subject="03-001", record_id=uuid.uuid4(), name="any")
        refused = await anybody.request("PATCH", address)
        assert refused.status_code == 405, path
        heads = ["head"] if "get" in methods else []
        assert refused.headers["allow"] == ", ".join(sorted([*methods, *heads])).upper(), path


async def test_every_list_takes_each_parameter_that_it_documents(
    deployment: Deployment, document: dict[str, Any]
) -> None:
    auditor = await deployment.caller("auditor")
    await deployment.centre("0")
    for method, path, operation in operations(document):
        if method != "GET" or "{" in path or operation["x-action"] == Action.PUBLIC:
            continue
        if any(one["required"] for one in operation.get("parameters", ())):
            continue  # a picture of one subject, and there is none
        # A picture's data: nothing has to draw them.
        accept = "text/csv" if path.startswith("/v1/charts/") else "*/*"
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["name"] != "cursor":
                sent = _value_of(document, parameter["schema"])
                address = f"{path}?{urlencode({parameter['name']: sent})}"
                answer = await auditor.get(address, Accept=accept)
                assert answer.status_code == 200, (path, parameter["name"], answer.text)


async def test_a_parameter_with_a_character_that_no_text_has_is_refused(
    deployment: Deployment, document: dict[str, Any]
) -> None:
    auditor = await deployment.caller("auditor")
    for method, path, operation in operations(document):
        if method != "GET" or "{" in path or operation["x-action"] == Action.PUBLIC:
            continue
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["schema"].get("type") == "string":
                answer = await auditor.get(f"{path}?{parameter['name']}=a%00")
                assert answer.status_code == 400, (path, parameter["name"])


def _value_of(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Give a value that a parameter's schema allows."""
    allowed = resolved(document, schema) | schema
    if "enum" in allowed:
        return allowed["enum"][0]
    if allowed["type"] == "string":
        if allowed.get("format") == "uuid":
            return uuid.uuid4()
        return allowed["examples"][-1] if "examples" in allowed else "0"
    return {"boolean": "true"}.get(allowed["type"], allowed.get("minimum", 1))


def _operation(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(
        operation for *_, operation in operations(document) if operation["operationId"] == name
    )


def _example(operation: dict[str, Any]) -> Any:
    return operation["requestBody"]["content"]["application/json"]["example"]


def test_a_header_is_required_where_the_answer_without_it_is_a_refusal(
    document: dict[str, Any],
) -> None:
    asked = 0
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "If-Match":
                assert parameter.get("required", False) is ("428" in operation["responses"]), (
                    f"{method} {path}"
                )
                asked += 1
    assert asked
