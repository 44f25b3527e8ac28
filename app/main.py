"""Assembles the application, and nothing else."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.compressed_answers import CompressedAnswers
from app.config import Settings
from app.cross_origin import CrossOrigin
from app.head_requests import HeadRequests
from app.openapi_document import DescribedApp
from app.problems import MethodNotAllowed, NotFound, Problem
from app.request_context import RequestContext
from app.routers import every_router
from app.routers.refusals import write
from app.routers.request_rate import RequestRate
from app.routers.route_index import RouteIndex
from app.routers.token_endpoint import FailedSignIns
from app.routers.trial_route import TrialRoute
from app.service import assemble


def create_app(settings: Settings, database_url: str) -> DescribedApp:
    """Make the application of one worker.

    Args:
        settings: how this deployment runs.
        database_url: the service's own login.
    """
    service = assemble(settings, database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        yield
        await service.stop()

    app = DescribedApp(
        title="Day Zero",
        version="1",
        summary="A CAR-T trial's data from its centres, and its endpoints.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.request_rate = RequestRate(settings.requests_per_second)
    app.state.failed_sign_ins = FailedSignIns(settings.failed_sign_ins_per_minute)
    app.router.route_class = TrialRoute
    for router in every_router():
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = RouteIndex(app.router)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_middleware(CompressedAnswers)
    app.add_middleware(RequestContext)
    app.add_middleware(HeadRequests)
    if settings.cors_origins:
        app.add_middleware(CrossOrigin, origins=settings.cors_origins)
    return app


async def _unrouted(request: Request, error: Exception) -> Response:
    """Answer what no route took."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    problem: Problem = NotFound("There is nothing at this address that you can see.")
    if status == 405:
        allowed = ", ".join(sorted(_methods_at(request)))
        problem = MethodNotAllowed("Use a method of the list.", headers={"Allow": allowed})
    return write(problem, request.state.request_id)


def _methods_at(request: Request) -> set[str]:
    """Give the methods of an address, which several routes may share."""
    methods: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods
    return methods | {"HEAD"} if "GET" in methods else methods
