// What the codes of the service are called. A code without a name here is shown in its own letters.

import { TIMES } from "./times.js";

const WORDS = {
  ...TIMES,
  ORR: "Overall response (PR or better)",
  ">=CR": "Complete response or better",
  ">=VGPR": "Very good partial response or better",
  clinical_benefit: "Clinical benefit (MR or better)",
  disease_control: "Disease control (SD or better)",
  sCR: "Stringent complete response (sCR)",
  CR: "Complete response (CR)",
  VGPR: "Very good partial response (VGPR)",
  PR: "Partial response (PR)",
  MR: "Minimal response (MR)",
  SD: "Stable disease (SD)",
  PD: "Progressive disease (PD)",
  NE: "Not evaluable (NE)",
  TTR: "Time to first response",
  TTCR: "Time to complete response",
  TTBR: "Time to best response",
  no_second_evaluation: "without a second evaluation",
  followed_by_progression: "followed by progression",
  after_new_therapy: "after new therapy",
  not_repeated: "followed by less",
  not_evaluable: "not evaluable",
  as_reported: "as reported",
  treatment_emergent: "Treatment-emergent",
  primary: "Primary period",
  to_horizon: "To the horizon of the trial",
  earlier_lymphodepletion: "Earlier lymphodepletion, without infusion",
  lymphodepletion: "From lymphodepletion to infusion",
  start_minus_infusion_plus_1: "the day of infusion is 1",
  hours_over_24: "in hours over 24",
  PB: "blood",
  BM: "marrow",
  CSF: "cerebrospinal fluid",
  qpcr: "qPCR",
  ddpcr: "ddPCR",
  flow_pct: "flow cytometry, share of cells",
  flow_abs: "flow cytometry, cells per volume",
  cmax: "Cmax",
  tmax: "Tmax",
  cmax_to_day_28: "Cmax to day 28",
  clast: "Clast",
  tlast: "Tlast",
  tfirst: "First quantifiable",
  tbql: "Below quantification from",
  half_life: "Terminal half-life",
  auc_last: "AUC to last",
  auc_all: "AUC all",
  auc_inf: "AUC to infinity",
  auc_0_7: "AUC 0–7 d",
  auc_0_14: "AUC 0–14 d",
  auc_0_28: "AUC 0–28 d",
  auc_0_90: "AUC 0–90 d",
  auc_0_183: "AUC 0–183 d",
  clopper_pearson: "Clopper-Pearson",
  wilson: "Wilson",
  treated: "all treated",
  mrd_evaluable: "those evaluable",
  complete_response: "those in complete response",
  any_cause: "Death of any cause",
  truncate: "Cut at the horizon",
  DOR_IMWG: "IMWG",
  DOCR: "Duration of complete response",
  "unconfirmed_pd=event": "Unconfirmed progression counts",
  TTNT: "New therapy or death",
  TTNT_therapy_only: "New therapy alone",
  AGREE: "the same",
  PD_DISAGREEMENT: "progression by one of them alone",
};

export function word(code) {
  if (code === null || code === undefined || code === "") return "–";
  const text = String(code);
  return WORDS[text] ?? plain(text);
}

// A code in words: `DERIVED_HIGHER_BY_1` becomes "derived higher by 1".
export function plain(code) {
  const text = String(code);
  const spaced = text.replaceAll("_", " ");
  return /^[A-Z_0-9]+$/.test(text) && text.includes("_") ? spaced.toLowerCase() : spaced;
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
