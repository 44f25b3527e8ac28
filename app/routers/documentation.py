"""The contract, as a document and as a page to read and try it, with no network beyond us.

Swagger UI's script and style come from the package ``fastapi-swagger``, which ships them as they
were published; nothing of that package runs. The page may load only what this service serves.
"""

import asyncio
import hashlib
import json
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from app.access.permissions import Action
from app.problems import UnknownParameter, documented
from app.routers.caching import ASKED_EACH_TIME, CONTRACT_KEPT, kept
from app.routers.conditions import IfNoneMatch
from app.routers.trial_route import TrialRoute, permits
from app.service import Service


class ContractRoute(TrialRoute):
    """A route that may have to make the contract first, which is seconds of work."""

    def seconds(self, service: Service) -> float:
        """Give how long a request of this route may take."""
        return service.settings.endpoint_seconds


router = APIRouter(route_class=ContractRoute, tags=["contract"])

ONLY_FROM_US = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may load for the page; nothing inline runs, and nothing is evaluated."""

_OURS, _SWAGGER_UI = "app.web", "fastapi_swagger.resources"
_PARTS = {
    "/docs": (_OURS, "docs.html", "text/html"),
    "/docs/start.js": (_OURS, "start.js", "text/javascript"),
    "/docs/swagger-ui-bundle.js": (_SWAGGER_UI, "swagger-ui-bundle.js", "text/javascript"),
    "/docs/swagger-ui.css": (_SWAGGER_UI, "swagger-ui.css", "text/css"),
    "/docs/favicon.png": (_SWAGGER_UI, "favicon-32x32.png", "image/png"),
}
"""The page and what it loads: address, package, file and media type."""


@router.get(
    "/openapi.json",
    operation_id="read_contract",
    summary="This contract",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {"schema": {"type": "object"}}}},
        304: {"description": "You hold it."},
        **documented(UnknownParameter),
    },
    **permits(Action.PUBLIC),
)
async def contract(request: Request, if_none_match: IfNoneMatch = None) -> Response:
    """Give the OpenAPI document; the first request of a worker has it made."""
    state = request.app.state
    if not hasattr(state, "contract_making"):
        state.contract_making = asyncio.Lock()
    async with state.contract_making:
        if not hasattr(state, "contract"):
            document = await asyncio.to_thread(request.app.openapi)
            written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            state.contract = written.encode()
    return kept(state.contract, _digest(state.contract), CONTRACT_KEPT, if_none_match)


async def _page(request: Request, if_none_match: IfNoneMatch = None) -> Response:
    package, name, media_type = _PARTS[request.scope["path"]]
    content = _content(package, name)
    answer = kept(content, _digest(content), ASKED_EACH_TIME, if_none_match, media_type)
    answer.headers["Content-Security-Policy"] = ONLY_FROM_US
    return answer


for _address, (_, _, _media_type) in _PARTS.items():
    router.add_api_route(
        _address,
        _page,
        response_class=Response,
        responses={200: {"content": {_media_type: {}}}},
        include_in_schema=False,
        **permits(Action.PUBLIC),
    )


@cache
def _content(package: str, name: str) -> bytes:
    return files(package).joinpath(name).read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
