"""A report whose every text tries to be more than a text."""

from app.printing.document import Column, Facts, Figure, Paragraph, Printed, Row, Section, Table

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(2)"> #panic("x") '
    '#import "@preview/x:1.0.0" '
    '*b* _i_ $x$ `r` @ref // c /* c */ [ ] { } \\ " \' </style> &amp; "; } body { display: none } '
    "\u202e \u0395\u03bb \u8bd5\u9a8c \u00e9"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<rect width="40" height="20" fill="#0072b2"/></svg>'
)


def hostile_report() -> Printed:
    """Say the same thing everywhere."""
    table = Table(HOSTILE, (Column(HOSTILE, "left"),), (Row((HOSTILE,), level=1),), HOSTILE)
    return Printed(
        title=HOSTILE,
        subtitle=HOSTILE,
        cut=((HOSTILE, HOSTILE),),
        reference=HOSTILE,
        sections=(
            Section(
                HOSTILE,
                (
                    Facts(((HOSTILE, HOSTILE),)),
                    Paragraph(HOSTILE),
                    Figure(HOSTILE, SVG, HOSTILE),
                    table,
                    Table(HOSTILE, (), ()),
                ),
                "hostile",
            ),
        ),
    )
