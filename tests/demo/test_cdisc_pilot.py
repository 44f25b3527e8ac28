"""The published study in the service's words, and all of it over HTTP."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.demo.cdisc_pilot import LISTED, LOINC, cdisc_pilot, lab_result
from app.demo.isolation import check_isolation
from app.demo.load import load, loaded
from app.demo.records import TrialRecords
from app.embedded_postgres import EmbeddedPostgres
from app.vocabularies.laboratory import CodeSystem, code_system
from tests.demo.clients import clients_of
from tests.deployment import Deployment, clone_of_template

TRIAL_FILE = Path("app/trial/cdisc_pilot.toml")


@cache
def pilot() -> TrialRecords:
    return cdisc_pilot()


def row(**changes: Any) -> dict[str, Any]:
    """Give a result as it is published."""
    return {
        "LBTESTCD": "HGB", "LBCAT": "HEMATOLOGY", "LBORRES": "14.3", "LBORRESU": "g/dL",
        "LBORNRLO": "11.5", "LBORNRHI": "15.8", "LBNRIND": "NORMAL",
        "LBDTC": "2013-12-26T14:45", **changes,
    }  # fmt: skip


class TestCompleteness:
    def test_all_of_the_study_is_told(self) -> None:
        told = Counter(record.kind for centre in pilot().centres for record in centre.records())
        assert told == {"subjects": 306, "lab-results": 59_580, "follow-ups": 3}

    def test_its_sites_are_the_centres(self) -> None:
        assert [centre.code for centre in pilot().centres] == [
            "701", "702", "703", "704", "705", "706", "707", "708", "709", "710", "711", "713",
            "714", "715", "716", "717", "718",
        ]  # fmt: skip

    def test_screen_failures_are_told_without_an_enrolment(self) -> None:
        bodies = [subject.enrolment.body for c in pilot().centres for subject in c.subjects]
        failed = [body for body in bodies if "screen_failure" in body]
        assert len(failed) == 52
        assert not any("enrolled_on" in body for body in failed)
        assert sum("enrolled_on" in body for body in bodies) == 254


class TestResults:
    @pytest.mark.parametrize("code", sorted(LISTED.values()))
    def test_a_listed_analyte_is_on_the_list(self, code: str) -> None:
        assert code_system(code) is CodeSystem.LISTED

    @pytest.mark.parametrize("code", sorted(LOINC.values()))
    def test_a_loinc_code_has_its_check_digit_and_is_not_on_the_list(self, code: str) -> None:
        assert code_system(code) is CodeSystem.LOINC

    @pytest.mark.parametrize(
        ("published", "said"),
        [
            pytest.param({}, {"analyte": "HGB", "value": "14.3", "unit": "g/dL"}, id="as it is"),
            pytest.param(
                {"LBTESTCD": "PLAT", "LBORRES": "266", "LBORRESU": "10^9/L"},
                {"analyte": "PLT", "value": "266", "unit": "10*9/L"},
                id="another spelling of the unit",
            ),
            pytest.param(
                {"LBTESTCD": "K", "LBORRES": "4.5", "LBORRESU": "mEq/L"},
                {"analyte": "K", "value": "4.5", "unit": "mmol/L"},
                id="one charge",
            ),
            pytest.param(
                {"LBTESTCD": "BILI", "LBORRES": "<0.2", "LBORRESU": "mg/dL"},
                {"analyte": "BILI", "value": "0.2", "unit": "mg/dL", "comparator": "<"},
                id="below the limit",
            ),
            pytest.param(
                {"LBTESTCD": "PH", "LBORRES": "5.0", "LBORRESU": None},
                {"analyte": "2756-5", "analyte_system": "loinc", "value": "5.0", "unit": "[pH]"},
                id="urine pH is not blood pH",
            ),
            pytest.param(
                {"LBTESTCD": "KETONES", "LBORRES": "0", "LBORRESU": None},
                {"analyte": "KETONES", "analyte_system": "local", "value": "0", "unit": "1"},
                id="a score under the sender's own code",
            ),
            pytest.param(
                {"LBTESTCD": "COLOR", "LBORRES": "N", "LBORRESU": None},
                {"analyte": "COLOR", "analyte_system": "local", "coded_value": "NORMAL"},
                id="a letter that the source explains",
            ),
            pytest.param(
                {"LBTESTCD": "COLOR", "LBORRES": "N", "LBORRESU": None, "LBNRIND": "ABNORMAL"},
                {"analyte": "COLOR", "analyte_system": "local", "coded_value": "N"},
                id="a letter that the source does not explain, as it is",
            ),
        ],
    )
    def test_what_is_said_of_a_result(
        self, published: dict[str, Any], said: dict[str, Any]
    ) -> None:
        told = lab_result(row(**published))
        result = {"analyte", "analyte_system", "value", "unit", "comparator", "coded_value"}
        assert {name: told[name] for name in result & told.keys()} == said

    @pytest.mark.parametrize(
        ("written", "sent"),
        [
            pytest.param("2013-12-26T14:45", "2013-12-26T14:45-05:00", id="winter"),
            pytest.param("2013-07-19T08:50", "2013-07-19T08:50-04:00", id="summer"),
            pytest.param("2013-12-26", "2013-12-26", id="without a time"),
        ],
    )
    def test_when_it_was_collected(self, written: str, sent: str) -> None:
        assert lab_result(row(LBDTC=written))["collected_at"] == sent

    def test_the_laboratory_s_limits(self) -> None:
        assert lab_result(row())["reference_range"] == {"low": "11.5", "high": "15.8"}
        assert "reference_range" not in lab_result(row(LBORNRLO=None, LBORNRHI=None))


async def test_all_of_it_over_http(server: EmbeddedPostgres, tmp_path: Path) -> None:
    async with (
        clone_of_template(server) as name,
        Deployment(server, name, tmp_path, trial=TRIAL_FILE) as deployment,
    ):
        clients = await clients_of(deployment, pilot())
        assert not await loaded(pilot(), clients)
        report = await load(pilot(), clients)
        await check_isolation(pilot(), clients, report)
        assert await loaded(pilot(), clients)
    assert report.accepted == {"subjects": 306, "lab-results": 59_580, "follow-ups": 3}
    assert not report.reasons
    assert report.share_accepted == 1
    assert report.isolated
