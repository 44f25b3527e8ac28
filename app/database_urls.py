"""One PostgreSQL address, as the driver and as SQLAlchemy want it written."""

from sqlalchemy.engine import make_url


def sqlalchemy_url(url: str) -> str:
    """Name the driver in a ``postgresql://`` address."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def driver_url(url: str) -> str:
    """Give the plain ``postgresql://`` form that the driver reads."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
