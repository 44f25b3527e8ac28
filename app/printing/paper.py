"""A report as a PDF, typeset from its data. Importing this loads the typesetter.

It is never imported by a process that answers requests: nothing can interrupt the typesetter.
"""

from functools import cache
from importlib.resources import files

import typst


def paper(report: bytes) -> bytes:
    """Typeset a report; the same one is always the same PDF, tagged for those who hear it.

    Args:
        report: the report as JSON; its texts reach the typesetter as values and are never read as
            its language.

    Decision: no PDF/UA conformance is claimed. The standard refuses a letter that no font at hand
    has, and a report with one empty box is better than none.
    """
    pdf = typst.compile(_template(), sys_inputs={"report": report.decode()}, format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError("a report is one PDF")
    return pdf


@cache
def _template() -> bytes:
    return files("app.printing").joinpath("templates", "report.typ").read_bytes()
