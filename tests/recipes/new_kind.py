"""The recipe for a new kind of record, followed for concomitant procedures.

It is what `CONTRIBUTING.md` says under "A new kind of record", step by step and nothing else.
"""

from typing import Final

from tests.recipes.tree import Tree

PATH: Final = "concomitant-procedures"

MODEL: Final = '''\
"""Concomitant procedures: what was done beside the trial's treatment."""

from sqlalchemy import Date, Text
from sqlmodel import Field

from app.models.record import TrialRecord
from app.models.shape import RecordFields
from app.models.values import CivilDate, FreeText, ShortText, StrictBool


class ConcomitantProcedureFields(RecordFields):
    """What a centre reports about one procedure."""

    procedure: ShortText = Field(sa_type=Text, description="What was done (PRTRT).")
    performed_on: CivilDate = Field(sa_type=Date, description="Day it was done (PRSTDTC).")
    planned: StrictBool = Field(default=False, description="Planned before consent (PRPRESP).")
    note: FreeText | None = Field(default=None, sa_type=Text, description="More on it.")


class ConcomitantProcedure(ConcomitantProcedureFields, TrialRecord, table=True):
    """One version of one procedure of one subject."""

    __tablename__ = "concomitant_procedure"
'''

SCHEMA: Final = '''\
"""Concomitant procedures on the wire."""

from app.models.concomitant_procedure import ConcomitantProcedure, ConcomitantProcedureFields
from app.schemas.record import Dating, RecordIn, RecordKind, RecordOut


class ConcomitantProcedureIn(ConcomitantProcedureFields, RecordIn):
    """A procedure as a centre submits it."""


class ConcomitantProcedureOut(ConcomitantProcedureFields, RecordOut):
    """A procedure as the service gives it."""


CONCOMITANT_PROCEDURES = RecordKind(
    path="concomitant-procedures",
    noun="concomitant procedure",
    table=ConcomitantProcedure,
    submission=ConcomitantProcedureIn,
    view=ConcomitantProcedureOut,
    dated_by="performed_on",
    dating=Dating.HAPPENED,
    filters={"planned": "planned"},
    kept_for_the_record={"for people to read": "procedure note"},
    example={"source_id": "03-PR-1", "procedure": "port insertion", "performed_on": "2026-03-05"},
)
'''


def follow(tree: Tree) -> None:
    """Do what the recipe says."""
    tree.write("app/models/concomitant_procedure.py", MODEL)
    tree.write("app/schemas/concomitant_procedure.py", SCHEMA)
    tree.insert(
        "app/schemas/record_kinds.py",
        "from app.schemas.concomitant_procedure import CONCOMITANT_PROCEDURES\n",
        before="from app.schemas.enrolment import",
    )
    tree.insert(
        "app/schemas/record_kinds.py", "    CONCOMITANT_PROCEDURES,\n", before="    FOLLOW_UPS,\n"
    )
    tree.run("migrations.describe", "concomitant_procedure", "Hold concomitant procedures")
    tree.run("app.cli", "openapi", "--output", "openapi/openapi.json")
