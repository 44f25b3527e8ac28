"""A centre's system on the client that openapi-generator makes of the contract."""

import inspect
import json
import os
import re
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dayzero_generated
from dayzero_generated import (
    AdverseEventAmendment,
    AdverseEventIn,
    AdverseEventsApi,
    ApiClient,
    ApiException,
    Configuration,
    EndpointsApi,
    ImportsApi,
    InfusionIn,
    InfusionsApi,
    LabResultIn,
    LabResultsApi,
    ProblemDocument,
    SignInApi,
    SubjectIn,
    SubjectsApi,
)

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


def sign_in(who: str) -> ApiClient:
    token = SignInApi(ApiClient(Configuration(host=ORIGIN))).issue_token(
        grant_type="client_credentials",
        client_id=os.environ[f"{who}_ID"],
        client_secret=os.environ[f"{who}_SECRET"],
    )
    if who == "CLIENT":
        did("sign in", f"{token.token_type} token for {token.expires_in} s")
    return ApiClient(Configuration(host=ORIGIN, access_token=token.access_token))


def enrol(client: ApiClient) -> str:
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
    stored = SubjectsApi(client).submit_subject(new_key(), body)
    did("enrol", f"subject {stored.subject}")
    return stored.subject


def infuse(client: ApiClient, subject: str) -> None:
    body = InfusionIn(infused_at="2026-03-02T09:40+08:00")
    stored = InfusionsApi(client).submit_infusion(subject, new_key(), body)
    did("infuse", f"{stored.infusion_kind.value} infusion, version {stored.version}")


def submit_event(client: ApiClient, subject: str) -> tuple[uuid.UUID, str]:
    answer = AdverseEventsApi(client).submit_adverse_event_with_http_info(
        subject, new_key(), AdverseEventIn.from_dict(EVENT)
    )
    stored, etag = answer.data, header(answer, "ETag")
    did("event", f"grade {stored.grade.value} at {stored.visit}, ETag {etag}")
    return stored.record_id, etag


def header(answer: Any, name: str) -> str:
    """Give a header; the generated client keeps them in a plain mapping, as they were written."""
    return {key.lower(): value for key, value in answer.headers.items()}.get(name.lower(), "")


def submit_results(client: ApiClient, subject: str) -> None:
    for day, value in enumerate(PLATELETS, 10):
        body = LabResultIn.from_dict(
            {"analyte": "PLT", "value": value, "unit": "10*9/L", "collected_at": f"2026-03-{day}"}
        )
        stored = LabResultsApi(client).submit_lab_result(subject, new_key(), body)
        assert stored.value == value, (value, stored.value)
    did("laboratory", f"{len(PLATELETS)} results, digits as sent")


def list_to_the_end(client: ApiClient, subject: str) -> None:
    values: list[Any] = []
    pages, cursor = 0, None
    while pages == 0 or cursor is not None:
        answer = LabResultsApi(client).list_lab_results_of_subject_with_http_info(
            subject, limit=3, cursor=cursor
        )
        values += [item.value for item in answer.data.items]
        pages += 1
        cursor = next_page(header(answer, "Link"))
    assert sorted(values) == sorted(PLATELETS), values
    did("list", f"{len(values)} results on {pages} pages")


def next_page(link: str) -> str | None:
    found = re.search(r'<([^>]+)>; *rel="next"', link)
    return parse_qs(urlsplit(found[1]).query)["cursor"][0] if found else None


def amend(client: ApiClient, subject: str, record_id: uuid.UUID, etag: str) -> None:
    events = AdverseEventsApi(client)
    body = AdverseEventAmendment.from_dict(
        {**EVENT, "grade": 3, "reason": "Vasopressor given; grade read again."}
    )
    stored = events.amend_adverse_event(subject, record_id, etag, body)
    history = events.history_of_adverse_event(subject, record_id)
    grades = ", ".join(str(item.grade.value) for item in history.items)
    did("amend", f"version {stored.version}, grades {grades}")
    problem = refusal_of(lambda: events.amend_adverse_event(subject, record_id, etag, body))
    did("stale change", f"{problem.status} {problem.type}")


def be_refused(client: ApiClient, subject: str) -> None:
    body = AdverseEventIn.from_dict({**EVENT, "term": "Cytokine storm"})
    problem = refusal_of(
        lambda: AdverseEventsApi(client).submit_adverse_event(subject, new_key(), body)
    )
    places = ", ".join(f"{error.pointer} {error.code}" for error in problem.errors)
    did("refusal", f"{problem.status} {problem.type}: {places}")


def refusal_of(call: Any) -> ProblemDocument:
    try:
        raise AssertionError(f"not refused: {call()}")
    except ApiException as refused:
        return problem_of(refused)


def problem_of(refused: ApiException) -> ProblemDocument:
    if not isinstance(refused.data, ProblemDocument):
        raise refused
    return refused.data


def read_endpoint(client: ApiClient) -> None:
    report = EndpointsApi(client).read_overall_survival()
    did("endpoint", f"overall survival of {report.n}, data cut {report.as_of}")


def import_lines(client: ApiClient, subject: str) -> None:
    """Send lines; the answer comes as lines too, which the generated client leaves to its user."""
    body = "".join(f"{json.dumps({**line, 'subject': subject})}\n" for line in LINES)
    answer = ImportsApi(client).import_records_without_preload_content(body)
    *results, summary = (json.loads(line) for line in answer.read().splitlines())
    assert answer.status == 200, answer.status
    assert summary["summary"]["created"] == len(LINES), results
    did("import", f"{len(results)} lines, {json.dumps(summary)}")


def read_everything(client: ApiClient, known: dict[str, Any]) -> None:
    """Call every operation that only reads and needs no more than is known; parse each answer."""
    read = 0
    for call in reading_operations(client):
        needed = {
            one.name
            for one in inspect.signature(call).parameters.values()
            if one.default is one.empty
        }
        if not needed <= known.keys():
            continue
        call(**{one: known[one] for one in needed})
        read += 1
    did("read", f"{read} operations as an auditor, every answer parsed")


def reading_operations(client: ApiClient) -> list[Any]:
    found = []
    for name, api in inspect.getmembers(dayzero_generated, inspect.isclass):
        if name.endswith("Api"):
            for operation, _ in inspect.getmembers(api, inspect.isfunction):
                serialize = getattr(api, f"_{operation}_serialize", None)
                if serialize and "method='GET'" in inspect.getsource(serialize):
                    found.append(getattr(api(client), operation))
    return found


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
