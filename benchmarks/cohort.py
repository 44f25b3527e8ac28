"""The trial's endpoints at the size of the trial and at a hundred times that size.

The cohort is made in the database from one subject that was told over HTTP: each copy has 20
disease evaluations and 300 laboratory results after its infusion, and its events in the ledger.
"""

import json
import shutil
import subprocess
import time
import uuid
from collections.abc import Mapping
from statistics import median
from types import MappingProxyType
from typing import Any, NamedTuple

import asyncpg
import httpx

from app.schemas.enrolment import ENROLMENTS
from app.schemas.record_kinds import by_path
from app.services.statistics.kaplan_meier import kaplan_meier
from benchmarks.deployment import CENTRE, Measured, write_json
from benchmarks.load import drive, request

TRIAL, HUNDREDFOLD, CHUNK = 60, 6_000, 500
EVALUATIONS, RESULTS, ROUNDS = 20, 300, 5
SUMMARY = "/v1/endpoints/summary"
INFUSED_ON = "2024-03-04"
_NOTHING: Mapping[str, str] = MappingProxyType({})
ANALYTES = (
    ("HGB", "g/L", 70, 60), ("WBC", "10*9/L", 1, 9), ("NEUT", "10*9/L", 0, 6),
    ("LYMPH", "10*9/L", 0, 3), ("PLT", "10*9/L", 15, 250), ("ALT", "U/L", 12, 180),
    ("AST", "U/L", 12, 160), ("CREAT", "umol/L", 50, 120), ("CRP", "mg/L", 1, 150),
    ("IL6", "pg/mL", 2, 900),
)  # fmt: skip

_COPY = """
INSERT INTO {table} ({names})
SELECT {columns} FROM generate_series($1::integer, $2::integer) AS number,
    {each} (SELECT * FROM {table} WHERE subject = $3 ORDER BY record_id LIMIT 1) AS model"""
_EACH_EVALUATION = f"generate_series(1, {EVALUATIONS}) AS evaluation, "
_EACH_RESULT = f"""generate_series(0, {RESULTS} - 1) AS result, LATERAL (
    SELECT '{json.dumps(ANALYTES)}'::jsonb -> (result % {len(ANALYTES)}) AS of) AS analyte, """

_OF_COPY = {
    "record_id": "uuidv7()",
    "source_id": "NULL",
    "transaction_id": "pg_current_xact_id()",
    "subject": f"'{CENTRE}-' || lpad(number::text, 4, '0')",
}
"""What a copy has of its own: its columns by name, as written in SQL."""

_OF_EVALUATION = {
    "assessed_on": f"date '{INFUSED_ON}' + evaluation * 50",
    "serum_m_protein": """jsonb_build_object('unit', 'g/dL', 'value', round(
        (2.4 * power(0.6, evaluation) + CASE WHEN evaluation > 8 + number % 20 THEN 1.5 ELSE 0 END)
        ::numeric, 2)::text)""",
}
_OF_RESULT = {
    "analyte": "analyte.of ->> 0",
    "unit": "analyte.of ->> 1",
    "value": """round((analyte.of ->> 2)::numeric
        + (analyte.of ->> 3)::numeric * ((number * 7 + result * 13) % 101) / 101, 1)""",
    "collected_at": f"(date '{INFUSED_ON}' - 12 + result / 10 * 9)::text",
}

_EVENTS = """
INSERT INTO ledger_event (action, principal, role, centre, subject, kind, route, request_id)
SELECT 'submit', 'bench', 'coordinator', '{centre}', '{centre}-' || lpad(number::text, 4, '0'),
       'subjects', 'bench', 'bench'
FROM generate_series($1::integer, $2::integer) AS number"""

_R = """
suppressMessages(library(survival)); set.seed(1)
days <- {days}; observed <- {observed}
seconds <- replicate({rounds}, system.time(
    summary(survfit(Surv(days, observed) ~ 1, conf.type = "log-log"))$table)[["elapsed"]])
cat(median(seconds))
"""


