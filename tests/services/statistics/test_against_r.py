"""The same data through R and through the service: the same figures.

Where R and its package survival are installed, R is run, and must also still say what is kept in
``data/r``. Elsewhere the kept figures stand for it.
"""

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.statistics.competing_risks import aalen_johansen
from app.services.statistics.incidence import poisson_rate
from app.services.statistics.kaplan_meier import kaplan_meier, reverse_kaplan_meier
from app.services.statistics.landmarks import landmarks
from app.services.statistics.proportions import exact_binomial_test, proportion
from app.services.statistics.restricted_mean import restricted_mean
from app.services.statistics.summaries import quantile
from app.services.statistics.survival_quantiles import median_survival, survival_quantile
from tests.services.statistics.reference import DATA, agrees, cell, rows

KEPT = DATA / "r"
TABLES = sorted(path.stem for path in KEPT.glob("*.csv"))

Table = list[dict[str, Any]]


def r_with_survival() -> str | None:
    """Find an R that can run the reference script."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    found = subprocess.run([program, "-e", "library(survival)"], capture_output=True, check=False)
    return program if found.returncode == 0 else None


@pytest.fixture(scope="module")
def r_says(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the directory of R's tables: made now where R is installed, else the kept ones."""
    program = r_with_survival()
    if program is None:
        return KEPT
    output = tmp_path_factory.mktemp("r")
    subprocess.run(
        [program, "--vanilla", str(DATA / "reference.R"), str(output)],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    return output


def by(table: Table, *keys: str) -> Iterator[tuple[tuple[Any, ...], Table]]:
    """Split a table into the rows that share some keys."""
    groups: dict[tuple[Any, ...], Table] = defaultdict(list)
    for row in table:
        groups[tuple(row[key] for key in keys)].append(row)
    yield from groups.items()


def column(table: Table, name: str) -> list[Any]:
    return [row[name] for row in table]


def subjects(directory: Path) -> dict[str, tuple[list[float], list[int]]]:
    return {
        name: (column(table, "time"), [int(cause) for cause in column(table, "cause")])
        for (name,), table in by(rows(directory / "subjects.csv"), "dataset")
    }


def survival_of(directory: Path, name: str) -> tuple[list[float], list[bool]]:
    days, causes = subjects(directory)[name]
    return days, [cause == 1 for cause in causes]


@pytest.mark.parametrize("table", TABLES)
def test_r_still_says_what_is_kept(r_says: Path, table: str) -> None:
    kept, said = rows(KEPT / f"{table}.csv"), rows(r_says / f"{table}.csv")
    assert len(said) == len(kept) > 0
    for was, is_now in zip(kept, said, strict=True):
        assert was.keys() == is_now.keys()
        for name, figure in was.items():
            if isinstance(figure, float) and name not in {"lower", "upper"}:
                assert is_now[name] == agrees(figure), (table, was)
            elif isinstance(figure, str):
                assert is_now[name] == figure


def test_the_kept_figures_come_from_a_named_release() -> None:
    release, package = (KEPT / "versions.txt").read_text().splitlines()
    assert release.startswith("R version 4.2.2")
    assert package == "survival 3.5.3"


def test_the_curves_are_the_same(r_says: Path) -> None:
    for (name, conf_type), table in by(rows(r_says / "curves.csv"), "dataset", "conf_type"):
        curve = kaplan_meier(*survival_of(r_says, name), conf_type=conf_type)
        where = (name, conf_type)
        assert curve.time == agrees(column(table, "time")), where
        assert curve.at_risk == agrees(column(table, "at_risk")), where
        assert curve.events == agrees(column(table, "events")), where
        assert curve.censored == agrees(column(table, "censored")), where
        assert curve.survival == agrees(column(table, "survival")), where
        assert curve.standard_error == agrees(column(table, "standard_error")), where
        for limit in ("lower", "upper"):
            expected = [1 if row["survival"] == 1 else row[limit] for row in table]
            assert getattr(curve, limit) == agrees(expected), where


def test_the_medians_and_quartiles_are_the_same(r_says: Path) -> None:
    for row in rows(r_says / "quantiles.csv"):
        curve = kaplan_meier(*survival_of(r_says, row["dataset"]), conf_type=row["conf_type"])
        read = survival_quantile(curve, row["probability"], rule=row["rule"])
        expected = [row["estimate"], row["lower"], row["upper"]]
        assert [read.estimate, read.lower, read.upper] == agrees(expected), row


def test_the_landmarks_are_the_same(r_says: Path) -> None:
    for (name, conf_type), table in by(rows(r_says / "landmarks.csv"), "dataset", "conf_type"):
        curve = kaplan_meier(*survival_of(r_says, name), conf_type=conf_type)
        read = landmarks(curve, column(table, "time"), extend=True)
        for field in ("at_risk", "events", "censored", "survival", "standard_error"):
            assert [getattr(one, field) for one in read] == agrees(column(table, field)), name
        for limit in ("lower", "upper"):
            expected = [1 if row["survival"] == 1 else row[limit] for row in table]
            assert [getattr(one, limit) for one in read] == agrees(expected), (name, conf_type)


def test_the_restricted_means_and_the_follow_up_are_the_same(r_says: Path) -> None:
    for row in rows(r_says / "means.csv"):
        days, observed = survival_of(r_says, row["dataset"])
        mean = restricted_mean(kaplan_meier(days, observed))
        assert mean.tau == agrees(row["tau"]), row
        assert mean.estimate == agrees(row["restricted_mean"]), row
        assert mean.standard_error == agrees(row["standard_error"]), row
        follow_up = median_survival(reverse_kaplan_meier(days, observed))
        expected = [row["follow_up"], row["follow_up_lower"], row["follow_up_upper"]]
        assert [follow_up.estimate, follow_up.lower, follow_up.upper] == agrees(expected), row


def test_the_cumulative_incidences_are_the_same(r_says: Path) -> None:
    everybody = subjects(r_says)
    words = {0: None, 1: "one", 2: "two"}
    for (name, conf_type, cause), table in by(
        rows(r_says / "incidences.csv"), "dataset", "conf_type", "cause"
    ):
        days, causes = everybody[name]
        risks = aalen_johansen(
            days, [words[code] for code in causes], of=("one", "two"), conf_type=conf_type
        )
        curve, where = risks.of(cause), (name, conf_type, cause)
        assert risks.time == agrees(column(table, "time")), where
        assert risks.event_free == agrees(column(table, "event_free")), where
        assert curve.incidence == agrees(column(table, "incidence")), where
        assert curve.standard_error == agrees(column(table, "standard_error")), where
        for limit in ("lower", "upper"):
            expected = [
                row["incidence"] if row["standard_error"] < 1e-12 else row[limit] for row in table
            ]
            assert getattr(curve, limit) == agrees(expected), where


def test_the_proportions_and_their_tests_are_the_same(r_says: Path) -> None:
    for row in rows(r_says / "proportions.csv"):
        x, n = int(row["x"]), int(row["n"])
        for method in ("clopper_pearson", "wilson", "wilson_cc"):
            rate = proportion(x, n, method=method, conf_level=row["conf_level"])
            expected = [row[f"{method}_lower"], row[f"{method}_upper"]]
            assert [rate.lower, rate.upper] == agrees(expected), row
        for alternative in ("two_sided", "greater", "less"):
            p_value = exact_binomial_test(x, n, row["p0"], alternative=alternative)
            assert p_value == pytest.approx(row[alternative], rel=1e-9, abs=0), row


def test_the_rates_are_the_same(r_says: Path) -> None:
    for row in rows(r_says / "rates.csv"):
        rate = poisson_rate(int(row["events"]), row["person_time"])
        assert [rate.rate, rate.lower, rate.upper] == agrees(
            [row["rate"], row["lower"], row["upper"]]
        )


def test_the_quantiles_of_values_are_the_same(r_says: Path) -> None:
    samples = {
        number: column(table, "value")
        for (number,), table in by(rows(r_says / "values.csv"), "sample")
    }
    for row in rows(r_says / "value_quantiles.csv"):
        read = quantile(samples[row["sample"]], row["probability"], quantile_type=int(row["type"]))
        assert read == agrees(row["quantile"]), row


@pytest.mark.parametrize("text", ["NA", "NaN", ""])
def test_a_missing_figure_is_read_as_none(text: str) -> None:
    assert cell(text) is None
