"""Checks from outside that every centre reads exactly its own rows."""

import json
from collections.abc import Mapping

from app.demo.client import CentreClient, Refused
from app.demo.load import kinds
from app.demo.records import ENROLMENTS, CentreRecords, TrialRecords
from app.demo.report import ListReading, LoadReport


async def check_isolation(
    trial: TrialRecords, clients: Mapping[str, CentreClient], report: LoadReport
) -> None:
    """Let every centre read everything it can, and knock at a subject of each other centre.

    Counts the rows against what the centre has stored, looks at the centre that each row names,
    and looks through the whole text for what only other centres have sent.
    """
    subjects: dict[str, str] = {}
    for centre in trial.centres:
        for kind in kinds(trial):
            rows = await clients[centre.code].rows(kind)
            report.readings.append(
                ListReading(
                    centre=centre.code,
                    kind=kind,
                    told=report.stored[centre.code, kind],
                    read=len(rows),
                    strangers=_strangers(rows, centre, trial),
                )
            )
            if kind == ENROLMENTS:
                own = (json.loads(row) for row in rows)
                subjects |= {row["centre"]: row["subject"] for row in own}
    for centre in trial.centres:
        for other, subject in subjects.items():
            if other != centre.code:
                report.trespasses += await reached(clients[centre.code], centre.code, subject)


def _strangers(rows: list[str], centre: CentreRecords, trial: TrialRecords) -> int:
    canaries = [other.canary for other in trial.centres if other is not centre]
    return sum(
        json.loads(row)["centre"] != centre.code or any(canary in row for canary in canaries)
        for row in rows
    )


async def reached(client: CentreClient, centre: str, subject: str) -> list[str]:
    """Name the addresses of another centre's subject that answered."""
    answered = []
    for place in (f"/v1/subjects/{subject}", f"/v1/subjects/{subject}/history"):
        try:
            await client.read(place)
        except Refused as refused:
            if refused.status == 404:
                continue
        answered.append(f"{centre} at {place}")
    return answered
