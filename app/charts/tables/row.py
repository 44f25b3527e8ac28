"""Rows behind a picture."""

from collections.abc import Mapping
from typing import Any

Report = Mapping[str, Any]
"""A report as JSON has it."""

Row = dict[str, Any]
