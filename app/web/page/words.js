// What the codes of the service are called. A code without a name here is shown in its own letters.

import { TIMES } from "./times.js";

const RULES = {
  "P-S": "serum M-protein rose",
  "P-S5": "serum M-protein rose from 5 g/dL or more",
  "P-U": "urine M-protein rose",
  "P-F": "free light chains rose",
  "P-B": "plasma cells in the marrow rose",
  "P-L1": "new lesion",
  "P-L2": "lesions grew by the sum of their products",
  "P-L3": "a lesion grew by its longest diameter",
  "P-C": "circulating plasma cells",
  "P-H": "calcium rose by the myeloma",
  "LESION-NOT-AT-BASELINE": "a lesion not at baseline, not called new yet",
  X1: "a measurable marker is missing",
  X2: "the other fluid is missing",
  X3: "a part of complete response is missing",
  X4: "a part of stringent response is missing",
  X5: "imaging is missing",
};

const VISITS = {
  SCR: "screening",
  APH: "leukapheresis",
  BL: "baseline",
  LD1: "lymphodepletion, day 1",
  LD2: "lymphodepletion, day 2",
  LD3: "lymphodepletion, day 3",
  D0: "infusion",
  EOS: "end of study",
  PDV: "suspected progression",
  PDC: "confirmation of progression",
  SFU: "survival follow-up",
};

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
  serum_m_protein: "serum M-protein",
  urine_m_protein: "urine M-protein",
  serum_m_protein_quantified: "serum M-protein quantified",
  urine_m_protein_quantified: "urine M-protein quantified",
  serum_urine: "M-protein in serum and urine",
  light_chains: "free light chains",
  flc: "free light chains",
  free_light_chains: "free light chains, involved minus uninvolved",
  linear: "linear",
  log: "logarithmic",
  LOW: "Low",
  HIGH: "High",
  missed: "did not take place",
  not_done: "not asked for",
  done: "took place",
  PD_DISAGREEMENT: "progression by one of them alone",
};

export function word(code) {
  if (code === null || code === undefined || code === "") return "–";
  const text = String(code);
  return WORDS[text] ?? plain(text);
}

// A rule of the response criteria in words, with its name in the documentation.
export function ruleName(code) {
  const said = RULES[code] ?? (code.startsWith("R-") ? `the criteria of ${code.slice(2)} are met` : plain(code));
  return `${said} (${code})`;
}

// A visit of the schedule by its label and, in brackets, what it is.
export function visitName(code) {
  const [, kind, number] = /^([MD])(\d+)$/.exec(code) ?? [];
  const said = VISITS[code] ?? (kind && `${kind === "M" ? "month" : "day"} ${number}`);
  return said ? `${code} (${said})` : code;
}

export function populationName(name) {
  return name.replaceAll("_", " ").replace(/^mrd\b/, "MRD").replace(/\bin spec$/, "within specification");
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
