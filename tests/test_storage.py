"""A full disk: nothing is stored, what is stored can be read, and it is said what is the matter."""

from pathlib import Path

import pytest

from app.embedded_postgres import EmbeddedPostgres
from app.problems import StorageFull
from app.storage import REMEMBERED_SECONDS, Storage
from tests.deployment import Deployment, clone_of_template, open_directory

VISIT = {"visit": "D3", "status": "done", "visited_on": "2026-03-05", "ecog": 1}
MORE_THAN_THERE_IS = 10**18


async def test_changes_are_refused_and_reads_go_on(server: EmbeddedPostgres) -> None:
    with open_directory() as directory:
        (directory / "data").mkdir()
        async with (
            clone_of_template(server) as name,
            Deployment(server, name, directory, storage_reserve=MORE_THAN_THERE_IS) as deployment,
        ):
            await deployment.subject("03")
            coordinator = await deployment.caller("coordinator", "03")
            written = [
                await coordinator.submit("/v1/subjects/03-001/visits", VISIT),
                await coordinator.http.post(
                    "/v1/imports", content="{}", headers={"Content-Type": "application/x-ndjson"}
                ),
            ]
            read = await coordinator.http.get("/v1/subjects/03-001/visits")
            ready = await deployment.client().get("/readyz")
    for answer in (*written, ready):
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/storage-full")
        assert answer.headers["Retry-After"]
    assert read.status_code == 200


class TestStorage:
    def test_a_database_elsewhere_is_asked_for_no_room(self) -> None:
        Storage(None, MORE_THAN_THERE_IS).require_room()

    def test_a_disk_with_room_takes_changes(self, tmp_path: Path) -> None:
        Storage(tmp_path, 1).require_room()

    def test_what_the_database_said_is_remembered_for_a_minute(self) -> None:
        now = 100.0
        storage = Storage(None, 0, monotonic=lambda: now)
        storage.require_ready()
        storage.full()
        with pytest.raises(StorageFull):
            storage.require_ready()
        now += REMEMBERED_SECONDS
        storage.require_ready()
