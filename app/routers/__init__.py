"""The routes: who, what, and which refusals. The services do the work."""

from collections.abc import Iterator

from fastapi import APIRouter

from app.routers import (
    about,
    charts,
    documentation,
    endpoints,
    findings,
    health,
    imports,
    ledger,
    page,
    people_sign_in,
    reports,
    responses,
    rules,
    status_board,
    subjects,
    token_endpoint,
    vocabularies,
)
from app.routers.identifier_routes import identifier_router
from app.routers.record_routes import record_router
from app.schemas.record_kinds import RECORD_KINDS


def every_router() -> Iterator[APIRouter]:
    """Give every router of the service, in the order of the documentation."""
    yield page.router
    yield documentation.router
    for noun in (health, token_endpoint, people_sign_in, about, vocabularies, rules, subjects):
        yield noun.router
    for kind in RECORD_KINDS:
        if not kind.one_per_subject:
            yield record_router(kind)
        yield identifier_router(kind)
    yield imports.router
    yield findings.router
    yield endpoints.router
    yield charts.router
    yield responses.router
    yield status_board.router
    yield reports.router
    yield ledger.router
