// What is recorded of one visit of a subject.

import * as api from "../api.js";
import { columnsOfEvents } from "../adverse_events.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { facts, table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { displays, specified, wordsOf } from "../vocabularies.js";
import { capital, visitName, word } from "../words.js";

const LONGEST = 1000;

export async function visitRecords(context) {
  const codes = context.trial.schedule.visits.map(({ code }) => code);
  const { visit = "" } = context.chosen;
  const offered = ["", ...codes, ...(visit && !codes.includes(visit) ? [visit] : [])];
  const name = (code) => (code === "" ? "none" : visitName(code));
  const choice = chooserOf(context, "visit", "Visit", offered, visit, name);
  if (visit === "") return choice;
  const [visits, evaluations, events, results, cells] = await Promise.all(
    ["visits", "assessments", "adverse-events", "lab-results", "kinetics"].map((kind) => records(context, kind, visit)),
  );
  const parts = await Promise.all([
    took(visits, visit),
    evaluated(evaluations),
    happened(events),
    measured(results),
    counted(cells),
  ]);
  return [choice, ...parts];
}

// The records of a kind that are of the visit and stand. One without a day, as of a visit that was
// missed, is shown at every cut-off.
async function records(context, kind, visit) {
  const { as_of, cutoff } = context.asked;
  const path = `/v1/subjects/${encodeURIComponent(context.subject)}/${kind}`;
  const { items } = await api.json(path, { as_of, visit, state: "active", limit: LONGEST }, context.signal);
  return items.filter((record) => !cutoff || (dayOf(record) ?? "") <= cutoff);
}

function dayOf(record) {
  const on = record.visited_on ?? record.assessed_on ?? record.onset ?? record.collected_at;
  return on?.slice(0, 10);
}

async function took(visits, code) {
  if (visits.length === 0) return element("p", { class: "nothing" }, `No visit ${visitName(code)} is recorded by then.`);
  const because = await wordsOf("missed-visit-reason");
  return visits.map((one) => {
    const { missed_because: reason, missed_because_text: text } = one;
    return facts([
      ["Visit", capital(word(one.status))],
      ["On", figures.written(one.visited_on)],
      ...(reason ? [["Because", reason === "other" || text ? specified(capital(because(reason)), text) : because(reason)]] : []),
      ["ECOG", figures.count(one.ecog)],
      ["Weight", one.weight ? `${one.weight} kg` : figures.NONE],
      ...(one.note ? [["Note", one.note]] : []),
    ]);
  });
}

async function evaluated(evaluations) {
  if (evaluations.length === 0) return null;
  const [category, band] = await Promise.all(["response-category", "immunofixation-result"].map(wordsOf));
  const part = (found) => {
    if (!found) return figures.NONE;
    if (found.not_done) return "not done";
    return figures.quantity(found);
  };
  return table({
    caption: "Disease evaluations",
    columns: [
      { head: "Assessed", header: true, cell: (row) => row.assessed_on },
      { head: "Serum M-protein", cell: (row) => part(row.serum_m_protein) },
      { head: "Urine M-protein", cell: (row) => part(row.urine_m_protein) },
      { head: "Serum immunofixation", cell: (row) => band(row.serum_immunofixation?.result) },
      { head: "Urine immunofixation", cell: (row) => band(row.urine_immunofixation?.result) },
      { head: "Response by the investigator", cell: (row) => capital(category(row.investigator_response)) },
    ],
    rows: evaluations,
  });
}

async function happened(events) {
  if (events.length === 0) return null;
  const { event, grade, onset, end, serious, carT, outcome } = await columnsOfEvents();
  return table({
    caption: "Adverse events that began about the visit",
    columns: [{ ...event, header: true }, grade, onset, end, serious, carT, outcome],
    rows: events,
  });
}

async function measured(results) {
  if (results.length === 0) return null;
  const [analyte, specimen, coded] = await Promise.all(["analyte", "specimen", "qualitative-result"].map(wordsOf));
  const range = ({ low, high, text }) => text ?? figures.between(low, high, String);
  return table({
    caption: "Laboratory results",
    columns: [
      { head: "Analyte", header: true, cell: (row) => capital(analyte(row.analyte)) },
      {
        head: "Result",
        cell: (row) => (row.not_done ? "not done" : row.coded_value ? coded(row.coded_value) : (row.titre ?? figures.quantity(row))),
      },
      { head: "Reference range", cell: ({ reference_range: found }) => (found ? range(found) : figures.NONE) },
      { head: "Specimen", cell: (row) => capital(specimen(row.specimen)) },
      { head: "Collected", cell: (row) => figures.written(row.collected_at) },
    ],
    rows: results,
    tall: results.length > 20,
  });
}

async function counted(samples) {
  if (samples.length === 0) return null;
  const state = await wordsOf("quantification-state");
  const names = await displays("kinetics-method");
  return table({
    caption: "CAR-T cells",
    columns: [
      { head: "Sample", header: true, cell: ({ matrix }) => capital(word(matrix)) },
      { head: "Method", cell: ({ method }) => capital(names.get(method) ?? word(method)) },
      { head: "Level", cell: (row) => (row.value ? figures.quantity(row) : state(row.quantification)) },
      { head: "Limit of quantification", cell: ({ lloq, unit }) => figures.quantity({ value: lloq, unit }) },
      { head: "Collected", cell: (row) => figures.written(row.collected_at) },
    ],
    rows: samples,
  });
}
