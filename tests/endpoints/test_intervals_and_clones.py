"""Results beyond a limit, immunoglobulins in the place of a spike, and more clones than one.

Each case is a baseline of day -10, visits of days 28, 56 and 84, and the category of each visit.

Source: the trial's response rules, intervals (U3), quantitative immunoglobulins (U6), bands (U7).
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest

from app.embedded_postgres import EmbeddedPostgres
from tests.endpoints.cohort import Cohort, cohort
from tests.endpoints.test_changed_rules_of_response import rules_found
from tests.subjects.evaluation_parts import components, measured
from tests.subjects.told import Record, Subject, assessment, subject

DAYS: Final = (-10, 28, 56, 84)
IGG_KAPPA: Final = {"heavy_chain": "IgG", "light_chain": "kappa"}
IGA_LAMBDA: Final = {"heavy_chain": "IgA", "light_chain": "lambda"}
IGA_KAPPA: Final = {"heavy_chain": "IgA", "light_chain": "kappa"}

Case = tuple[str, list[str], Mapping[str, Any], list[dict[str, Any]]]


def serum(*values: Any, **more: Any) -> list[dict[str, Any]]:
    return [components(value, 0, "+-", **more) for value in values]


def urine(*values: Any) -> list[dict[str, Any]]:
    return [components(0, value, "-+") for value in values]


def chains(*values: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [components(0, 0, "+-", kappa=kappa, lambda_=lambda_) for kappa, lambda_ in values]


def marrows(*values: Any) -> list[dict[str, Any]]:
    return [components(0, 0, "--", marrow=value) for value in values]


def complete(marrow: Any) -> list[dict[str, Any]]:
    return [components(4, 0, "+-", marrow=50), components(0, 0, "--", marrow=marrow)]


def iga(*values: Any, unit: str = "mg/dL", ife: str = "+-", **more: Any) -> list[dict[str, Any]]:
    return [
        components(u=0, ife=ife, immunoglobulin={**part, "heavy_chain": "IgA", **more})
        for part in (measured(value, unit) for value in values)
        if part is not None
    ]


def clones(*values: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Visits with the spike of each clone: IgG kappa, IgA lambda, and one that is foreign."""
    owners = ("original", "original", "other_isotype")
    isotypes = (IGG_KAPPA, IGA_LAMBDA, {"heavy_chain": "IgM", "light_chain": "lambda"})
    return [
        components(
            u=0,
            ife="+-",
            serum_m_proteins=[
                {
                    "isotype": isotype,
                    "owner": owner,
                    "value": measured(amount, "g/dL") or {"not_done": "no peak to integrate"},
                }
                for amount, isotype, owner in zip(of_visit, isotypes, owners, strict=False)
            ],
            serum_immunofixation={
                "result": "positive",
                "bands": [
                    {**isotype, "owner": owner}
                    for _, isotype, owner in zip(of_visit, isotypes, owners, strict=False)
                ],
            },
        )
        for of_visit in values
    ]


