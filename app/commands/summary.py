"""The main figures of the trial in a terminal, from the public summary."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from app.access.permissions import Role
from app.commands.console import fail
from app.commands.public_reads import AsOf, AtUrl, Cutoff, WithToken, public_api
from app.commands.tables import show_block
from app.printing.document import Block, Facts
from app.printing.sections import disposition, kinetics, response, safety, survival
from app.printing.words import ENDPOINTS, centres, in_words
from app.services.statistics.small_cells import holds_withheld


def summary(
    cutoff: Cutoff = None,
    as_of: AsOf = None,
    population: Annotated[
        str | None, typer.Option("--population", help="Who is analysed, as in treated.")
    ] = None,
    centre: Annotated[str | None, typer.Option("--centre", help="Subjects of one centre.")] = None,
    response_source: Annotated[
        str | None,
        typer.Option("--response-source", help="derived, investigator or adjudicated."),
    ] = None,
    url: AtUrl = None,
    token: WithToken = None,
) -> None:
    """Print the main figures of the trial at a data cut."""
    with public_api(url, token, Role.SUMMARY_READER) as api:
        found = api.json(
            "/v1/endpoints/summary",
            cutoff=cutoff,
            as_of=as_of,
            population=population,
            centre=centre,
            response_source=response_source,
        )
    if holds_withheld(found["endpoints"]):
        raise fail(
            "Small counts are withheld from readers of aggregates in this trial: sign in as "
            "somebody who reads its records."
        )
    for block in blocks(found):
        show_block(block)


def blocks(found: Mapping[str, Any]) -> Iterator[Block]:
    """Give what is shown of a summary, in its order."""
    endpoints, rules = found["endpoints"], found["rule_set"]
    times = {name: endpoints[name] for name in ENDPOINTS}
    yield Facts(
        (
            ("Data cut", f"as of {found['as_of']}, cut-off {found['cutoff'] or 'none'}"),
            ("Population", f"{in_words(found['population'])}, n = {found['n']}"),
            ("Centres", centres(found)),
            ("Responses", found["response_source"]),
            ("Rules", f"{rules['version']}, code {rules['code_digest'][:12]}"),
            ("Engine", found["engine_version"]),
        )
    )
    yield disposition.flow(endpoints["enrolment"])
    yield response.rates(endpoints["response"])
    yield response.categories(endpoints["response"])
    yield survival.medians(times)
    yield survival.landmarks(times)
    yield safety.overview(endpoints["adverse-events"])
    yield safety.syndromes(endpoints["adverse-events"])
    yield safety.deaths(endpoints["adverse-events"])
    yield kinetics.parameters(endpoints["car-kinetics"])
