"""What the operator is told of a database that refuses: what is the matter, and what to do."""

import asyncpg
import pytest
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.commands.database_sentences import sentence_about


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(), "start the server"),
        (TimeoutError(), "Correct host and port"),
        (asyncpg.InvalidPasswordError("secret"), "Correct the password"),
        (asyncpg.InvalidAuthorizationSpecificationError("secret"), "CREATE ROLE"),
        (asyncpg.InvalidCatalogNameError("secret"), "CREATE DATABASE"),
        (asyncpg.CannotConnectNowError("secret"), "Try again"),
        (asyncpg.TooManyConnectionsError("secret"), "max_connections"),
        (asyncpg.InsufficientPrivilegeError("secret"), "DAYZERO_MIGRATION_URL"),
        (asyncpg.UndefinedObjectError("secret"), "dayzero migrate"),
        (asyncpg.UndefinedTableError("secret"), "dayzero migrate"),
        (asyncpg.InvalidParameterValueError("secret"), "dayzero migrate"),
        (asyncpg.ReadOnlySQLTransactionError("secret"), "Name the server that writes"),
        (asyncpg.ConnectionDoesNotExistError("secret"), "Try again"),
        (asyncpg.InterfaceError("secret"), "Try again"),
        (asyncpg.ClientConfigurationError("secret"), "Write it as postgresql://"),
        (asyncpg.DiskFullError("secret"), "log of its server"),
        (ValueError("secret"), "Write it as postgresql://"),
        (ArgumentError("secret"), "Write it as postgresql://"),
        (UnicodeEncodeError("utf-8", "secret", 0, 1, "secret"), "UTF-8"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_a_refusal_says_what_to_do(error: Exception, said: str) -> None:
    sentence = sentence_about(error)
    assert said in sentence
    assert sentence.endswith(".")
    assert "secret" not in sentence


def test_it_speaks_of_the_cause() -> None:
    error = DBAPIError("SELECT", (), ValueError())
    error.__cause__ = asyncpg.InvalidPasswordError("secret")
    assert "Correct the password" in sentence_about(error)
