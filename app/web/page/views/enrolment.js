// How many came, how far, and what is left of the slots.

import { OF_COHORT } from "../address.js";
import * as api from "../api.js";
import { element } from "../elements.js";
import { NONE, count } from "../figures.js";
import { picture } from "../picture.js";
import { provenance, section } from "../section.js";
import { table } from "../table.js";
import { wordsOf } from "../vocabularies.js";
import { capital } from "../words.js";

const STEPS = [
  ["Screened", "screened"],
  ["Screen failed", "screen_failed"],
  ["Enrolled", "enrolled"],
  ["Leukapheresis", "apheresed"],
  ["Lymphodepleted", "lymphodepleted"],
  ["Infused", "infused"],
  ["Off study", "off_study"],
  ["Died", "died"],
];

export function show(context) {
  const chart = picture(context, "enrolment", {
    title: "Enrolment against the slots of the trial",
    description: "Running totals by month; the table of months below has the same figures.",
    only: OF_COHORT,
  });
  return [
    section(context, "Enrolment by centre", (within) => figures(within, chart)),
  ];
}

async function figures(context, chart) {
  const { as_of, cutoff, centre, population } = context.asked;
  const disposition = await wordsOf("disposition");
  const asked = { as_of, cutoff, centre, population };
  const answer = await api.json("/v1/endpoints/enrolment", asked, context.signal);
  const names = new Map(context.centres.map(({ code, name }) => [code, name]));
  const rows = answer.by_centre.map((row) => ({ ...row, name: names.get(row.centre) ?? row.centre }));
  const head = { head: "Centre", header: true, cell: ({ name }) => name };
  const steps = STEPS.map(([title, step]) => ({
    head: title,
    number: true,
    cell: (row) => count(row[step]),
  }));
  return [
    slots(answer),
    provenance(answer),
    table({
      caption: "Subjects by centre",
      columns: [head, ...steps],
      rows: [...rows, ...(rows.length > 1 ? [{ ...answer.total, name: "All" }] : [])],
      empty: "Nobody was screened by then.",
    }),
    chart,
    table({
      caption: "How those who left the trial left it",
      columns: [
        { head: "Reason", header: true, cell: ([reason]) => capital(disposition(reason)) },
        { head: "Subjects", number: true, cell: ([, subjects]) => count(subjects) },
      ],
      rows: Object.entries(answer.dispositions),
      empty: "Nobody left.",
    }),
    months(answer.accrual),
  ];
}

function slots({ slots: { total, taken, left }, total: { enrolled, infused } }) {
  const tiles = [
    ["Slots of the trial", total],
    ["Taken", taken],
    ["Left", left],
    ["Enrolled, of whom you see", enrolled],
    ["Infused, of whom you see", infused],
  ];
  const meter =
    taken === null
      ? element("p", { class: "note" }, "How many slots are taken is known to those who see every centre.")
      : element("progress", { max: total, value: taken, "aria-label": `${taken} of ${total} slots taken` });
  return [
    element(
      "dl",
      { class: "tiles" },
      tiles.map(([name, value]) =>
        element(
          "div",
          { class: "tile" },
          element("dt", {}, name),
          element("dd", {}, element("strong", {}, value === null ? NONE : count(value))),
        ),
      ),
    ),
    meter,
  ];
}

function months(accrual) {
  const number = (head, name) => ({ head, number: true, cell: (row) => count(row[name]) });
  return element(
    "details",
    {},
    element("summary", {}, "Month by month"),
    table({
      caption: "Enrolments and infusions by month, with running totals",
      columns: [
        { head: "Month", header: true, cell: ({ month }) => month },
        number("Enrolled", "enrolled"),
        number("in all", "enrolled_total"),
        number("Infused", "infused"),
        number("in all", "infused_total"),
      ],
      rows: accrual,
      empty: "Nobody was enrolled by then.",
    }),
  );
}