KAPPA: Final = {"light_chain": "kappa"}
CASES: Final[tuple[Case, ...]] = (
    ("serum below the 90 % mark", ["VGPR"], {}, serum(4, "<0.4")),
    ("serum at most the 90 % mark", ["VGPR"], {}, serum(4, "<=0.4")),
    ("serum below a little more", ["PR"], {}, serum(4, "<0.41")),
    ("serum above what would be progression", ["PR", "PD"], {}, serum(4, 1, ">1.5")),
    ("serum above less than that", ["PR", "SD"], {}, serum(4, 1, ">1.4")),
    ("baseline of at least 1.0 g/dL", ["PR"], {}, serum(">=1.0", "0.5")),
    ("baseline above 0.9 g/dL", ["NE"], {}, serum(">0.9", "0.4")),
    ("a nadir below the limit counts as 0", ["VGPR", "PD"], {}, serum(4, "<0.2", "0.6")),
    ("a nadir below the limit and a rise beyond it", ["VGPR", "PD"], {}, serum(4, "<0.2", "0.8")),
    ("urine below 100", ["VGPR"], {}, urine(1000, "<100")),
    ("urine at most 100", ["PR"], {}, urine(1000, "<=100")),
    ("urine below 200", ["PR"], {}, urine(1000, "<200")),
    ("urine at most 200", ["MR"], {}, urine(1000, "<=200")),
    ("urine nadir below the limit", ["VGPR", "PD"], {}, urine(1000, "<50", 210)),
    ("dFLC judged by its upper end", ["PR"], KAPPA, chains((500, 10), (100, "<5"))),
    ("dFLC below the 90 % mark", ["VGPR"], KAPPA, chains((500, 10), ("<59", 10))),
    ("dFLC not below it", ["PR"], KAPPA, chains((500, 10), ("<60", 10))),
    ("a chain above its limit at baseline", ["PR"], KAPPA, chains((">2000", 10), (900, 10))),
    ("marrow below 5 %", ["CR"], {}, complete("<5")),
    ("marrow at most 5 %", ["VGPR"], {}, complete("<=5")),
    ("marrow at most 4.9 %", ["CR"], {}, complete("<=4.9")),
    ("marrow nadir of 5 %, up to 14 %", ["CR", "PR"], {}, marrows(40, "<5", 14)),
    ("IgA of exactly 750 mg/dL", ["MR"], IGA_KAPPA, iga("7.5", "5", unit="g/L")),
    ("IgA of less", ["NE"], IGA_KAPPA, iga("7.49", "5", unit="g/L")),
    ("IgA 25 % down", ["MR"], IGA_KAPPA, iga(4200, 3150)),
    ("IgA 50 % down", ["PR"], IGA_KAPPA, iga(4200, 2100)),
    ("IgA 90 % down", ["VGPR"], IGA_KAPPA, iga(4200, 420)),
    ("IgA not quite", ["PR"], IGA_KAPPA, iga(4200, 421)),
    ("IgA up by 500 and 25 %", ["PR", "PD"], IGA_KAPPA, iga(4200, 2000, 2500)),
    ("IgA up by 500 and not 25 %", ["MR", "MR"], IGA_KAPPA, iga(4200, 2200, 2749)),
    ("IgA from 5,200 up by 1,000", ["SD", "PD"], IGA_KAPPA, iga(6000, 5200, 6200)),
    ("IgA by another assay", ["NE"], IGA_KAPPA, iga(4200, 420, light_chain="kappa")),
    ("IgG is not followed so", ["NE"], IGG_KAPPA, iga(4200, 420)),
    ("two clones summed", ["PR"], IGG_KAPPA, clones((3, 1), ("0.6", "0.4"))),
    ("two clones, 90 % down", ["VGPR"], IGG_KAPPA, clones((3, 1), ("0.1", "0.3"))),
    ("one of two clones not done", ["NE"], IGG_KAPPA, clones((3, 1), ("0.6", None))),
    ("a foreign clone counts nothing", ["VGPR"], IGG_KAPPA, clones((3, 1), ("0.2", "0.1", 2))),
    ("one clone escapes", ["PR", "PR"], IGG_KAPPA, clones((3, 1), ("0.5", "0.2"), ("0.1", "0.7"))),
)  # fmt: skip


def case_subject(case: Case) -> Subject:
    name, _, enrolment, visits = case
    records: list[Record] = [
        assessment(day, **parts) for day, parts in zip(DAYS, visits, strict=False)
    ]
    return subject(name, *records, **enrolment)


@pytest.fixture(scope="module")
async def told(
    server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cohort]:
    directory = tmp_path_factory.mktemp("intervals")
    async with cohort(server, directory, *map(case_subject, CASES)) as found:
        yield found


@pytest.fixture(scope="module")
async def answers(told: Cohort) -> dict[str, dict[str, Any]]:
    return await told.responses({name: {} for name, *_ in CASES})


@pytest.mark.parametrize(
    ("name", "categories"), [pytest.param(name, found, id=name) for name, found, *_ in CASES]
)
async def test_each_visit_has_its_category(
    answers: Mapping[str, Any], name: str, categories: list[str]
) -> None:
    assert [visit["category"] for visit in answers[name]["visits"]] == categories


@pytest.mark.parametrize(
    ("name", "flagged"),
    [
        ("a nadir below the limit counts as 0", True),
        ("a nadir below the limit and a rise beyond it", False),
        ("urine nadir below the limit", True),
    ],
)
async def test_a_progression_by_a_limit_that_counts_as_nothing_is_flagged(
    answers: Mapping[str, Any], name: str, flagged: bool
) -> None:
    assert ("nadir_below_limit" in answers[name]["visits"][-1]["flags"]) is flagged


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("one clone escapes", "CLONE-ESCAPE"),
        ("IgA by another assay", "MEASURED-NOT-USED"),
        ("IgG is not followed so", "MEASURED-NOT-USED"),
    ],
)
async def test_what_decides_nothing_is_asked_about_once(told: Cohort, name: str, rule: str) -> None:
    assert (await rules_found(told, name)).count(rule) == 1
