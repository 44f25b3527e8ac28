"""The published contract: equal to the application's, complete, and true of what is answered."""

from pathlib import Path

from app.openapi_document import published
from tests.deployment import Deployment

PUBLISHED = Path(__file__).parents[1] / "openapi" / "openapi.json"


async def test_the_published_contract_is_the_applications(deployment: Deployment) -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == published(deployment.app), "run `make openapi`"
