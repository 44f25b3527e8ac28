"""The way to the database: contexts that do not leak, walls that stand everywhere."""

import asyncio
import random
import re
import uuid
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from app.access.permissions import Action
from app.access.principal import Principal
from app.access.scopes import ALL_SCOPES
from app.database import Database
from app.problems import DatabaseUnavailable, NotPermitted, OutcomeUnknown, Overloaded
from tests.deployment import Caller, Deployment
from tests.subjects.told import consented

DEFINERS = {
    "begin_context(uuid, text)", "hold_key(uuid, text)", "new_subject(text)",
    "claim_slot(text, integer)", "release_slot(text)", "slots_taken()", "slots_given_up()",
    "sequence_events()",
    "complete_seq(bigint)",
    "seq_at(timestamp with time zone)", "ledger_head()", "newest_transaction()",
    "unsequenced_seconds()", "note_refusal(uuid, text, integer, text, text)",
    "client_credentials(uuid)", "principal_named(text)",
    "use_assertion(uuid, text, timestamp with time zone)", "forget_expired(interval)",
    "use_link(bytea, timestamp with time zone)",
    "schema_revision()", "adjudicates()", "data_cut(bigint)",
}  # fmt: skip
"""Every function that runs with the rights of the tables' owner."""

NO_CONTEXT = {
    "42501": "a reader of the context says so",
    "42704": "the setting was never made",
    "22P02": "what is left of the setting after its transaction is not one",
}

CENTRES = [f"{number:02d}" for number in range(1, 21)]


def principal_of(caller: Caller) -> Principal:
    return Principal(id=caller.id, scopes=ALL_SCOPES)


async def test_no_transaction_sees_the_context_of_the_one_before(deployment: Deployment) -> None:
    """A thousand transactions of twenty centres on few connections, every fourth given up."""
    callers = {code: await deployment.caller("coordinator", code) for code in CENTRES}
    for code in CENTRES:
        await deployment.subject(code)
    database, chance = deployment.service.database, random.Random(5)
    seen = 0

    async def look(code: str, number: int) -> None:
        nonlocal seen
        action = chance.choice([Action.READ_RECORD, Action.SUBMIT_RECORD])
        try:
            async with database.transaction(principal_of(callers[code]), action) as transaction:
                rows = await transaction.rows("SELECT centre FROM subject")
                assert {row["centre"] for row in rows} == {code}
                assert await transaction.value("SELECT current_user") == "app_centre"
                if number % 8 == 0:
                    await transaction.row("SELECT 1 / 0")
                if number % 8 == 4:
                    raise NotPermitted("Given up.")
                seen += 1
        except (asyncpg.DivisionByZeroError, NotPermitted):
            seen += 1
        if number % 16 == 1:
            assert await database.service_value("SELECT current_user") == "dayzero_service"
            left = "SELECT coalesce(current_setting('dayzero.readable', true), '')"
            assert await database.service_value(left) == ""
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await database.service_value("SELECT count(*) FROM subject")

    for start in range(0, 1000, 50):
        batch = range(start, start + 50)
        await asyncio.gather(*(look(chance.choice(CENTRES), number) for number in batch))
    assert seen == 1000


