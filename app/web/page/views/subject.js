// One subject: how far it came, its timeline, and why each response is what it is.

import * as api from "../api.js";
import { elsewhere } from "../address.js";
import { element, newId } from "../elements.js";
import { picture } from "../picture.js";
import { columnsOfEvents } from "../adverse_events.js";
import { section } from "../section.js";
import { facts, table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { wordsOf } from "../vocabularies.js";
import { capital } from "../words.js";
import { markers } from "./subject_markers.js";
import { response } from "./response_explanation.js";
import { treatment } from "./subject_treatment.js";
import { visitRecords } from "./visit_records.js";

const MILESTONES = [
  ["Consent", "consented_on"],
  ["Enrolled", "enrolled_on"],
  ["Leukapheresis", "apheresed_on"],
  ["Earlier lymphodepletion", "earlier_lymphodepletion_from"],
  ["Lymphodepletion", "lymphodepletion_from"],
  ["Infusion", "infused_on"],
  ["Screen failure", "screen_failed_on"],
  ["Off study", "off_study_on"],
  ["Died", "died_on"],
];
const FIRST_ANALYTE = "PLT";

export function show(context) {
  const chosen = section(context, "Which subject", chooser);
  if (!context.subject) return [chosen];
  const query = { subject: context.subject };
  const parts = [
    chosen,
    section(context, "Records of a visit", visitRecords),
    section(context, "Timeline", async (within) =>
      picture(within, "subject-timeline", {
        query,
        title: `Timeline of ${within.subject}`,
        description: "Visits, responses, events and therapies by day; the tables below have them in text.",
        only: ["as_of", "cutoff", "response_source"],
      }),
    ),
  ];
  if (context.may("response:read")) parts.push(section(context, "Response, visit by visit", response));
  parts.push(
    section(context, "Markers and CAR-T cells over time", markers),
    section(context, "Adverse events", events),
    section(context, "Treatment", treatment),
    section(context, "Laboratory course", course),
  );
  return parts;
}

async function chooser(context) {
  const { as_of, cutoff, centre } = context.asked;
  const asked = { as_of, cutoff, centre, rows: true };
  const { rows } = await api.json("/v1/endpoints/enrolment", asked, context.signal);
  const select = element(
    "select",
    { id: newId("subject") },
    rows.map(({ USUBJID: code }) =>
      element("option", { value: code, selected: code === context.subject }, code),
    ),
  );
  const go = (event) => {
    event.preventDefault();
    location.hash = elsewhere("subject", context.chosen, select.value);
  };
  const form = element(
    "form",
    { class: "inline", on: { submit: go } },
    element("label", { for: select.id }, "Subject"),
    select,
    element("button", { type: "submit", "data-keep": "subject" }, "Show"),
  );
  if (rows.length === 0) return element("p", { class: "nothing" }, "You see no subject at this data cut.");
  const found = rows.find(({ USUBJID: code }) => code === context.subject);
  if (!context.subject) return form;
  if (!found) {
    return [form, element("p", { class: "notice" }, "There is no subject of this code that you can see at this data cut.")];
  }
  const reached = MILESTONES.filter(([, name]) => found[name]).map(([title, name]) => [title, found[name]]);
  const write = await wordsOf("disposition");
  const disposition = found.disposition ? [["Disposition", capital(write(found.disposition))]] : [];
  const centreOf = context.centres.find(({ code }) => code === found.SITEID)?.name ?? found.SITEID;
  return [form, facts([["Centre", centreOf], ...reached, ...disposition])];
}

async function events(context) {
  const { as_of, cutoff } = context.asked;
  const asked = { subject: context.subject, as_of, to: cutoff, limit: 1000 };
  const answer = await api.json("/v1/adverse-events", asked, context.signal);
  const of = await columnsOfEvents();
  return table({
    caption: "Adverse events of this subject",
    columns: [
      { ...of.event, header: true }, of.grade, of.onset, of.end, of.serious, of.carT, of.otherDrug, of.action, of.outcome,
    ],
    rows: answer.items.filter(({ state }) => state === "active"),
    empty: "None is recorded by then.",
  });
}

async function course(context) {
  const { items } = await api.json("/v1/vocabularies/analyte", {}, context.signal);
  const names = new Map(
    items.filter(({ properties }) => properties.result === "quantity").map(({ code, display }) => [code, display]),
  );
  const chosen = names.has(context.chosen.analyte) ? context.chosen.analyte : FIRST_ANALYTE;
  const name = (code) => capital(names.get(code) ?? code);
  return [
    chooserOf(context, "analyte", "Analyte", [...names.keys()], chosen, name),
    picture(context, "lab-series", {
      query: { subject: context.subject, analyte: chosen },
      title: `${name(chosen)} of ${context.subject}`,
      description: "Each result by day, with its grade; take the data for the values.",
      only: ["as_of", "cutoff"],
    }),
  ];
}
