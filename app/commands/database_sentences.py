"""What is the matter with the database, and what to do, for each way in which it refuses.

The message of the database's error may carry a value and is not repeated; its kind is named.
"""

from typing import Final

import asyncpg

NOT_AN_ADDRESS: Final = (
    "The address of the database cannot be used: {kind}. Write it as "
    "postgresql://login:password@host:5432/database."
)

_SENTENCES: Final[tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...]] = (
    (
        (asyncpg.UndefinedTableError, asyncpg.InvalidParameterValueError),
        "The database has no tables yet: run `dayzero migrate` first.",
    ),
    (
        asyncpg.InvalidPasswordError,
        (
            "The database cannot be reached: it refuses the password ({kind}). Correct the "
            "password in the address, or set it on the login with ALTER ROLE."
        ),
    ),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        (
            "The database cannot be reached: it refuses the login ({kind}). Correct the login"
            " in the address, make it with CREATE ROLE ... LOGIN, or let it in by "
            "pg_hba.conf."
        ),
    ),
    (
        asyncpg.InvalidCatalogNameError,
        (
            "The database cannot be reached: the server has none of that name ({kind}). "
            "Correct the name in the address, or make it with CREATE DATABASE."
        ),
    ),
    (
        asyncpg.CannotConnectNowError,
        (
            "The database cannot be reached: its server is starting or stopping ({kind}). Try"
            " again in a minute."
        ),
    ),
    (
        asyncpg.TooManyConnectionsError,
        (
            "The database cannot be reached: it takes no more connections ({kind}). End some,"
            " or raise max_connections or the login's CONNECTION LIMIT."
        ),
    ),
    (
        OSError,
        (
            "The database cannot be reached: nothing answers at its address ({kind}). Correct"
            " host and port in the address, start the server, or open the way to it."
        ),
    ),
    (
        asyncpg.InsufficientPrivilegeError,
        (
            "The database does not do this: the login of the address may not ({kind}). Serve "
            "with dayzero_service; for commands name a login in DAYZERO_MIGRATION_URL that "
            "may create roles and owns the database."
        ),
    ),
    (asyncpg.ClientConfigurationError, NOT_AN_ADDRESS),
    (
        asyncpg.UndefinedObjectError,
        (
            "The database does not do this: a role or setting is missing ({kind}). Run "
            "`dayzero migrate`, which makes the roles."
        ),
    ),
    (
        asyncpg.ReadOnlySQLTransactionError,
        (
            "The database does not do this: it only reads ({kind}). Name the server that "
            "writes, or wait until this one is promoted."
        ),
    ),
    (
        (asyncpg.InterfaceError, asyncpg.PostgresConnectionError),
        (
            "The database cannot be reached: the connection broke ({kind}). Try again; if it "
            "stays so, look for why in the log of the server."
        ),
    ),
    (
        asyncpg.PostgresError,
        "The database does not do this: {kind}. Look for why in the log of its server.",
    ),
    (UnicodeError, "A name is not text. Write it in UTF-8."),
)
"""The first that an error is of says what is the matter; special ones stand before general ones."""


def sentence_about(error: BaseException) -> str:
    """Say what is the matter with the database and what to do."""
    while error.__cause__ is not None:  # SQLAlchemy wraps the driver's error twice
        error = error.__cause__
    kind = type(error).__name__
    for kinds, sentence in _SENTENCES:
        if isinstance(error, kinds):
            return sentence.format(kind=kind)
    return NOT_AN_ADDRESS.format(kind=kind)
