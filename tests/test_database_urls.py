"""One address, as the driver and as SQLAlchemy want it."""

import pytest

from app.database_urls import driver_url, sqlalchemy_url


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param(
            "postgresql://bob@db:5432/trial", "postgresql://bob@db:5432/trial", id="plain"
        ),
        pytest.param("postgresql+asyncpg://bob@db/trial", "postgresql://bob@db/trial", id="driver"),
        pytest.param(
            "postgresql://bob@/trial?host=/tmp/a%20b&port=5432",
            "postgresql://bob@/trial?host=/tmp/a%20b&port=5432",
            id="the embedded server's own",
        ),
    ],
)
def test_the_driver_gets_an_address_that_it_can_read(written: str, read: str) -> None:
    assert driver_url(written) == read


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        driver_url("postgresql://bob@db:port/trial")


def test_sqlalchemy_is_told_the_driver() -> None:
    assert sqlalchemy_url("postgresql://bob@db/trial") == "postgresql+asyncpg://bob@db/trial"
