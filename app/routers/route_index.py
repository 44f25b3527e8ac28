"""Finds a route by the shape of its address, where the framework would try them one after another.

With twelve kinds of record there are some hundred routes, and trying half of them costs a request
more than parsing its body. What the index does not find, the framework answers as ever.
"""

from collections import defaultdict

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

Shape = tuple[str | None, ...]


class RouteIndex:
    """The routes of a router by method and by the segments of their addresses; None is any."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._routes: dict[tuple[str, Shape], APIRoute] = {}
        self._masks: dict[int, set[tuple[bool, ...]]] = defaultdict(set)
        for route in router.routes:
            if isinstance(route, APIRoute):
                segments = route.path_format.split("/")
                mask = tuple(segment.startswith("{") for segment in segments)
                self._masks[len(segments)].add(mask)
                for method in route.methods or ():
                    self._routes.setdefault((method, _shape(segments, mask)), route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its route."""
        route = self._find(scope) if scope["type"] == "http" else None
        if route is not None:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope["router"] = self._router
                scope.update(found)
                await route.handle(scope, receive, send)
                return
        await self._router.app(scope, receive, send)

    def _find(self, scope: Scope) -> APIRoute | None:
        segments = scope["path"].split("/")
        candidates = (
            self._routes.get((scope["method"], _shape(segments, mask)))
            for mask in self._masks.get(len(segments), ())
        )
        found = [route for route in candidates if route is not None]
        return found[0] if len(found) == 1 else None


def _shape(segments: list[str], mask: tuple[bool, ...]) -> Shape:
    return tuple(
        None if any_segment else segment
        for segment, any_segment in zip(segments, mask, strict=True)
    )
