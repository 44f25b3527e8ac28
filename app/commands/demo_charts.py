"""Every picture of a demonstration trial as files, asked for over HTTP, and a sheet of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
from rich.progress import track

from app.access.grant_types import LINK_GRANT
from app.charts.named_charts import CHARTS, Asks
from app.commands.console import fail, output
from app.services.drawing.contact_sheet import SHEET_QUALITY, SHEET_SCALE, contact_sheet
from app.services.drawing.forms import Form
from app.vocabularies.times_to_event import TIMES_TO_EVENT

SUBJECT: Final = "03-003"
"""Who responded, progressed and got new therapy."""

_ON_SHEET: Final = "progression-free-survival"
_ASKED: Final[Mapping[Asks, str]] = {
    "survival": f"endpoint={_ON_SHEET}",
    "series": f"subject={SUBJECT}&analyte=NEUT",
    "timeline": f"subject={SUBJECT}",
    "markers": f"subject={SUBJECT}",
}
SHEET: Final[dict[str, str]] = {name: _ASKED.get(one.asks, "") for name, one in CHARTS.items()}
"""The pictures of the sheet, each with what it is asked."""

_KINETICS: Final = tuple(
    (matrix, method)
    for matrix in ("PB", "BM", "CSF")
    for method in ("qpcr", "flow_pct", "flow_abs")
)
FURTHER: Final[dict[str, str]] = {
    **{f"kaplan-meier {one}": f"endpoint={one}" for one in TIMES_TO_EVENT if one != _ON_SHEET},
    **{
        f"car-kinetics {matrix} {method}": f"matrix={matrix}&method={method}"
        for matrix, method in _KINETICS
    },
    "lab-shift HGB": "analyte=HGB",
    "subject-markers log": f"subject={SUBJECT}&scale=log",
    "lab-series PLT": f"subject={SUBJECT}&analyte=PLT",
}
"""Pictures beside them, by what their files are called."""


def draw_every_chart(url: str, code: str, folder: Path) -> None:
    """Write every picture in every form, and the sheet as SVG and JPEG.

    Args:
        url: where the service is.
        code: of a link that signs a reader of records in once.
        folder: where the files are put.

    Raises:
        typer.Exit: a picture was refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with httpx.Client(base_url=url, timeout=120) as http:
        signed = http.post("/oauth/token", data={"grant_type": LINK_GRANT, "link": code})
        http.headers["Authorization"] = f"Bearer {signed.raise_for_status().json()['access_token']}"
        pictures = {**SHEET, **FURTHER}
        for name, query in track(pictures.items(), "Drawing ...", console=output):
            for form in Form:
                (folder / f"{name.replace(' ', '-')}.{form.suffix}").write_bytes(
                    _picture(http, name.partition(" ")[0], query, form)
                )
    sheet = contact_sheet([(folder / f"{name}.svg").read_text(encoding="utf-8") for name in SHEET])
    (folder / "contact-sheet.svg").write_text(sheet, encoding="utf-8")
    (folder / "contact-sheet.jpg").write_bytes(_jpeg(sheet))
    output.print(f"{len(pictures)} pictures in {len(Form)} forms are in {folder}.")


def _picture(http: httpx.Client, name: str, query: str, form: Form) -> bytes:
    answer = http.get(f"/v1/charts/{name}?{query}", headers={"Accept": form.value})
    if answer.status_code != 200:
        raise fail(f"{name} as {form.value} was refused with {answer.status_code}.")
    return answer.content


def _jpeg(svg: str) -> bytes:
    import vl_convert  # noqa: PLC0415 - loads the renderer, for this command alone

    return vl_convert.svg_to_jpeg(svg, scale=SHEET_SCALE, quality=SHEET_QUALITY)
