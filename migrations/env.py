"""How Alembic reaches the database: as the owner of the tables, on a connection it is given."""

from alembic import context
from sqlmodel import SQLModel

import app.models.every_table  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
