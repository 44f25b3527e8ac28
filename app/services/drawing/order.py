"""What is to be drawn, as it is sent to a process that draws, and what comes back."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from app.csv_rows import CsvForm
from app.services.drawing.forms import Form

LENGTH: Final = struct.Struct(">I")
REPLY: Final = struct.Struct(">BI")
"""An outcome, and the length of what follows."""


TYPESET: Final = "report"
"""The name of an order that is no picture: a whole report, to be typeset."""


class DrawingOutcome(IntEnum):
    """How a process that draws answers."""

    READY = 0
    DRAWN = 1
    DRAWN_AND_LEAVING = 2
    """It has drawn its share, or grown too large, and ends now."""
    FAILED = 3
    """What follows is the kind of the error and nothing of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A picture that is wanted.

    Attributes:
        chart: its name in the address.
        form: as what.
        options: what the picture itself can be asked, beyond its report.
        csv: for whom a CSV is written.
    """

    chart: str
    form: Form
    options: Mapping[str, Any] = field(default_factory=dict)
    csv: CsvForm = CsvForm.PLAIN

    def identity(self) -> str:
        """Say the same of the same order."""
        said: list[Any] = [self.chart, self.form, self.options]
        if self.form is Form.CSV:
            said.append(self.csv)
        return json.dumps(said, sort_keys=True)


def packed(order: Order, report: bytes) -> bytes:
    """Write an order and the report to draw, which is JSON already."""
    head = json.dumps([order.chart, order.form, dict(order.options)]).encode()
    return LENGTH.pack(len(head)) + head + LENGTH.pack(len(report)) + report


def unpacked(head: bytes) -> Order:
    """Read an order back."""
    chart, form, options = json.loads(head)
    return Order(chart=chart, form=Form(form), options=options)
