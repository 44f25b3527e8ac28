"""One PostgreSQL address, as the driver and as SQLAlchemy want it written."""

import re

_OURS = re.compile(r"postgresql://[\w%.-]+@/[\w%.-]+(?:\?host=[\w%./-]+&port=[0-9]+)?", re.ASCII)
"""How the embedded server writes its own, which the driver reads as it is."""


def sqlalchemy_url(url: str) -> str:
    """Name the driver in a ``postgresql://`` address."""
    return _as_driven_by("postgresql+asyncpg", url)


def driver_url(url: str) -> str:
    """Give the plain ``postgresql://`` form that the driver reads."""
    return url if _OURS.fullmatch(url) else _as_driven_by("postgresql", url)


def _as_driven_by(driver: str, url: str) -> str:
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - it costs more than the rest of a start

    return make_url(url).set(drivername=driver).render_as_string(hide_password=False)
