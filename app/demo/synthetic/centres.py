"""Six invented centres, each with its own laboratory, units and limits of normal."""

from dataclasses import dataclass
from typing import Any, Final

from app.demo.records import Proof


@dataclass(frozen=True)
class Centre:
    """An invented centre.

    Attributes:
        prefix: begins every ``source_id`` that its systems give out.
        subjects: how many it enrols.
        conventional: its laboratory reports g/dL and mg/dL, the others g/L and umol/L.
        limits_shift: its limits of normal relative to the usual ones.
    """

    code: str
    name: str
    prefix: str
    subjects: int
    conventional: bool
    limits_shift: float
    proof: Proof

    @property
    def laboratory(self) -> str:
        """Name the centre's own laboratory."""
        return f"{self.name.partition(' ')[2].partition(' ')[2]} laboratory"


CENTRES: Final = (
    Centre("01", "Centre 01 Lakeside", "LKS-", 14, False, 1.0, "private_key_jwt"),  # noqa: FBT003
    Centre("02", "Centre 02 Harbour", "HRB-", 12, True, 1.02, "client_secret_basic"),  # noqa: FBT003
    Centre("03", "Centre 03 Northgate", "NGT-", 11, False, 0.98, "private_key_jwt"),  # noqa: FBT003
    Centre("04", "Centre 04 Riverbend", "RVB-", 9, True, 1.0, "client_secret_post"),  # noqa: FBT003
    Centre("05", "Centre 05 Orchard Hill", "OHL-", 8, False, 1.03, "client_secret_basic"),  # noqa: FBT003
    Centre("06", "Centre 06 Westfield", "WFD-", 6, False, 0.97, "private_key_jwt"),  # noqa: FBT003
)


@dataclass(frozen=True)
class Assay:
    """How an analyte is reported: in the SI unit, and in the conventional one where there is one.

    Attributes:
        low, high: usual limits of normal in the SI unit; None: no such limit.
        factor: SI to conventional unit.
    """

    unit: str
    places: int
    low: float | None = None
    high: float | None = None
    conventional_unit: str | None = None
    factor: float = 1.0
    conventional_places: int = 0
    specimen: str = "serum"
    lloq: float | None = None


ASSAYS: Final = {
    "HGB": Assay("g/L", 0, 120, 165, "g/dL", 0.1, 1, "blood"),
    "WBC": Assay("10*9/L", 2, 4.0, 10.0, "10*3/uL", 1, 2, "blood"),
    "NEUT": Assay("10*9/L", 2, 1.8, 7.0, "10*3/uL", 1, 2, "blood"),
    "LYMPH": Assay("10*9/L", 2, 1.0, 3.5, "10*3/uL", 1, 2, "blood"),
    "PLT": Assay("10*9/L", 0, 125, 350, "10*3/uL", 1, 0, "blood"),
    "EOS": Assay("10*9/L", 2, 0.02, 0.5, "10*3/uL", 1, 2, "blood"),
    "CD3": Assay("/uL", 0, 700, 2100, specimen="blood"),
    "CD4": Assay("/uL", 0, 400, 1400, specimen="blood"),
    "CD19": Assay("/uL", 0, 90, 560, specimen="blood", lloq=1),
    "ALT": Assay("U/L", 0, 7, 45),
    "AST": Assay("U/L", 0, 8, 40),
    "BILI": Assay("umol/L", 1, 3, 21, "mg/dL", 1 / 17.104, 2),
    "CREAT": Assay("umol/L", 0, 50, 105, "mg/dL", 1 / 88.42, 2),
    "UREA": Assay("mmol/L", 1, 2.5, 7.8, "mg/dL", 2.801, 0),
    "SODIUM": Assay("mmol/L", 0, 136, 145),
    "K": Assay("mmol/L", 1, 3.5, 5.1),
    "CA_TOTAL": Assay("mmol/L", 2, 2.10, 2.55, "mg/dL", 4.008, 1),
    "PHOS": Assay("mmol/L", 2, 0.80, 1.50, "mg/dL", 3.097, 1),
    "ALB": Assay("g/L", 1, 35, 50, "g/dL", 0.1, 2),
    "LDH": Assay("U/L", 0, 120, 250),
    "INR": Assay("{INR}", 2, 0.8, 1.2, specimen="plasma"),
    "APTT": Assay("s", 1, 25, 37, specimen="plasma"),
    "FIBRINO": Assay("g/L", 2, 2.0, 4.0, "mg/dL", 100, 0, "plasma"),
    "DDIMER": Assay("ug/L{FEU}", 0, None, 500, specimen="plasma"),
    "CRP": Assay("mg/L", 1, None, 5, "mg/dL", 0.1, 2),
    "FERRITIN": Assay("ug/L", 0, 30, 400, "ng/mL", 1, 0),
    "IL6": Assay("pg/mL", 1, None, 7, lloq=1.5),
    "IL10": Assay("pg/mL", 1, None, 9, lloq=1.0),
    "IFNG": Assay("pg/mL", 1, None, 16, lloq=2.0),
    "TNFA": Assay("pg/mL", 1, None, 8, lloq=1.0),
    "IL2": Assay("pg/mL", 1, None, 6, lloq=1.0),
    "IL8": Assay("pg/mL", 1, None, 60, lloq=3.0),
    "SIL2R": Assay("pg/mL", 0, None, 1900, lloq=50),
    "IL15": Assay("pg/mL", 1, None, 8, lloq=1.0),
    "GMCSF": Assay("pg/mL", 1, None, 5, lloq=1.0),
    "SBCMA": Assay("ng/mL", 2, None, None, lloq=0.5),
    "IGG": Assay("g/L", 2, 7.0, 16.0, "mg/dL", 100, 0),
    "IGA": Assay("g/L", 2, 0.7, 4.0, "mg/dL", 100, 0, lloq=0.1),
    "IGM": Assay("g/L", 2, 0.4, 2.3, "mg/dL", 100, 0, lloq=0.1),
    "B2M": Assay("mg/L", 2, 0.8, 2.4),
    "NTPROBNP": Assay("ng/L", 0, None, 300),
    "TNT_HS": Assay("ng/L", 1, None, 14, lloq=3.0),
}


def written(value: float, places: int) -> str:
    """Write a number as a laboratory prints it."""
    return f"{max(value, 0.0):.{places}f}"


def reported(centre: Centre, analyte: str, value: float) -> dict[str, Any]:
    """Report a value, in the SI unit, as the centre's laboratory prints it.

    Decision: the generator reckons with floats, for nothing here was ever measured; what it prints
    has the digits that an analyser would print.
    """
    assay = ASSAYS[analyte]
    factor, unit, places = 1.0, assay.unit, assay.places
    if centre.conventional and assay.conventional_unit is not None:
        factor, unit, places = assay.factor, assay.conventional_unit, assay.conventional_places
    said: dict[str, Any] = {"analyte": analyte, "unit": unit, "specimen": assay.specimen}
    if assay.lloq is not None:
        said["lloq"] = written(assay.lloq * factor, places)
    if assay.lloq is not None and value < assay.lloq:
        said |= {"value": said["lloq"], "comparator": "<"}
    else:
        said["value"] = written(value * factor, places)
    limits = {
        name: written(limit * factor * centre.limits_shift, places)
        for name, limit in (("low", assay.low), ("high", assay.high))
        if limit is not None
    }
    if limits:
        said["reference_range"] = limits
    return said
