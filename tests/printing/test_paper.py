"""The report on paper: text stays text, the same report is the same PDF."""

import json
import os
import shutil
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from app.printing.document import Paragraph, Printed, Section
from app.printing.paper import paper
from tests.printing.hostile import HOSTILE, hostile_report


def typeset(report: Printed) -> bytes:
    return paper(json.dumps({**asdict(report), "author": "Day Zero"}).encode())


def text_of(pdf: bytes, directory: Path) -> str:
    """Read a PDF back by poppler; without it the test is skipped, where it must run it fails."""
    if shutil.which("pdftotext") is None and os.environ.get("CI") != "true":
        pytest.skip("poppler reads the PDF back: apt-get install poppler-utils")
    file = directory / "report.pdf"
    file.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True
    ).stdout


def test_hostile_text_is_set_as_it_is_and_the_same_each_time() -> None:
    pdf = typeset(hostile_report())
    assert pdf.startswith(b"%PDF-")
    assert pdf == typeset(hostile_report())
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf


def test_every_page_says_of_which_cut_it_is(tmp_path: Path) -> None:
    long = Section("Long", tuple(Paragraph(f"Line {line}.") for line in range(200)), "long")
    report = replace(
        hostile_report(),
        title="Trial report",
        reference="DAYZERO-12",
        cut=(("Trial", "DAYZERO"), ("as of", "12")),
        sections=(long,),
    )
    pages = text_of(typeset(report), tmp_path).split("\f")[:-1]
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert "Trial DAYZERO" in text
        assert "as of 12" in text
        assert f"Page {number} of {len(pages)}" in text


LONGEST_CUT = (
    ("Trial", "DAYZERO-RELAPSED-001"),
    ("centre", "NORTH-01"),
    ("as of", "99999999"),
    ("cut-off", "none, known on 2026-03-31"),
    ("population", "evaluable by protocol, n = 60"),
    ("responses", "investigator"),
    ("rules", "2026-11-29"),
)
"""Every fact at the length that a trial file allows, and more than a line of ordinary letters."""


def heads(report: Printed, tmp_path: Path) -> list[list[str]]:
    """Give the lines above the first paragraph of each page but the first."""
    long = Section("Long", tuple(Paragraph(f"Line {line}.") for line in range(120)), "long")
    pages = text_of(typeset(replace(report, sections=(long,))), tmp_path).split("\f")[1:-1]
    assert pages
    lines = [[line for line in page.splitlines() if line.strip()] for page in pages]
    return [page[: next(at for at, line in enumerate(page) if "Line" in line)] for page in lines]


def test_the_longest_running_head_is_one_line(tmp_path: Path) -> None:
    report = replace(
        hostile_report(),
        title="Trial report",
        subtitle="A trial of many words " * 18,
        reference="DAYZERO-RELAPSED-001-as-of-99999999-2026-03-31",
        cut=LONGEST_CUT,
    )
    for head in heads(report, tmp_path):
        [line] = head
        for name, value in LONGEST_CUT:
            assert f"{name} {value}" in line


def test_a_running_head_beyond_every_length_is_shortened(tmp_path: Path) -> None:
    report = replace(hostile_report(), cut=(*LONGEST_CUT, ("trial", "M" * 400)))
    for head in heads(report, tmp_path):
        [line] = head
        assert line.strip().startswith("Trial DAYZERO-RELAPSED-001")
        assert line.strip().endswith("\N{HORIZONTAL ELLIPSIS}")


def test_no_text_is_taken_for_markup(tmp_path: Path) -> None:
    said = text_of(typeset(hostile_report()), tmp_path)
    assert "#panic" in said
    assert "*b* _i_ $x$" in said
    assert HOSTILE[:8] in said