class Figure(NamedTuple):
    """One line of the table."""

    measure: str
    result: str
    aim: str
    beside: str


async def figures(service: Measured, token: str, echo_p50: float, echo_rate: float) -> list[Figure]:
    """Measure the summary at both sizes, and a question that nothing has changed for.

    Args:
        service: the running service, its database without subjects of ours.
        token: of somebody who reads the whole trial and writes at the centre.
        echo_p50: seconds of the echo, of the same run.
        echo_rate: echoes a second.
    """
    owner = await asyncpg.connect(service.owner_url())
    client = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{service.port}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=600,
    )
    async with client:
        model = await told_model(client)
        await fill(owner, model, 1, TRIAL)
        cold, _ = await _asked(client)
        kept = await drive(service.port, _ask(token), 400, 200)
        after = [await _after_a_record(client) for _ in range(ROUNDS)]
        etag = (await client.get(SUMMARY)).headers["etag"]
        unchanged = await drive(service.port, _ask(token, etag), 3000, 304)
        found = [
            Figure(
                "summary of 60, the same question again",
                f"p50 {kept.p50 * 1e3:.1f} ms",
                "<= 50 ms",
                f"{kept.p50 / echo_p50:.1f} echoes; cold {cold:.2f} s, "
                f"after one record {median(after):.2f} s",
            ),
            Figure(
                "304 on an unchanged cut over echo",
                f"{unchanged.per_second / echo_rate:.2f}",
                ">= 0.3",
                f"{unchanged.per_second:,.0f}/s, p50 {unchanged.p50 * 1e3:.1f} ms",
            ),
        ]
        before = service.memory()
        await fill(owner, model, TRIAL + 1, HUNDREDFOLD)
        await owner.execute("VACUUM ANALYZE")
        cold, size = await _asked(client)
        after = [await _after_a_record(client) for _ in range(ROUNDS)]
        found += [
            Figure(
                "summary of 6,000 cold",
                f"{cold:.1f} s",
                "<= 60 s",
                f"{EVALUATIONS} evaluations and {RESULTS} results each, answer {size / 1e6:.1f} MB",
            ),
            Figure(
                "memory after it",
                f"{service.memory():.0f} MB",
                "<= 1,000 MB",
                f"{before:.0f} MB before",
            ),
            Figure("summary of 6,000 after one record", f"{median(after):.2f} s", "<= 2 s", ""),
        ]
    await owner.close()
    return found


def kaplan_meier_over_r(n: int = 60_000) -> Figure:
    """Hold the curve of many subjects against R's own, where R is installed."""
    days = [1 + (place * 7919) % 1095 for place in range(n)]
    observed = [place % 3 != 0 for place in range(n)]
    kaplan_meier(days[:10], observed[:10])
    ours = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        kaplan_meier(days, observed)
        ours.append(time.perf_counter() - began)
    mine = median(ours)
    rscript = shutil.which("Rscript")
    if rscript is None:
        return Figure(
            "Kaplan-Meier of 60,000", f"{mine * 1e3:.0f} ms", "faster than R", "no R here"
        )
    script = _R.format(
        days=f"1 + ((0:{n - 1}) * 7919) %% 1095",
        observed=f"(0:{n - 1}) %% 3 != 0",
        rounds=ROUNDS,
    )
    told = subprocess.run(
        [rscript, "--vanilla", "-e", script], check=True, capture_output=True, text=True
    )
    theirs = float(told.stdout)
    return Figure(
        "Kaplan-Meier of 60,000 over survfit",
        f"{mine / theirs:.2f}",
        "< 1",
        f"{mine * 1e3:.0f} ms, R {theirs * 1e3:.0f} ms",
    )


