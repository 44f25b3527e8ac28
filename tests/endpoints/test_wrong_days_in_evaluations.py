"""A day that cannot be, within an evaluation whose own day can: what it takes out, and what stays.

Source: the trial's endpoint definitions, section 11.6: a wrong date takes out the date, and what is
set aside is counted beside the figure.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.subjects.evaluation_parts import components
from tests.subjects.told import Record, assessment, contact, dated_on, death, rated, subject

LATE: Final = "2062-04-05"
BEFORE: Final = assessment(-10, **components(4, 0, "+-", lesions={}))
RESPONDING: Final = assessment(28, **components(1, 0, "+-"))
IGG_KAPPA: Final = {"heavy_chain": "IgG", "light_chain": "kappa"}


def new_lesion(found_on: Any) -> Record:
    """A partial response by the blood, and a lesion that was not there before."""
    lesions = [{"kind": "extramedullary", "found_on": found_on}]
    return assessment(61, **components(1, 0, "+-", new_lesions=lesions))


def spike(g_dl: str, collected_on: str | None = None) -> dict[str, Any]:
    value = {"value": g_dl, "unit": "g/dL", "collected_on": collected_on}
    return {"isotype": IGG_KAPPA, "owner": "original", "value": value}


SUBJECTS: Final = (
    subject("found in the future", BEFORE, RESPONDING, new_lesion(LATE), contact(70)),
    subject("found after death", BEFORE, RESPONDING, new_lesion(dated_on(90)), death(80)),
    subject("a reader's day", rated(28, "PR"), rated(61, "PR"),
            rated(91, "PD", "imaging", investigator_response_date=LATE), contact(95)),
    subject("one of two spikes", BEFORE, RESPONDING, assessment(61, **components(
        None, 0, "+-", serum_m_proteins=[spike("2", LATE), spike("1")])), contact(70)),
)  # fmt: skip


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    async with cohort(server, tmp_path_factory.mktemp("days"), *SUBJECTS) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        pytest.param(
            "found in the future",
            "derived",
            (62, 0),
            id="a lesion of 2062 is dated to its evaluation",
        ),
        pytest.param(
            "found after death",
            "derived",
            (62, 0),
            id="and so is one of after the death",
        ),
        pytest.param(
            "a reader's day",
            "investigator",
            (92, 0),
            id="a category of 2062 as well",
        ),
        pytest.param("one of two spikes", "derived", (29, 1), id="a spike of 2062 leaves no serum"),
    ],
)
async def test_a_progression_is_not_lost_over_a_day(
    told: Cohort, name: str, source: str, expected: tuple[int, int]
) -> None:
    row = (await told.rows("progression-free-survival", response_source=source))[name]
    assert (row["AVAL"], row["CNSR"]) == expected


async def test_each_day_is_listed_and_counted(told: Cohort) -> None:
    answer = await told.endpoint("response")
    names = {code: name for name, code in told.codes.items()}
    found = {
        names[one["subject"]]: (one["finding"], one["member"]) for one in answer["data_errors"]
    }
    assert found == {
        "found in the future": ("DATE-IN-FUTURE", "new_lesions.found_on"),
        "found after death": ("DATE-AFTER-DEATH", "new_lesions.found_on"),
        "a reader's day": ("DATE-IN-FUTURE", "investigator_response_date"),
        "one of two spikes": ("DATE-IN-FUTURE", None),
    }
    assert answer["set_aside"]["n_subjects"] == len(SUBJECTS)
