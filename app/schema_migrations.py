"""Bring a database to the schema this version of the service works with.

Roles belong to the server and not to a database, so they are made here, once, under a lock; what
belongs to the database is made by the migrations, as the owner of its tables.
"""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.database_urls import sqlalchemy_url
from app.schema_revision import MIGRATIONS, UnknownSchema

OWNER = "dayzero_owner"
SERVICE = "dayzero_service"
CALLER_ROLES = ("app_centre", "app_study", "app_auditor")
_ROLES_LOCK = 7_305_180_001


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent))
    config.attributes["connection"] = connection
    return config


async def migrate(url: str, to: str = "head") -> None:
    """Make the roles where they are missing, then run the migrations that have not run yet.

    Args:
        url: a login that may create roles and set the role of the owner.
        to: the last migration that is run.

    Raises:
        UnknownSchema: a newer version of the service has used the database.
    """
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_ensure_roles)
        async with engine.connect() as connection:
            await connection.execute(text(f"SET ROLE {OWNER}"))
            await connection.commit()
            await connection.run_sync(lambda bound: command.upgrade(_config(bound), to))
            await connection.commit()
    except CommandError as error:
        raise UnknownSchema from error
    finally:
        await engine.dispose()


async def set_service_password(url: str, password: str) -> None:
    """Let the service's login in with a password. The server hashes it; nobody logs it."""
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SET LOCAL log_statement = 'none'"))
            await connection.execute(
                text(
                    "SELECT set_config('dayzero.password', :password, true), "
                    "set_config('dayzero.login', :login, true)"
                ),
                {"password": password, "login": SERVICE},
            )
            await connection.execute(
                text(
                    "DO $$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', "
                    "current_setting('dayzero.login'), current_setting('dayzero.password')); END $$"
                )
            )
    finally:
        await engine.dispose()


def _ensure_roles(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ROLES_LOCK})
    present = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    for role in (OWNER, *CALLER_ROLES):
        if role not in present:
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN NOINHERIT"))
    if SERVICE not in present:
        connection.execute(text(f"CREATE ROLE {SERVICE} LOGIN NOINHERIT"))
    for role in CALLER_ROLES:
        connection.execute(text(f"GRANT {role} TO {SERVICE} WITH INHERIT FALSE, SET TRUE"))
    connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE"))
    connection.execute(
        text(f"GRANT USAGE ON SCHEMA public TO {SERVICE}, {', '.join(CALLER_ROLES)}")
    )
    connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}"))