async def test_a_cancelled_transaction_leaves_nothing_behind(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    database = deployment.service.database

    async def stuck() -> None:
        async with database.transaction(principal_of(caller), Action.SUBMIT_RECORD) as transaction:
            await transaction.value("SELECT new_subject('03')")
            await transaction.row("SELECT pg_sleep(8)")

    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await stuck()
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 0
    assert await database.service_value("SELECT current_user") == "dayzero_service"


@pytest.mark.parametrize("role", ["app_centre", "app_study", "app_auditor"])
@pytest.mark.parametrize("context", [None, ""])
async def test_a_query_without_a_context_is_an_error(
    role: str, context: str | None, deployment: Deployment
) -> None:
    coordinator = await deployment.caller("coordinator", "03")
    answer = await coordinator.submit("/v1/subjects", consented(eligibility=[]))
    assert answer.status_code == 201
    service = await asyncpg.connect(deployment.server.url("dayzero_service", deployment.database))

    async def look(table: str) -> None:
        async with service.transaction():
            await service.execute(f"SET LOCAL ROLE {role}")
            for name in ("readable", "writable", "scope", "principal") if context == "" else ():
                await service.execute(f"SELECT set_config('dayzero.{name}', '', true)")
            await service.fetch(f"SELECT * FROM {table}")

    try:
        for table in ("subject", "enrolment", "ledger_event", "centre"):
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await look(table)
            assert refusal.value.sqlstate in NO_CONTEXT
    finally:
        await service.close()


async def test_every_table_forces_row_level_security(deployment: Deployment) -> None:
    tables = await deployment.owner.fetch(
        """
        SELECT relname, relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner) AS owner,
               (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) AS policies
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"""
    )
    assert len(tables) >= 21
    for table in tables:
        if table["relname"] == "alembic_version":  # says which schema this is, and nothing else
            continue
        assert table["relrowsecurity"], table
        assert table["relforcerowsecurity"], table
        assert table["policies"] >= 1, table
        assert table["owner"] == "dayzero_owner", table


async def test_a_policy_stands_behind_every_right_on_a_table(deployment: Deployment) -> None:
    """What a role may do to a table, some policy decides row by row; nobody changes or deletes."""
    rights = await deployment.owner.fetch(
        """
        SELECT c.relname, r.rolname, p.privilege_type AS privilege,
               EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND r.oid = ANY (polroles)
                       AND polcmd = CASE p.privilege_type WHEN 'SELECT' THEN 'r'::"char"
                                                          WHEN 'INSERT' THEN 'a'::"char" END)
               AS decided
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p
             JOIN pg_roles r ON r.oid = p.grantee
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND r.rolname <> 'dayzero_owner'"""
    )
    assert len(rights) > 50
    for right in rights:
        assert right["privilege"] in {"SELECT", "INSERT"}, right
        assert right["rolname"] in {"app_centre", "app_study", "app_auditor"}, right
        assert right["decided"], right
    open_to_all = await deployment.owner.fetchval(
        """
        SELECT count(*) FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) p
        WHERE c.relnamespace = 'public'::regnamespace AND p.grantee = 0"""
    )
    assert open_to_all == 0


async def test_no_role_of_the_service_is_above_the_walls(deployment: Deployment) -> None:
    roles = await deployment.owner.fetch(
        """
        SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
               rolinherit, rolcanlogin,
               (SELECT array_agg(m.roleid::regrole::text) FROM pg_auth_members m
                WHERE m.member = pg_roles.oid AND m.inherit_option) AS inherits,
               (SELECT array_agg(m.roleid::regrole::text) FROM pg_auth_members m
                WHERE m.member = pg_roles.oid AND m.set_option) AS enters
        FROM pg_roles WHERE rolname ~ '^(dayzero_|app_)'"""
    )
    assert {role["rolname"] for role in roles} == {
        "dayzero_owner", "dayzero_service", "app_centre", "app_study", "app_auditor",
    }  # fmt: skip
    for role in roles:
        above = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
        assert not any(role[right] for right in above), role
        assert role["rolcanlogin"] == (role["rolname"] == "dayzero_service"), role
        assert not role["inherits"], role
        entered = {"app_auditor", "app_centre", "app_study"} if role["rolcanlogin"] else set()
        assert set(role["enters"] or []) == entered, role


async def test_every_function_with_the_owners_rights_is_known(deployment: Deployment) -> None:
    functions = await deployment.owner.fetch(
        """
        SELECT replace(oid::regprocedure::text, ',', ', ') AS name, prosecdef, proconfig,
               prosqlbody IS NOT NULL AS bound, pg_get_userbyid(proowner) AS owner,
               (SELECT array_agg(coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC'))
                FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))) AS callers
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace"""
    )
    assert {function["name"] for function in functions if function["prosecdef"]} == DEFINERS
    for function in functions:
        # What a body names was found when it was made, or is found in our own schema.
        bound = function["bound"] and not function["prosecdef"]
        assert (
            bound
            or function["proconfig"] == ["search_path=pg_catalog, public, pg_temp"]
            or function["name"] == "reach_of_role()"
        ), function
        assert function["owner"] == "dayzero_owner", function
        assert "PUBLIC" not in (function["callers"] or []), function


async def test_there_is_no_view_and_nobody_makes_one(deployment: Deployment) -> None:
    views = await deployment.owner.fetchval(
        "SELECT count(*) FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')"
    )
    assert views == 0
    for role in ("app_centre", "app_study", "app_auditor", "dayzero_service"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _make_view(deployment, role)


async def _make_view(deployment: Deployment, role: str) -> None:
    async with deployment.owner.transaction():
        await deployment.owner.execute(f"SET LOCAL ROLE {role}")
        await deployment.owner.execute("CREATE VIEW seen AS SELECT 1")


async def test_every_foreign_key_to_a_subject_carries_its_centre(deployment: Deployment) -> None:
    """Checks of foreign keys pass through row-level security."""
    keys = await deployment.owner.fetch(
        """
        SELECT conrelid::regclass::text AS source, pg_get_constraintdef(oid) AS definition
        FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
    )
    assert len(keys) >= 23
    for key in keys:
        referenced = key["definition"].split("REFERENCES ")[1]
        if referenced.startswith(("centre(", "principal(")):
            continue
        assert re.search(r"subject, centre\) REFERENCES .*subject, centre\)", key["definition"]), (
            key
        )


async def test_a_database_that_is_not_there_is_away(deployment: Deployment, tmp_path: Path) -> None:
    database = Database(deployment.settings, f"postgresql://x@/x?host={tmp_path}&port=5432")
    with pytest.raises(DatabaseUnavailable) as refusal:
        await database.service_value("SELECT 1")
    assert refusal.value.headers["Retry-After"] == "2"
    elsewhere = Database(
        deployment.settings, deployment.server.url("dayzero_service", "no_such_database")
    )
    with pytest.raises(DatabaseUnavailable):
        await elsewhere.service_value("SELECT 1")


async def test_a_pool_with_nothing_free_is_busy(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    database = deployment.service.database
    held = asyncio.Event()

    async def hold() -> None:
        async with database.transaction(principal_of(caller), Action.READ_RECORD):
            await held.wait()

    holders = [asyncio.create_task(hold()) for _ in range(deployment.settings.pool_size)]
    await asyncio.sleep(0.3)
    with pytest.raises(Overloaded) as refusal:
        await database.service_value("SELECT 1")
    assert refusal.value.headers["Retry-After"] == "2"
    held.set()
    await asyncio.gather(*holders)
    assert await database.service_value("SELECT 1") == 1


async def test_a_connection_that_ends_is_away_and_replaced(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    database = deployment.service.database

    async def cut_off(*, before_the_commit: bool) -> None:
        async with database.transaction(principal_of(caller), Action.SUBMIT_RECORD) as transaction:
            await transaction.value("SELECT new_subject('03')")
            pid = await transaction.value("SELECT pg_backend_pid()")
            await deployment.owner.execute("SELECT pg_terminate_backend($1, 1000)", pid)
            if not before_the_commit:
                await transaction.value("SELECT 1")

    for _ in range(10):
        with pytest.raises(DatabaseUnavailable):
            await cut_off(before_the_commit=False)
        with pytest.raises(OutcomeUnknown):
            await cut_off(before_the_commit=True)
        assert await database.service_value("SELECT 1") == 1
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 0


async def test_a_failed_statement_that_is_overlooked_is_no_success(deployment: Deployment) -> None:
    caller = await deployment.caller("coordinator", "03")
    database = deployment.service.database

    async def overlook() -> None:
        async with database.transaction(principal_of(caller), Action.SUBMIT_RECORD) as transaction:
            await transaction.value("SELECT new_subject('03')")
            with suppress(asyncpg.DivisionByZeroError):
                await transaction.row("SELECT 1 / 0")

    with pytest.raises(RuntimeError, match="rolled back"):
        await overlook()
    assert await deployment.owner.fetchval("SELECT count(*) FROM subject") == 0


async def test_a_principal_without_access_begins_nothing(deployment: Deployment) -> None:
    caller = await deployment.caller("centre_reader", "03")
    database = deployment.service.database
    with pytest.raises(NotPermitted):
        async with database.transaction(principal_of(caller), Action.SUBMIT_RECORD):
            pytest.fail("it began")
    nobody = Principal(id=uuid.uuid4(), scopes=ALL_SCOPES)
    with pytest.raises(Exception, match="no access any more"):
        async with database.transaction(nobody, Action.READ_RECORD):
            pytest.fail("it began")
