"""What the service gives an endpoint beside what the request says."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI

from app.access.permissions import Action
from app.routers.supplied import CallerOfRequest, FormOfAnswer, ServiceOfApp
from app.routers.trial_route import TrialRoute, permits


def something_else() -> str:
    raise AssertionError("it is never asked")


async def names_the_caller(caller: CallerOfRequest) -> str:
    return caller.request_id


async def takes_the_form(form: FormOfAnswer) -> str:
    return form


async def takes_something_else(other: Annotated[str, Depends(something_else)]) -> str:
    return other


async def takes_all_of_it(
    service: ServiceOfApp, caller: CallerOfRequest, form: FormOfAnswer
) -> str:
    return f"{service.trial.code} {caller.route} {form}"


def declare(endpoint: Any, action: Action, method: str = "GET") -> APIRouter:
    router = APIRouter(route_class=TrialRoute)
    router.add_api_route("/v1/tried", endpoint, methods=[method], **permits(action))
    return router


def test_a_route_for_anybody_cannot_name_its_caller() -> None:
    with pytest.raises(RuntimeError, match="no caller to give"):
        declare(names_the_caller, Action.PUBLIC)


def test_a_change_has_no_choice_of_forms() -> None:
    with pytest.raises(RuntimeError, match="no form to give"):
        declare(takes_the_form, Action.SUBMIT_RECORD, method="POST")


def test_what_the_service_gives_is_no_parameter_of_the_request() -> None:
    (route,) = declare(takes_all_of_it, Action.SIGNED_IN).routes
    app = FastAPI()
    app.router.routes.append(route)
    assert "parameters" not in app.openapi()["paths"]["/v1/tried"]["get"]


def test_a_route_takes_nothing_that_the_service_does_not_give() -> None:
    with pytest.raises(RuntimeError, match="takes what no route of ours takes"):
        declare(takes_something_else, Action.SIGNED_IN)