def _ask(token: str, etag: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    if etag is not None:
        headers["If_None_Match"] = etag
    written = request("GET", SUMMARY, **headers)
    return lambda: written


async def _asked(client: httpx.AsyncClient) -> tuple[float, int]:
    began = time.perf_counter()
    answer = await client.get(SUMMARY)
    answer.raise_for_status()
    return time.perf_counter() - began, len(answer.content)


async def _after_a_record(client: httpx.AsyncClient) -> float:
    """Give the seconds of the first summary after a new laboratory result."""
    labs = f"/v1/subjects/{CENTRE}-0002/lab-results"
    kind = by_path("lab-results")
    assert kind is not None
    body = {name: value for name, value in kind.example.items() if name != "source_id"}
    await _told(client, labs, body)
    seconds, _ = await _asked(client)
    return seconds


async def told_model(client: httpx.AsyncClient) -> str:
    """Tell one subject over HTTP, and give its code."""
    enrolment = {**ENROLMENTS.example, "centre": CENTRE}
    enrolment.pop("source_id", None)
    code = (await _told(client, "/v1/subjects", enrolment))["subject"]
    address = f"/v1/subjects/{code}"
    await _told(
        client,
        f"{address}/preparations",
        {
            "leukapheresis_on": "2024-01-20",
            "lymphodepletion": [{"agent": "fludarabine", "given_on": "2024-02-28"}],
            "outcome": "infused",
        },
    )
    await _told(
        client, f"{address}/infusions", {"infused_at": f"{INFUSED_ON}T10:00+08:00", "dose": "2.5"}
    )
    evaluation = {
        "assessed_on": "2024-02-20",
        "serum_m_protein": {"value": "2.4", "unit": "g/dL"},
        "urine_m_protein": {"value": "0", "unit": "mg/(24.h)"},
        "serum_immunofixation": {"result": "positive"},
        "urine_immunofixation": {"result": "negative"},
        "free_kappa": {"value": "80", "unit": "mg/L"},
        "free_lambda": {"value": "12", "unit": "mg/L"},
        "marrow": {"aspirate": {"value": "12", "unit": "%"}},
    }
    await _told(client, f"{address}/assessments", evaluation)
    result = {
        "analyte": "HGB",
        "value": "98",
        "unit": "g/L",
        "reference_range": {"low": "120", "high": "160"},
        "collected_at": "2024-02-20",
    }
    await _told(client, f"{address}/lab-results", result)
    return str(code)


async def _told(client: httpx.AsyncClient, address: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(
        address,
        content=write_json(body),
        headers={"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex},
    )
    if answer.status_code != 201:
        raise RuntimeError(f"{answer.status_code} for {address}: {answer.text[:500]}")
    told: dict[str, Any] = answer.json()
    return told


async def fill(owner: asyncpg.Connection, model: str, first: int, last: int) -> None:
    """Copy the model subject, some hundred subjects in a transaction."""
    statements = [
        *[await _copy(owner, table) for table in ("enrolment", "preparation", "infusion")],
        await _copy(owner, "assessment"),
        await _copy(owner, "assessment", _EACH_EVALUATION, _OF_EVALUATION),
        await _copy(owner, "lab_result", _EACH_RESULT, _OF_RESULT),
    ]
    for begin in range(first, last + 1, CHUNK):
        end = min(begin + CHUNK - 1, last)
        async with owner.transaction():
            await owner.execute(
                f"INSERT INTO subject SELECT '{CENTRE}-' || lpad(number::text, 4, '0'), '{CENTRE}' "
                "FROM generate_series($1::integer, $2::integer) AS number",
                begin, end,
            )  # fmt: skip
            for statement in statements:
                await owner.execute(statement, begin, end, model)
            await owner.execute(_EVENTS.format(centre=CENTRE), begin, end)
    await owner.execute("SELECT sequence_events()")


async def _copy(
    owner: asyncpg.Connection, table: str, each: str = "", of_copy: Mapping[str, str] = _NOTHING
) -> str:
    """Give the statement that copies the model's record, with what each copy has of its own."""
    rows = await owner.fetch(
        """
        SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = $1 AND column_name <> 'predecessor'
        ORDER BY ordinal_position""",
        table,
    )
    names = [row["name"] for row in rows]
    own = {**_OF_COPY, **of_copy}
    columns = [own.get(name, f"model.{name}") for name in names]
    return _COPY.format(table=table, names=", ".join(names), columns=", ".join(columns), each=each)
