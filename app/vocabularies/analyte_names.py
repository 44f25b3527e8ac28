"""What laboratories call an analyte, and our code of it.

A local code is stored as what it is; where it is a known abbreviation, the refusal or the finding
names the analyte. Only what is known is named: likeness of letters would give ``CA`` for ``K``.

Source: abbreviations in laboratory reports; LOINC short names.
"""

from functools import cache
from typing import Final

from app.vocabularies.laboratory import analytes
from app.vocabularies.spelling import american

_ABBREVIATIONS: Final = {
    "NEUT": "anc neu neutrophil granulocytes gran segs+bands",
    "WBC": "leuk leu leukocytes wbcc",
    "LYMPH": "alc lym lymphocyte",
    "PLT": "plts thro thrombo thrombocytes platelet",
    "EOS": "eosinophil eosino",
    "HGB": "hb hgb_poc hemoglobin",
    "ALT": "gpt sgpt alat",
    "AST": "got sgot asat",
    "ALP": "ap alkp alk_phos",
    "GGT": "gamma-gt ggtp",
    "BILI": "tbil tbili bilt bilirubin bil",
    "CREAT": "cr cre crea scr",
    "SODIUM": "na",
    "K": "pot potassium_serum",
    "CA_TOTAL": "ca calcium",
    "CA_ION": "ica ca++ ionized_calcium",
    "URATE": "ua uric_acid",
    "UREA": "bun urea_nitrogen",
    "BICARB": "hco3 co2",
    "GLUC": "glu bg",
    "PHOS": "po4 phosphorus",
    "ALB": "albumin_serum",
    "LDH": "ld",
    "CPK": "ck",
    "TRIG": "tg trigs",
    "CHOL": "tc",
    "INR": "pt-inr",
    "APTT": "ptt",
    "FIBRINO": "fib fbg",
    "DDIMER": "dd d-dimer d_dimer",
    "TNT_HS": "hs-tnt tnt",
    "TNI_HS": "hs-tni tni",
    "NTPROBNP": "nt-probnp probnp",
    "FERRITIN": "fer ferr",
    "CRP": "hs-crp",
    "PCT": "procalcitonin_serum",
    "IL6": "il-6",
    "B2M": "b2-m beta2m",
    "FLC_KAPPA": "kappa kflc",
    "FLC_LAMBDA": "lambda lflc",
    "MPROT_S": "spep m-protein m-spike",
}  # fmt: skip


def meant_analyte(code: str) -> str | None:
    """Give our code of the analyte that a laboratory's own code stands for; None: not known."""
    return _by_name().get(_folded(code))


@cache
def _by_name() -> dict[str, str]:
    names = {_folded(analyte.display): analyte.code for analyte in analytes()}
    names |= {_folded(analyte.code): analyte.code for analyte in analytes()}
    return names | {
        _folded(name): code for code, known in _ABBREVIATIONS.items() for name in known.split()
    }


def _folded(name: str) -> str:
    return american(name.casefold()).replace("_", "-").replace(" ", "-")
