"""Asks what follows from one declaration of a time to an event, and of a picture.

It is run in a copy of the tree that has both.
"""

from collections.abc import AsyncIterator

import pytest

from app.commands.demo_charts import FURTHER, SHEET
from app.embedded_postgres import EmbeddedPostgres
from app.printing.words import ENDPOINTS
from app.schemas.enrolment import ENROLMENTS
from app.services.drawing.forms import Form
from app.trial.trial_identity import TrialOutcome
from tests.deployment import Caller, Deployment, clone_of_template, open_directory
from tests.recipes.new_time_and_chart import CHART, TIME, TITLE


@pytest.fixture(scope="module")
async def reader(server: EmbeddedPostgres) -> AsyncIterator[Caller]:
    with open_directory() as directory:
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory) as deployment,
        ):
            centre = await deployment.caller("coordinator", "03")
            enrolled = await centre.submit("/v1/subjects", {**ENROLMENTS.example, "centre": "03"})
            assert enrolled.status_code == 201, enrolled.text
            yield await deployment.caller("data_manager")


async def test_the_time_has_a_route_with_its_own_variants(reader: Caller) -> None:
    usual = (await reader.get(f"/v1/endpoints/{TIME}?rows=true&population=enrolled")).json()
    assert usual["definition"]["words"].startswith("progression or death of any cause")
    assert list(usual["variants"]) == ["truncate"]
    other = await reader.get(f"/v1/endpoints/{TIME}?variant=failure,truncate")
    assert other.json()["definition"]["name"] == "failure,truncate"
    assert (await reader.get(f"/v1/endpoints/{TIME}?variant=TTP")).status_code == 400


async def test_the_time_is_in_summary_contract_and_page(reader: Caller) -> None:
    assert TIME in (await reader.get("/v1/endpoints/summary")).json()["endpoints"]
    contract = (await reader.get("/openapi.json")).json()
    assert f"/v1/endpoints/{TIME}" in contract["paths"]
    of_a_curve = contract["paths"]["/v1/charts/kaplan-meier"]["get"]["parameters"]
    [named] = [one for one in of_a_curve if one["name"] == "endpoint"]
    assert TIME in named["schema"]["enum"]
    assert f'"{TIME}": "{TITLE}"' in (await reader.get("/page/times.js")).text


async def test_the_time_has_a_curve_and_is_printed(reader: Caller) -> None:
    curve = await reader.get(
        f"/v1/charts/kaplan-meier?endpoint={TIME}", Accept=Form.VEGA_LITE.value
    )
    assert curve.json()["title"]["text"] == TITLE
    assert ENDPOINTS[TIME] == TITLE
    assert f"kaplan-meier {TIME}" in FURTHER


def test_the_trial_can_name_the_time_as_an_outcomes_answer() -> None:
    told = {"name": "x", "kind": "other", "registered": "x", "endpoints": (TIME,)}
    assert TrialOutcome.model_validate(told).endpoints == (TIME,)


async def test_the_picture_is_drawn_and_told_as_rows(reader: Caller) -> None:
    assert CHART in SHEET
    rows = await reader.get(f"/v1/charts/{CHART}", Accept="text/csv")
    assert rows.status_code == 200
    assert rows.text.splitlines()[1:] == ["03,1"]
    drawn = await reader.get(f"/v1/charts/{CHART}", Accept=Form.VEGA_LITE.value)
    assert drawn.json()["title"]["text"] == "Screened by centre"
