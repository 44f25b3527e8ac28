"""What the login of the service cannot do, even in the hands of another."""

import asyncpg
import pytest

from tests.deployment import Deployment


async def test_a_temporary_table_does_not_stand_in_for_the_grants(deployment: Deployment) -> None:
    reader = await deployment.caller("centre_reader", await deployment.centre("03"))
    login = await asyncpg.connect(deployment.server.url("dayzero_service", deployment.database))
    try:
        await login.execute("BEGIN")
        await login.execute(
            "CREATE TEMPORARY TABLE access_grant (principal uuid, role text, centre text,"
            " ends_at timestamptz, revoked_at timestamptz)"
        )
        await login.execute("GRANT ALL ON pg_temp.access_grant TO PUBLIC")
        await login.execute(
            "INSERT INTO pg_temp.access_grant VALUES ($1, 'auditor', NULL, NULL, NULL)", reader.id
        )
        entered = await login.fetchval(
            "SELECT database_role FROM begin_context($1, 'audit')", reader.id
        )
        assert entered is None
    finally:
        await login.close()


async def test_the_owners_functions_search_temporary_tables_last(deployment: Deployment) -> None:
    found = await deployment.owner.fetch(
        "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND prosecdef"
    )
    assert len(found) > 10
    for function in found:
        assert "search_path=pg_catalog, public, pg_temp" in function["proconfig"], function


@pytest.mark.parametrize("table", ["principal", "access_grant", "ledger_event", "visit"])
async def test_it_reads_no_table_without_a_context(deployment: Deployment, table: str) -> None:
    login = await asyncpg.connect(deployment.server.url("dayzero_service", deployment.database))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await login.execute(f"SELECT FROM {table}")
    finally:
        await login.close()
