"""The columns keep what the fields take: on the real database, the way the service writes rows."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import Date, Numeric, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from sqlmodel import Field, SQLModel

from app.embedded_postgres import EmbeddedPostgres
from app.models.values import (
    CivilDate,
    ClinicalDecimal,
    Coded,
    Count,
    FreeText,
    PartialDate,
    PartialDateOrDateTime,
    PositiveDecimal,
    ShortText,
    StrictBool,
    coded,
    part,
    parts,
)
from app.strict_json import parse_strictly


class Grade(IntEnum):
    MILD = 1
    DEATH = 5


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class Lesion(BaseModel):
    """A part of a record."""

    long_mm: PositiveDecimal


class ObservationFields(SQLModel):
    """What the module's recipe says, field by field."""

    model_config = {"extra": "forbid"}

    term: ShortText = Field(sa_type=Text, max_length=20)
    onset: PartialDateOrDateTime = Field(sa_type=Text)
    end: PartialDate | None = Field(default=None, sa_type=Text)
    assessed_on: CivilDate = Field(sa_type=Date)
    grade: Coded[Grade] = Field(sa_type=coded(Grade), description="CTCAE grade.")
    sex: Coded[Sex] | None = Field(default=None, sa_type=coded(Sex))
    serious: StrictBool
    note: FreeText | None = Field(default=None, sa_type=Text)
    count: Count | None = None
    value: ClinicalDecimal = Field(sa_type=Numeric)
    target: Lesion | None = Field(default=None, sa_type=part(Lesion))
    lesions: list[Lesion] = Field(default_factory=list, sa_type=parts(Lesion))


class Observation(ObservationFields, table=True):
    """The table made of them."""

    __tablename__ = "observation_of_values_test"

    record_id: UUID = Field(primary_key=True)


SENT = {
    "term": "Fever",
    "onset": "2026-03",
    "end": None,
    "assessed_on": "2026-03-05",
    "grade": 5,
    "sex": "F",
    "serious": True,
    "note": "Fieber \u2265 38.5 \u00b0C,\n\t\u53d1\u70ed a\u0301 ",
    "count": 3,
    "value": "2.50",
    "target": {"long_mm": "20.0"},
    "lesions": [{"long_mm": "20.0"}, {"long_mm": "11"}],
}


def test_the_types_are_fields_of_a_record_and_come_back_as_sent() -> None:
    fields = ObservationFields.model_validate(SENT)
    assert fields.model_dump(mode="json") == SENT
    assert parse_strictly(fields.model_dump_json().encode()) == SENT
    assert isinstance(fields.onset, PartialDateOrDateTime)
    assert fields.value == Decimal("2.50")


def test_all_that_is_wrong_with_a_record_is_said_at_once() -> None:
    wrong = SENT | {"term": "x" * 21, "onset": 0, "grade": True, "serious": 1, "value": 2.5}
    with pytest.raises(ValidationError) as refused:
        ObservationFields.model_validate(wrong | {"mrn": "x"})
    assert {error["loc"][0]: error["type"] for error in refused.value.errors()} == {
        "term": "string_too_long",
        "onset": "not_a_partial_date",
        "grade": "not_a_code",
        "serious": "bool_type",
        "value": "not_a_number",
        "mrn": "extra_forbidden",
    }


def test_the_columns_keep_what_the_fields_take() -> None:
    ddl = str(CreateTable(Observation.__table__).compile(dialect=postgresql.dialect()))
    lines = [line.strip().rstrip(",") for line in ddl.splitlines()]
    for column in [
        "term TEXT NOT NULL",
        "onset TEXT NOT NULL",
        '"end" TEXT',
        "assessed_on DATE NOT NULL",
        "grade SMALLINT NOT NULL",
        "serious BOOLEAN NOT NULL",
        "count INTEGER",
        "value NUMERIC NOT NULL",
        "target JSONB",
        "lesions JSONB NOT NULL",
        "CONSTRAINT observation_of_values_test_grade_code CHECK (grade IN (1, 5))",
        "sex TEXT",
        "CONSTRAINT observation_of_values_test_sex_code CHECK (sex IN ('F', 'M'))",
    ]:
        assert column in lines


def test_a_column_type_writes_codes_and_parts_as_json_and_reads_them_back() -> None:
    dialect = postgresql.dialect()
    grade, lesions = coded(Grade), parts(Lesion)
    assert grade.process_bind_param(Grade.DEATH, dialect) == 5
    assert grade.process_result_value(5, dialect) is Grade.DEATH
    assert coded(Sex).process_bind_param("F", dialect) == "F"
    with pytest.raises(ValueError, match="2 is not a valid Grade"):
        grade.process_bind_param(2, dialect)
    held = lesions.process_bind_param([Lesion(long_mm=Decimal("20.0"))], dialect)
    assert held == [{"long_mm": "20.0"}]
    assert lesions.process_result_value(held, dialect) == [Lesion(long_mm=Decimal("20.0"))]
    assert part(Lesion).process_bind_param(None, dialect) is None
    assert part(Lesion).process_result_value(None, dialect) is None


@pytest.fixture
async def table(server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    """An empty table of observations that goes with its connection."""
    connection = await asyncpg.connect(server.url(server.superuser, "postgres"))
    ddl = str(CreateTable(Observation.__table__).compile(dialect=postgresql.dialect()))
    await connection.execute(ddl.replace("CREATE TABLE", "CREATE TEMP TABLE"))
    yield connection
    await connection.close()


INSERT = """
INSERT INTO observation_of_values_test
SELECT * FROM jsonb_populate_record(NULL::observation_of_values_test, $1::jsonb)
"""


async def stored(connection: asyncpg.Connection, fields: ObservationFields) -> dict[str, Any]:
    """Store a row as the service does, and give it as the database answers it."""
    row = fields.model_dump(mode="json") | {"record_id": str(UUID(int=7))}
    await connection.execute(INSERT, json.dumps(row))
    answer = await connection.fetchval("SELECT to_jsonb(o) FROM observation_of_values_test AS o")
    return dict(parse_strictly(answer.encode()))


@pytest.mark.anyio
async def test_a_row_comes_back_from_the_database_as_it_was_sent(table: asyncpg.Connection) -> None:
    row = await stored(table, ObservationFields.model_validate(SENT))
    del row["record_id"]
    assert ObservationFields.model_validate(row).model_dump(mode="json") == SENT


@pytest.mark.anyio
@pytest.mark.parametrize(
    "digits",
    ["0", "0.00", "2.50", "-2.50", "100", "1" * 30, f"0.{'0' * 28}1", "12345678901234567890.1230"],
)
async def test_a_numeric_column_keeps_every_digit(table: asyncpg.Connection, digits: str) -> None:
    row = await stored(table, ObservationFields.model_validate(SENT | {"value": digits}))
    del row["record_id"]
    assert ObservationFields.model_validate(row).model_dump(mode="json")["value"] == digits


@pytest.mark.anyio
@pytest.mark.parametrize(
    "wrong", [{"grade": 3}, {"sex": "FEMALE"}, {"grade": None}], ids=["grade", "name", "absent"]
)
async def test_the_database_refuses_a_code_that_is_not_published(
    table: asyncpg.Connection, wrong: dict[str, object]
) -> None:
    row = SENT | wrong | {"record_id": str(UUID(int=7))}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await table.execute(INSERT, json.dumps(row))
