"""Who may do what: the one table of roles and actions.

The routes declare an action each, the table says which roles have it, and the service refuses to
start with a route that declares none. Documentation and tests are made from the same table.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a principal is to the trial."""

    CENTRE_SYSTEM = "centre_system"
    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    CENTRE_READER = "centre_reader"
    MONITOR = "monitor"
    DATA_MANAGER = "data_manager"
    SAFETY_OFFICER = "safety_officer"
    RESPONSE_REVIEWER = "response_reviewer"
    SPONSOR_ANALYST = "sponsor_analyst"
    SUMMARY_READER = "summary_reader"
    AUDITOR = "auditor"
    STUDY_ADMIN = "study_admin"


class Action(StrEnum):
    """What a route does. ``PUBLIC`` needs nobody; ``SIGNED_IN`` needs anybody."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    SUBMIT_RECORD = "record:submit"
    AMEND_RECORD = "record:amend"
    VOID_RECORD = "record:void"
    ADJUDICATE_RESPONSE = "response:adjudicate"
    READ_RECORD = "record:read"
    IMPORT_RECORDS = "record:import"
    READ_CENTRES = "centres:read"
    READ_CHANGES = "changes:read"
    READ_FINDINGS = "findings:read"
    READ_ENDPOINTS = "endpoints:read"
    READ_RESPONSES = "response:read"
    READ_LEDGER = "ledger:read"
    READ_METRICS = "metrics:read"


class Purpose(StrEnum):
    """What a transaction is for; decides which database role it enters."""

    WRITE = "write"
    READ = "read"
    SUMMARISE = "summarise"
    AUDIT = "audit"
    CENTRES = "centres"


AT_CENTRE = frozenset(
    {Role.CENTRE_SYSTEM, Role.COORDINATOR, Role.INVESTIGATOR, Role.CENTRE_READER, Role.MONITOR}
)
"""Roles whose grant names a centre. The others reach the whole trial."""

TIME_BOXED = frozenset({Role.AUDITOR})
"""Roles whose grant must say when it ends."""

_WRITERS = frozenset({Role.CENTRE_SYSTEM, Role.COORDINATOR, Role.INVESTIGATOR})
_READERS = AT_CENTRE | {
    Role.DATA_MANAGER,
    Role.SAFETY_OFFICER,
    Role.RESPONSE_REVIEWER,
    Role.SPONSOR_ANALYST,
    Role.AUDITOR,
}

PERMISSIONS: dict[Action, frozenset[Role]] = {
    Action.PUBLIC: frozenset(Role),
    Action.SIGNED_IN: frozenset(Role),
    Action.SUBMIT_RECORD: _WRITERS,
    Action.AMEND_RECORD: _WRITERS,
    Action.VOID_RECORD: frozenset({Role.COORDINATOR, Role.INVESTIGATOR}),
    Action.ADJUDICATE_RESPONSE: frozenset({Role.RESPONSE_REVIEWER}),
    Action.READ_RECORD: _READERS,
    Action.IMPORT_RECORDS: _WRITERS,
    Action.READ_CENTRES: _READERS | {Role.SUMMARY_READER, Role.STUDY_ADMIN},
    Action.READ_CHANGES: _READERS,
    Action.READ_FINDINGS: _READERS,
    Action.READ_ENDPOINTS: _READERS | {Role.SUMMARY_READER},
    Action.READ_RESPONSES: _READERS,
    Action.READ_LEDGER: frozenset({Role.AUDITOR}),
    Action.READ_METRICS: frozenset({Role.STUDY_ADMIN, Role.AUDITOR}),
}

PURPOSES: dict[Action, Purpose] = {
    Action.SUBMIT_RECORD: Purpose.WRITE,
    Action.AMEND_RECORD: Purpose.WRITE,
    Action.VOID_RECORD: Purpose.WRITE,
    Action.IMPORT_RECORDS: Purpose.WRITE,
    Action.READ_LEDGER: Purpose.AUDIT,
    Action.READ_CENTRES: Purpose.CENTRES,
    Action.READ_METRICS: Purpose.CENTRES,
    Action.READ_ENDPOINTS: Purpose.SUMMARISE,
}
"""What an action's transaction is for; every other action reads.

An adjudication is written as one who reads the whole trial: the database lets that role insert
adjudications when a grant of the caller makes it a response reviewer, and no other record.
"""

WITHOUT_FREE_TEXT = frozenset({Role.SPONSOR_ANALYST})
"""Roles that get subject-level data, but nothing that somebody wrote in their own words."""
