"""A demonstration trial, loaded over HTTP as the centres' own clients would."""

import os
import signal
from datetime import timedelta
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from app.access.grant_types import LINK_GRANT
from app.access.permissions import Role
from app.commands.administration import sign_in_link
from app.commands.console import fail, output
from app.commands.demo_charts import draw_every_chart
from app.commands.demo_load import tell
from app.commands.demo_service import free_port, served
from app.config import Settings
from app.demo.cdisc_pilot import HOW_TO_GET_IT, cdisc_pilot
from app.demo.records import TrialRecords
from app.demo.synthetic import synthetic_trial

demo = typer.Typer(no_args_is_help=True, help="A demonstration trial.")
DAY = timedelta(hours=8)
PILOT_TRIAL = resources.files("app.trial").joinpath("cdisc_pilot.toml")


class Source(StrEnum):
    """Where the demonstration's data come from."""

    SYNTHETIC = "synthetic"
    CDISC_PILOT = "cdisc-pilot"


FromSource = Annotated[Source, typer.Option("--source", help="Invented here, or published.")]
WithSeed = Annotated[int, typer.Option("--seed", help="Another seed invents another trial.")]


@demo.command("load")
def load_demonstration(
    source: FromSource = Source.SYNTHETIC,
    seed: WithSeed = 1,
    url: Annotated[
        str | None, typer.Option("--url", help="Where the service is; DAYZERO_ISSUER without it.")
    ] = None,
) -> None:
    """Load a demonstration trial into a running service, and say what became of it."""
    trial = _trial(source, seed)
    if not tell(trial, url or Settings().issuer):
        raise typer.Exit(1)


def _trial(source: Source, seed: int) -> TrialRecords:
    if source is Source.SYNTHETIC:
        return synthetic_trial(seed)
    try:
        return cdisc_pilot()
    except ModuleNotFoundError:
        raise fail(HOW_TO_GET_IT) from None


@demo.command("run")
def run_demonstration(
    source: FromSource = Source.SYNTHETIC,
    seed: WithSeed = 1,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keys and the embedded database lie here.")
    ] = None,
) -> None:
    """Serve a demonstration trial: start, load it if it is not there, say how to sign in, stay."""
    trial = _trial(source, seed)
    if Settings().database_url is not None:
        raise fail("The demonstration runs on the embedded PostgreSQL: unset DATABASE_URL.")
    os.environ["DAYZERO_ISSUER"] = url = f"http://127.0.0.1:{port}"
    if source is Source.CDISC_PILOT:
        os.environ["DAYZERO_TRIAL"] = str(PILOT_TRIAL)
        data_dir = data_dir or Settings().data_directory.with_name(".data-cdisc-pilot")
    if data_dir is not None:
        os.environ["DAYZERO_DATA_DIRECTORY"] = str(data_dir)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with served(port) as (service, _):
            if not tell(trial, url):
                raise fail("The demonstration trial is not as it should be; see the report above.")
            _invite(trial, url)
            raise typer.Exit(service.wait())
    except KeyboardInterrupt:
        output.print("Ending the service ...")


@demo.command("charts")
def draw_charts(
    folder: Annotated[
        Path, typer.Option("--output", help="Where the pictures, and the trial, are put.")
    ] = Path(".data/charts"),
    seed: WithSeed = 1,
) -> None:
    """Draw every picture of a demonstration trial in every form, and a sheet of all of them."""
    if Settings().database_url is not None:
        raise fail("The demonstration runs on the embedded PostgreSQL: unset DATABASE_URL.")
    port = free_port()
    os.environ["DAYZERO_ISSUER"] = f"http://127.0.0.1:{port}"
    os.environ["DAYZERO_DATA_DIRECTORY"] = str(folder / "trial")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with served(port) as (_, url):
        if not tell(synthetic_trial(seed), url):
            raise fail("The demonstration trial is not as it should be; see the report above.")
        link = sign_in_link(
            Settings(), "Demonstration charts", Role.DATA_MANAGER, None, timedelta(hours=1)
        )
        draw_every_chart(url, link.partition("#link=")[2], folder)


def _invite(trial: TrialRecords, url: str) -> None:
    """Make people of a few roles for today and say how they sign in."""
    settings, first = Settings(), trial.centres[0]
    people = (
        (Role.INVESTIGATOR, first.code, f"Demonstration investigator, {first.name}"),
        (Role.DATA_MANAGER, None, "Demonstration data manager"),
        (Role.AUDITOR, None, "Demonstration auditor"),
    )
    output.print(f"\nThe trial is served at {url}, its contract at {url}/docs.")
    output.print("Each of these links signs a person in once, within 15 minutes:\n")
    for role, centre, name in people:
        link = sign_in_link(settings, name, role, centre, DAY)
        output.print(f"  {name}\n    {link}", soft_wrap=True, highlight=False, markup=False)
    link = sign_in_link(settings, people[1][2], Role.DATA_MANAGER, None, DAY)
    code = link.partition("#link=")[2]
    output.print(
        f"\nOr with curl, as the data manager:\n\n"
        f"  TOKEN=$(curl -s {url}/oauth/token -d grant_type={LINK_GRANT} -d link={code} \\\n"
        f'    | sed \'s/.*"access_token":"\\([^"]*\\)".*/\\1/\')\n'
        f'  curl -s -H "Authorization: Bearer $TOKEN" "{url}/v1/subjects?limit=3"\n\n'
        f"Another link: dayzero token issue --name NAME --role ROLE. Ctrl-C ends the service.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )
