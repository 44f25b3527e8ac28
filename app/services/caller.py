"""Who asks the service for something."""

from dataclasses import dataclass

from app.access.principal import Principal


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by which request."""

    principal: Principal
    request_id: str
    route: str
