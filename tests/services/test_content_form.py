"""The content of a version is what the contract says, whatever is in it and whoever writes it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Boolean, Column, Date, Integer, Numeric, Uuid
from sqlalchemy.types import TypeDecorator

from app.embedded_postgres import EmbeddedPostgres
from app.models.columns import Parts
from app.models.record import clinical_columns
from app.schemas.record import RecordKind
from app.schemas.record_kinds import RECORD_KINDS
from app.services.content_form import content
from app.services.record_statements import document
from tests import content_form
from tests.content_form import published_contract, submitted_members
from tests.deployment import clone_of_template

CLINICAL = submitted_members(published_contract())
HARD_TEXTS = (
    'a "quoted" \\ word/', "".join(map(chr, range(1, 0xA1))), "\u2028\u2029", "\U0001f9ea 中 é",
    "e\u0301", "\ufeff\uffff\ue000", "</script>", " ", "null", '","x":"', "{}",
)  # fmt: skip

texts = st.one_of(st.sampled_from(HARD_TEXTS), st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
))  # fmt: skip
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
    lambda number: -300 < number.as_tuple().exponent < 300  # type: ignore[operator]
)
names = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**30), 10**30), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)
objects = st.dictionaries(names, values, max_size=5)


def of_column(column: Column[Any]) -> st.SearchStrategy[Any]:
    """Draw what the database can hold in a column, and not only what a centre may send."""
    if isinstance(column.type, Parts):
        shape = column.type.shape
        if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
            return st.lists(values, max_size=3)
        known = st.dictionaries(st.sampled_from(sorted(shape.model_fields)), values, max_size=6)
        return known | objects
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return {
        Boolean: st.booleans(),
        Numeric: numbers,
        Integer: st.integers(-32768, 32767),
        Date: st.dates(min_value=date(1000, 1, 1)),
        Uuid: st.uuids(),
    }.get(
        next((t for t in type(kind).__mro__ if t in {Boolean, Numeric, Integer, Date, Uuid}), str),
        texts,
    )


instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the zone is drawn apart
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(timezone(timedelta(hours=5, minutes=45))),
)


def rows(kind: RecordKind) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a row of a kind, with any column empty that is not the identity."""
    columns = clinical_columns(kind.table)
    return st.fixed_dictionaries(
        {
            "record_id": st.uuids(),
            "version": st.integers(1, 9999),
            "state": st.sampled_from(["active", "voided"]),
            "subject": st.just("03-001"),
            "centre": st.just("03"),
            "recorded_by": texts,
            "transaction_id": st.just("7"),
            "predecessor": st.just(1),
            "salt": st.just("\\x00"),
            "recorded_at": instants,
            "source_id": st.none() | texts,
            "reason": st.none() | texts,
        }
        | {column.name: st.none() | of_column(column) for column in columns}
    )


def written(value: Any) -> str:
    """Write a row as JSON with its digits, for the database to read."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(n)}:{written(v)}" for n, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, default=str)


@dataclass
class Session:
    """One session with the database, for checks that draw hundreds of cases."""

    runner: asyncio.Runner
    connection: asyncpg.Connection

    def row(self, statement: str, *parameters: object) -> asyncpg.Record:
        return self.runner.run(self.connection.fetchrow(statement, *parameters))

    def set(self, setting: str) -> None:
        self.runner.run(self.connection.execute(f"SET {setting}"))


@pytest.fixture(scope="module")
def session(server: EmbeddedPostgres) -> Iterator[Session]:
    with asyncio.Runner() as runner:
        clone = clone_of_template(server)
        name = runner.run(clone.__aenter__())
        connection = runner.run(asyncpg.connect(server.url(server.superuser, name)))
        yield Session(runner, connection)
        runner.run(connection.close())
        runner.run(clone.__aexit__(None, None, None))


@settings(max_examples=300, deadline=None)
@given(value=values)
def test_the_database_writes_canonical_json_as_the_contract_says(
    session: Session, value: Any
) -> None:
    found = session.row("SELECT $1::jsonb::text, canonical_json($1::jsonb)", written(value))
    said = json.loads(found[0], parse_int=str, parse_float=str)
    assert found[1] == content_form.canonical(said)


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: kind.path)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_content_of_a_row_is_that_of_its_document(
    session: Session, kind: RecordKind, data: st.DataObject
) -> None:
    zone = data.draw(st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"]))
    session.set(f"TimeZone TO '{zone}'")
    session.set(f"DateStyle TO '{data.draw(st.sampled_from(['ISO', 'German', 'SQL, DMY']))}'")
    table = kind.table.__tablename__
    found = session.row(
        f"SELECT {document(kind)}, {content(kind.table, 'record')} "
        f"FROM json_populate_record(NULL::{table}, $1::json) AS record",
        written(data.draw(rows(kind))),
    )
    assert found[1] == content_form.content(found[0], CLINICAL[kind.path])


EXAMPLE = {
    "record_id": "01a227ba-aac1-75f8-a22d-fb4446d151ac", "version": 2, "state": "active",
    "subject": "03-001", "centre": "03", "source_id": None,
    "recorded_at": "2026-03-09T14:34:35.0442+08:00", "recorded_by": "LIS", "reason": "Read again.",
    "analyte": "PLT", "value": "18.50", "unit": "10*9/L", "spurious": False,
    "collected_at": "2026-03-09T06:40+08:00",
    "reference_range": {"text": None, "low": "125", "high": "350"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param({}, "", id="null members are left out, of a part too"),
        pytest.param({"visit": "M1"}, ',"visit":"M1"', id="a visit that was sent"),
    ],
)
def test_the_content_of_a_result_letter_by_letter(
    session: Session, changed: dict[str, Any], said: str
) -> None:
    kind = next(kind for kind in RECORD_KINDS if kind.path == "lab-results")
    found = session.row(
        f"SELECT {content(kind.table, 'record')} "
        "FROM json_populate_record(NULL::lab_result, $1::json) AS record",
        json.dumps(EXAMPLE | changed),
    )
    assert found[0] == (
        '{"analyte":"PLT","centre":"03","collected_at":"2026-03-09T06:40+08:00","reason":"Read '
        'again.","record_id":"01a227ba-aac1-75f8-a22d-fb4446d151ac","recorded_at":"2026-03-09T06:3'
        '4:35.044200Z","recorded_by":"LIS","reference_range":{"high":"350","low":"125"},"spurious"'
        ':false,"state":"active","subject":"03-001","unit":"10*9/L","value":"18.50","version":"2"'
        f"{said}}}"
    )


def test_the_names_of_members_are_ascii() -> None:
    schemas = published_contract()["components"]["schemas"].values()
    assert all(name.isascii() for schema in schemas for name in schema.get("properties", ()))
