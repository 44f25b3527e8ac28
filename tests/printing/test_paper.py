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


def test_no_text_is_taken_for_markup(tmp_path: Path) -> None:
    said = text_of(typeset(hostile_report()), tmp_path)
    assert "#panic" in said
    assert "*b* _i_ $x$" in said
    assert HOSTILE[:8] in said
