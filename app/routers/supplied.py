"""What the service itself gives an endpoint, beside what the request says.

An endpoint declares what it takes of these by type, in any order, and `Binding` fills it. They are
no parameters of the request, and the contract does not name them.
"""

from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from app.service import Service
from app.services.caller import Caller


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


def _form(request: Request) -> str:
    form: str = request.state.form
    return form


ServiceOfApp = Annotated[Service, Depends(_service)]
"""What this worker holds."""

CallerOfRequest = Annotated[Caller, Depends(_caller)]
"""Who asks; a route that anybody may call has none."""

FormOfAnswer = Annotated[str, Depends(_form)]
"""The media type that the answer to a GET takes."""

_SUPPLIED: Final = frozenset({_service, _caller, _form})


class Supplied:
    """What one endpoint takes of what the service gives.

    Raises:
        RuntimeError: it depends on something else.
    """

    def __init__(self, dependant: Dependant) -> None:
        self._wanted: list[tuple[str, Any]] = [
            (wanted.name or "", wanted.call) for wanted in dependant.dependencies
        ]
        if any(give not in _SUPPLIED for _, give in self._wanted):
            raise RuntimeError(f"{dependant.path} takes what no route of ours takes")

    def require(self, *, a_caller: bool, a_form: bool) -> None:
        """Require that the route has what the endpoint takes.

        Raises:
            RuntimeError: it takes the caller of a route that anybody may call, or the form of the
                answer to a change.
        """
        taken = {give for _, give in self._wanted}
        if _caller in taken and not a_caller:
            raise RuntimeError("a route that anybody may call has no caller to give")
        if _form in taken and not a_form:
            raise RuntimeError("a route that changes something has no form to give")

    def of(self, request: Request) -> dict[str, Any]:
        """Give the endpoint's arguments that the service supplies."""
        return {name: give(request) for name, give in self._wanted}
