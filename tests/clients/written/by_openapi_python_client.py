"""A centre's system on the client that openapi-python-client makes of the contract."""

import importlib
import inspect
import json
import os
import pkgutil
import re
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from day_zero_client import AuthenticatedClient, Client, api
from day_zero_client.api.adverse_events import (
    amend_adverse_event,
    history_of_adverse_event,
    submit_adverse_event,
)
from day_zero_client.api.endpoints import read_overall_survival
from day_zero_client.api.imports import import_records
from day_zero_client.api.infusions import submit_infusion
from day_zero_client.api.lab_results import (
    list_lab_results_of_subject,
    submit_lab_result,
)
from day_zero_client.api.sign_in import issue_token
from day_zero_client.api.subjects import submit_subject
from day_zero_client.models import (
    AdverseEventAmendment,
    AdverseEventIn,
    InfusionIn,
    IssueTokenBody,
    LabResultIn,
    ProblemDocument,
    SubjectIn,
    TokenAnswer,
)
from day_zero_client.types import File

ORIGIN = os.environ["ORIGIN"]
PLATELETS = ["212", "96.0", "18", "9", "31", "74", "150"]
EVENT = {
    "term": "Cytokine release syndrome",
    "grade": 2,
    "onset": "2026-03-05T19:40+08:00",
    "serious": False,
}

LINES = [
    {"kind": "lab-results", "source_id": "LIS:1", "analyte": "PLT", "value": "160",
     "unit": "10*9/L", "collected_at": "2026-03-20"},
    {"kind": "lab-results", "source_id": "LIS:2", "analyte": "PLT", "value": "171",
     "unit": "10*9/L", "collected_at": "2026-03-27"},
]  # fmt: skip


def did(step: str, what: str) -> None:
    print(json.dumps({"step": step, "what": what}), flush=True)


def new_key() -> str:
    return str(uuid.uuid4())


def sign_in(who: str) -> AuthenticatedClient:
    body = IssueTokenBody.from_dict(
        {
            "grant_type": "client_credentials",
            "client_id": os.environ[f"{who}_ID"],
            "client_secret": os.environ[f"{who}_SECRET"],
        }
    )
    token = issue_token.sync(client=Client(base_url=ORIGIN), body=body)
    assert isinstance(token, TokenAnswer), token
    if who == "CLIENT":
        did("sign in", f"{token.token_type} token for {token.expires_in} s")
    return AuthenticatedClient(
        base_url=ORIGIN, token=token.access_token, raise_on_unexpected_status=True
    )


def enrol(client: AuthenticatedClient) -> str:
    body = SubjectIn.from_dict(
        {
            "centre": os.environ["CENTRE"],
            "sex": "F",
            "year_of_birth": 1961,
            "consent": {"version": "3.1", "signed_on": "2026-02-10"},
            "enrolled_on": "2026-02-16",
            "heavy_chain": "IgG",
            "light_chain": "kappa",
            "prior_lines": 3,
        }
    )
    stored = submit_subject.sync(client=client, body=body, idempotency_key=new_key())
    did("enrol", f"subject {stored.subject}")
    return stored.subject


def infuse(client: AuthenticatedClient, subject: str) -> None:
    stored = submit_infusion.sync(
        subject,
        client=client,
        body=InfusionIn(infused_at="2026-03-02T09:40+08:00"),
        idempotency_key=new_key(),
    )
    did("infuse", f"{stored.infusion_kind} infusion, version {stored.version}")


def submit_event(client: AuthenticatedClient, subject: str) -> tuple[uuid.UUID, str]:
    answer = submit_adverse_event.sync_detailed(
        subject, client=client, body=AdverseEventIn.from_dict(EVENT), idempotency_key=new_key()
    )
    stored, etag = answer.parsed, answer.headers["ETag"]
    did("event", f"grade {stored.grade} at {stored.visit}, ETag {etag}")
    return stored.record_id, etag


def submit_results(client: AuthenticatedClient, subject: str) -> None:
    for day, value in enumerate(PLATELETS, 10):
        body = LabResultIn(analyte="PLT", value=value, unit="10*9/L", collected_at=f"2026-03-{day}")
        stored = submit_lab_result.sync(
            subject, client=client, body=body, idempotency_key=new_key()
        )
        assert stored.value == value, (value, stored.value)
    did("laboratory", f"{len(PLATELETS)} results, digits as sent")


