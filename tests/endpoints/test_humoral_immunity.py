"""B cells and immunoglobulin G of a trial, over the public interface.

Source: the trial's protocol, pharmacodynamics, B-cell aplasia and hypogammaglobulinaemia.
"""

from pathlib import Path

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.told import Record, Subject, dated_on, lab, subject


def told(name: str, *values: tuple[int, str, str]) -> Subject:
    units = {"CD19": "/uL", "IGG": "g/L"}
    return subject(
        name, *(lab(on, analyte, value, units[analyte]) for on, analyte, value in values)
    )


IVIG = Record("therapies", {"therapy_kind": "ivig", "start": dated_on(80)})
SUBJECTS = (
    told("recovered", (28, "CD19", "0"), (183, "CD19", "60"), (274, "CD19", "90")),
    told("absent", (14, "CD19", "9"), (183, "CD19", "9"), (-8, "IGG", "3"), (91, "IGG", "2.5")),
    told("never absent", (28, "CD19", "90"), (91, "IGG", "6")),
    told("not followed", (-8, "CD19", "9")),
    subject("under immunoglobulin", IVIG, lab(91, "IGG", "2", "g/L")),
)


@pytest.mark.parametrize("place", ["pharmacodynamics", "summary"])
async def test_the_tables_of_b_cells_and_immunoglobulin_are_answered(
    server: EmbeddedPostgres, tmp_path: Path, place: str
) -> None:
    async with cohort(server, tmp_path, *SUBJECTS) as found:
        answer = await found.endpoint(place)
        if place == "summary":
            answer = answer["endpoints"]["pharmacodynamics"]
        b_cells, low = answer["b_cell_aplasia"], answer["hypogammaglobulinaemia"]
        assert (b_cells["x"], b_cells["N"], b_cells["n_treated"]) == (2, 3, 5)
        assert (b_cells["first_day"]["median"], b_cells["first_day"]["n"]) == (21, 2)
        recovered = b_cells["recovered"]
        assert (recovered["x"], recovered["N"], b_cells["n_recovered"]) == (1, 2, 1)
        assert b_cells["recovery_day"]["median"] == 183
        assert (low["x"], low["N"], low["lowest"]["minimum"]) == (1, 2, 2.5)
        assert (low["n_low_at_baseline"], low["n_values_after_ivig"]) == (1, 1)
        if place == "pharmacodynamics":
            await printed(found)


async def printed(found: Cohort) -> None:
    """The printed report shows the same."""
    answer = await found.reader.get("/v1/reports/trial", Accept="text/html")
    assert answer.status_code == 200, answer.text
    for words in ("Humoral immunity", "Recovered, x/N", "Lowest IgG, g/L"):
        assert words in answer.text
