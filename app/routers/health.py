"""Whether the service lives, whether it can do its work, and its figures."""

from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as OF_THIS_PROCESS
from prometheus_client.values import ValueClass
from pydantic import BaseModel

from app.access.permissions import Action
from app.problems import (
    DatabaseUnavailable,
    DeadlineExceeded,
    InvalidToken,
    NotFound,
    NotPermitted,
    NotReady,
    Overloaded,
    StorageFull,
    UnknownParameter,
    documented,
)
from app.routers.caller import authenticate
from app.routers.supplied import ServiceOfApp
from app.routers.trial_route import TrialRoute, permits
from app.schema_revision import head
from app.service import Service

router = APIRouter(route_class=TrialRoute, tags=["health"])
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})
LONGEST_LAG = 60.0
"""Seconds that the ledger may lie behind before the service calls itself not ready."""


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class Ready(BaseModel):
    """The service can do its work."""

    status: str = "ready"
    schema_revision: str
    ledger_lag_seconds: float


@router.get(
    "/livez",
    operation_id="livez",
    summary="Does the process answer",
    responses=documented(UnknownParameter),
    **permits(Action.PUBLIC),
)
async def livez() -> Alive:
    """Answer, without asking anybody."""
    return Alive()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Can the service do its work",
    responses=documented(
        UnknownParameter, NotReady, DatabaseUnavailable, Overloaded, DeadlineExceeded, StorageFull
    ),
    **permits(Action.PUBLIC),
)
async def readyz(service: ServiceOfApp) -> Ready:
    """Ask the database, and hold its schema and its ledger against what the service needs."""
    rows = await service.database.service_rows(
        "SELECT schema_revision() AS revision, unsequenced_seconds() AS lag"
    )
    revision, lag = rows[0]["revision"], rows[0]["lag"]
    if revision != head():
        raise NotReady("The database is not at the schema of this service; migrate it.")
    if lag > LONGEST_LAG:
        raise NotReady("The ledger lies behind.", ledger_lag_seconds=lag)
    service.database.storage.require_ready()
    return Ready(schema_revision=revision, ledger_lag_seconds=lag)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Figures for Prometheus",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(
            UnknownParameter, InvalidToken, NotPermitted, NotFound, DatabaseUnavailable, Overloaded
        ),
    },
    description="For callers on the service's own machine, or for signed-in operators, as "
    "`DAYZERO_METRICS` says.",
    response_class=Response,
    **permits(Action.PUBLIC),
)
async def metrics(request: Request, service: ServiceOfApp) -> Response:
    """Give the figures of all workers, or of this one where there is only one."""
    await _require_operator(request, service)
    registry = OF_THIS_PROCESS
    if ValueClass.__name__ == "MmapedValue":
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _require_operator(request: Request, service: Service) -> None:
    """Let those read the figures whom the setting names.

    What says that it was forwarded did not come from this machine, whichever proxy sent it on.
    """
    if service.settings.metrics == "operators":
        principal = await authenticate(request, service)
        await service.database.glance(principal, Action.READ_METRICS, "ledger_head()")
        return
    client, forwarded = request.client, _FORWARDED.intersection(request.headers)
    if client is None or forwarded or not ip_address(client.host).is_loopback:
        raise NotFound("There is nothing at this address that you can see.")