def list_to_the_end(client: AuthenticatedClient, subject: str) -> None:
    values: list[Any] = []
    pages, following = 0, {}
    while pages == 0 or following:
        answer = list_lab_results_of_subject.sync_detailed(
            subject, client=client, limit=3, **following
        )
        values += [item.value for item in answer.parsed.items]
        pages += 1
        following = next_page(answer.headers.get("Link", ""))
    assert sorted(values) == sorted(PLATELETS), values
    did("list", f"{len(values)} results on {pages} pages")


def next_page(link: str) -> dict[str, str]:
    found = re.search(r'<([^>]+)>; *rel="next"', link)
    return {"cursor": parse_qs(urlsplit(found[1]).query)["cursor"][0]} if found else {}


def amend(client: AuthenticatedClient, subject: str, record_id: uuid.UUID, etag: str) -> None:
    body = AdverseEventAmendment.from_dict(
        {**EVENT, "grade": 3, "reason": "Vasopressor given; grade read again."}
    )
    stored = amend_adverse_event.sync(subject, record_id, client=client, body=body, if_match=etag)
    history = history_of_adverse_event.sync(subject, record_id, client=client)
    grades = ", ".join(str(item.grade) for item in history.items)
    did("amend", f"version {stored.version}, grades {grades}")
    stale = amend_adverse_event.sync(subject, record_id, client=client, body=body, if_match=etag)
    assert isinstance(stale, ProblemDocument), stale
    did("stale change", f"{stale.status} {stale.type_}")


def be_refused(client: AuthenticatedClient, subject: str) -> None:
    problem = submit_adverse_event.sync(
        subject,
        client=client,
        body=AdverseEventIn.from_dict({**EVENT, "term": "Cytokine storm"}),
        idempotency_key=new_key(),
    )
    assert isinstance(problem, ProblemDocument), problem
    places = ", ".join(f"{error.pointer} {error.code}" for error in problem.errors)
    did("refusal", f"{problem.status} {problem.type_}: {places}")


def read_endpoint(client: AuthenticatedClient) -> None:
    report = read_overall_survival.sync(client=client)
    did("endpoint", f"overall survival of {report.n}, data cut {report.as_of}")


def import_lines(client: AuthenticatedClient, subject: str) -> None:
    body = "".join(f"{json.dumps({**line, 'subject': subject})}\n" for line in LINES)
    answer = import_records.sync_detailed(client=client, body=File(BytesIO(body.encode())))
    assert answer.status_code == 200, answer
    *results, summary = (json.loads(line) for line in answer.content.splitlines())
    assert summary["summary"]["created"] == len(LINES), results
    did("import", f"{len(results)} lines, {json.dumps(summary)}")


def read_everything(client: AuthenticatedClient, known: dict[str, Any]) -> None:
    """Call every operation that only reads and needs no more than is known; parse each answer."""
    read = 0
    for name, module in operations():
        needed = required(module.sync_detailed)
        if not reads(module) or not needed <= known.keys():
            continue
        answer = module.sync_detailed(client=client, **{one: known[one] for one in needed})
        assert answer.status_code == 200, f"{name}: {answer}"
        read += 1
    did("read", f"{read} operations as an auditor, every answer parsed")


def operations() -> list[tuple[str, Any]]:
    found = []
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        if not module.ispkg:
            loaded = importlib.import_module(module.name)
            found.append((module.name.rpartition(".")[2], loaded))
    return found


def reads(module: Any) -> bool:
    return '"method": "get"' in inspect.getsource(module._get_kwargs)


def required(call: Callable[..., Any]) -> set[str]:
    return {
        one.name
        for one in inspect.signature(call).parameters.values()
        if one.default is one.empty and one.name != "client"
    }


def main() -> None:
    client = sign_in("CLIENT")
    subject = enrol(client)
    infuse(client, subject)
    record_id, etag = submit_event(client, subject)
    submit_results(client, subject)
    list_to_the_end(client, subject)
    amend(client, subject, record_id, etag)
    be_refused(client, subject)
    read_endpoint(client)
    import_lines(client, subject)
    read_everything(sign_in("READER"), {"subject": subject, "name": "action-taken"})


main()
