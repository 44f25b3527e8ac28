"""A report as a PDF, typeset from its data. Importing this loads the typesetter.

It is never imported by a process that answers requests: nothing can interrupt the typesetter.
"""

from functools import cache
from importlib.resources import files

import typst


def paper(report: bytes) -> bytes:
    """Typeset a report; the same one is always the same PDF.

    Args:
        report: the report as JSON; its texts reach the typesetter as values and are never read as
            its language.
    """
    pdf = typst.compile(
        _template(), sys_inputs={"report": report.decode()}, format="pdf", pdf_standards=["ua-1"]
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a report is one PDF")
    return pdf


@cache
def _template() -> bytes:
    return files("app.printing").joinpath("templates", "report.typ").read_bytes()
