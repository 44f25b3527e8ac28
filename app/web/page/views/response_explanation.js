// Why each response of a subject is what it is, visit by visit.

import * as api from "../api.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { provenance } from "../section.js";
import { facts, table } from "../table.js";
import { displays, wordsOf } from "../vocabularies.js";
import { capital, plain, ruleName, word } from "../words.js";

export async function response(context) {
  const { as_of, cutoff } = context.asked;
  const path = `/v1/subjects/${encodeURIComponent(context.subject)}/response`;
  const answer = await api.json(path, { as_of, cutoff }, context.signal);
  if (!answer.infused_on) {
    return element("p", { class: "nothing" }, "Not infused by then: there is no response to explain.");
  }
  const words = { method: await wordsOf("mrd-method"), findings: await displays("finding") };
  return [
    provenance(answer),
    best(answer),
    visits(answer),
    element("h3", {}, "Why"),
    answer.visits.map((visit) => why(visit, words)),
    baseline(answer, words),
  ];
}

function best({ by_source: sources }) {
  return table({
    caption: "What the confirmed visits come to, by source",
    columns: [
      { head: "Source", header: true, cell: ([source]) => capital(source) },
      { head: "Best response", cell: ([, one]) => word(one.best) },
      { head: "Reached", cell: ([, one]) => one.best_on ?? "–" },
      { head: "First response", cell: ([, one]) => one.first_response_on ?? "–" },
      { head: "First CR", cell: ([, one]) => one.first_complete_response_on ?? "–" },
      { head: "Progression", cell: ([, one]) => one.progression_on ?? "–" },
    ],
    rows: Object.entries(sources).filter(([, one]) => one),
  });
}

function visits({ visits: rows }) {
  return table({
    caption: "Each evaluation",
    columns: [
      { head: "Visit", header: true, cell: ({ visit }) => visit },
      { head: "Assessed", cell: (row) => row.assessed_on },
      { head: "Derived", cell: ({ category }) => category },
      { head: "Confirmed", cell: ({ confirmed }) => confirmed ?? "–" },
      { head: "Confirmed by", cell: (row) => row.confirmed_by ?? plain(row.state ?? "–") },
      { head: "Investigator", cell: ({ investigator }) => investigator?.category ?? "–" },
      { head: "Adjudicated", cell: ({ adjudicated }) => adjudicated?.category ?? "–" },
      { head: "Rule", cell: ({ rules }) => rules.map(ruleName).join(", ") || "–" },
      { head: "Clinical relapse", cell: ({ clinical_relapse: found }) => listed(found.signs) },
    ],
    rows,
    empty: "None took place by then.",
  });
}

function why(visit, words) {
  const { investigator, mrd } = visit;
  return element(
    "details",
    { class: "why" },
    element(
      "summary",
      {},
      `${visit.visit}, ${visit.assessed_on}: ${visit.category}`,
      visit.rules.length > 0 && ` by ${visit.rules.map(ruleName).join(", ")}`,
    ),
    facts([
      ["Rule that fired", visit.rules.map(ruleName).join(", ") || "none"],
      ["Highest it could be", word(visit.ceiling)],
      ["Missing or not shown", listed(visit.not_shown)],
      ["Carried forward", listed(visit.carried_forward)],
      ["Progression by", listed(visit.progression)],
      ["Confirmation", confirmation(visit)],
      ["Investigator", investigator ? `${word(investigator.category)}, ${word(investigator.agreement)}` : "did not judge"],
      ["Residual disease", mrd ? `${mrd.result} by ${words.method(mrd.method)}, ${mrd.collected_on}` : "not measured"],
      ["Flags", listed(visit.flags)],
      ["Clinical relapse (a flag, never the category)", listed(visit.clinical_relapse.signs)],
      ["Signs to be attributed", listed(visit.clinical_relapse.to_be_attributed)],
      ["To be settled", asked(visit.questions, words.findings)],
      ...proteins(visit),
    ]),
    markers(visit),
  );
}

function confirmation({ confirmed, confirmed_by: by, state, warning }) {
  const said = by ? `${confirmed}, confirmed on ${by}` : plain(state ?? "none");
  return warning ? `${said}; ${plain(warning)}` : said;
}

function listed(values) {
  const said = (values ?? []).map((one) =>
    typeof one === "string" ? word(one) : Object.values(one).flat().filter(Boolean).map(word).join(" "),
  );
  return said.join("; ") || "none";
}

function asked(questions, findings) {
  return questions.map(({ code }) => findings.get(code) ?? plain(code)).join("; ") || "nothing";
}

// The serum M-proteins one by one, where several were sent.
function proteins({ serum_m_proteins: found }) {
  return found.map(({ isotype, owner, reported, counts }) => [
    `M-protein ${named(isotype)}`,
    [reported || "not done", owner && plain(owner), counts ? "counts" : "counts 0"]
      .filter(Boolean)
      .join(", "),
  ]);
}

function named({ heavy_chain: heavy, light_chain: light }) {
  return [heavy, light].filter(Boolean).map(plain).join(" ");
}

function markers({ visit, markers: rows }) {
  const cell = (head, write) => ({ head, number: true, cell: write });
  return table({
    caption: `Markers at ${visit}, each in the unit of its rule`,
    columns: [
      { head: "Marker", header: true, cell: ({ component }) => capital(word(component)) },
      cell("Baseline", (row) => row.baseline ?? "–"),
      cell("Nadir", ({ nadir }) => nadir?.value ?? "–"),
      { head: "Nadir on", cell: ({ nadir }) => nadir?.collected_on ?? "–" },
      { head: "Reported", cell: ({ reported }) => figures.unit(reported || "–") },
      { head: "Can be", cell: ({ interval }) => figures.interval(interval) },
      cell("From baseline", (row) => figures.change(row.percent_from_baseline)),
      cell("From nadir", (row) => figures.change(row.percent_from_nadir)),
    ],
    rows,
    empty: "None was measured.",
  });
}

function baseline({ baseline: found }, words) {
  if (!found) return null;
  const measurable = Object.entries(found.measurable).filter(([, value]) => value === true);
  return element(
    "details",
    { class: "why" },
    element("summary", {}, `Baseline, ${found.latest}`),
    facts([
      ["Followed by", word(found.track)],
      ["Serum by", plain(found.serum_method)],
      ["Own isotypes", found.own_isotypes.map(named).join("; ") || "not known"],
      ["To be settled", asked(found.questions, words.findings)],
      ["Measurable", measurable.map(([name]) => word(name)).join(", ") || "nothing"],
      ["Too old", listed(found.old)],
      ["Before bridging", found.before_bridging ? "yes" : "no"],
      ...Object.entries(found.collected).map(([name, on]) => [capital(word(name)), on ?? "–"]),
    ]),
  );
}
