"""How every picture looks: font, sizes, and colours that stay apart for colour-blind eyes.

Source: Okabe and Ito 2008, colour universal design, for the hues of lines and points; the ordered
scales run from light to dark, so that they keep their order in black and white.
"""

from typing import Any, Final

FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first comes with the renderer, the others have its widths: the same picture everywhere."""

INK: Final = "#1a1a1a"
QUIET: Final = "#5c5c5c"
FAINT: Final = "#e3e3e3"
BLUE: Final = "#0072b2"
VERMILION: Final = "#d55e00"
GREEN: Final = "#009e73"
WIDTH: Final = 680
"""Of the plot, in pixels."""

FEWEST_FOR_A_LINE: Final = 5
"""Subjects behind a point below which no line over subjects is drawn.

Source: the trial's endpoint definitions, section 4.
"""

SUBTITLE_LETTERS: Final = 118
"""What a line under the title holds at the width of a picture."""

CATEGORIES: Final[dict[str, str]] = {
    "sCR": "#08306b",
    "CR": "#08519c",
    "VGPR": "#3182bd",
    "PR": "#6baed6",
    "MR": "#a6cbe3",
    "SD": "#e4e4e4",
    "PD": "#d55e00",
    "NE": "#ffffff",
}
"""Response categories: the deeper the darker; progression stands out, not evaluable is empty."""

GRADES: Final[dict[str, str]] = {
    "1": "#fee6ce",
    "2": "#fdae6b",
    "3": "#e6550d",
    "4": "#a63603",
    "5": "#3b0f01",
    "not graded": "#ffffff",
}
"""Toxicity grades: the worse the darker."""


def text_on(colour: str) -> str:
    """Give the ink that can be read on a colour, written as ``#rrggbb``."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else INK


CONFIG: Final[dict[str, Any]] = {
    "font": FONT,
    "background": "#ffffff",
    "padding": 14,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "group",
        "color": INK,
        "fontSize": 17,
        "fontWeight": "bold",
        "subtitleColor": QUIET,
        "subtitleFontSize": 11.5,
        "subtitleLineHeight": 15,
        "subtitlePadding": 5,
        "offset": 14,
    },
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": FAINT,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "titlePadding": 8,
        "labelFlush": False,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "bold",
        "symbolStrokeColor": INK,
        "symbolType": "square",
        "symbolStrokeWidth": 1,
        "labelLimit": 260,
    },
    "header": {"labelColor": INK, "labelFontSize": 12, "labelFontWeight": "bold"},
    "text": {"color": INK, "fontSize": 11},
}
