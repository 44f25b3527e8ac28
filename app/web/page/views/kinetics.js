// The CAR-T cells in the body: expansion, decline and how long they stay.

import { OF_COHORT } from "../address.js";
import * as api from "../api.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { provenance, section } from "../section.js";
import { table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { wordsOf } from "../vocabularies.js";
import { capital, visitName, word } from "../words.js";

export function show(context) {
  return [
    section(context, "Expansion and persistence", kinetics),
    section(context, "Cytokines and other markers", markers),
  ];
}

async function kinetics(context) {
  const answer = await api.json("/v1/endpoints/car-kinetics", context.asked, context.signal);
  if (answer.tables.length === 0) {
    return [provenance(answer), element("p", { class: "nothing" }, "No sample counts by then.")];
  }
  const found = new Map(answer.tables.map((one) => [key(one), one]));
  const chosen = found.has(context.chosen.kinetics) ? context.chosen.kinetics : [...found.keys()][0];
  const shown = found.get(chosen);
  const { matrix, method, unit } = shown.analyte;
  const name = (one) => capital(`${word(one.split(".")[0])}, ${word(one.split(".")[1])}`);
  return [
    chooserOf(context, "kinetics", "Sample and method", [...found.keys()], chosen, name),
    provenance(answer),
    picture(context, "car-kinetics", {
      query: { matrix, method },
      only: OF_COHORT,
      title: `CAR-T cells in ${word(matrix)}, ${word(method)}`,
      description: `Each subject's course and the median, ${figures.unit(unit)}, logarithmic; medians by day are in the table.`,
    }),
    element("div", { class: "beside" }, parameters(shown), profile(shown, unit), persistence(shown)),
  ];
}

function key({ analyte: { matrix, method } }) {
  return `${matrix}.${method}`;
}

function withUnit(name, unit) {
  return unit ? `${name}, ${figures.unit(unit)}` : name;
}

function parameters({ parameters: rows, n_treated: treated }) {
  const cell = (head, write) => ({ head, number: true, cell: write });
  return table({
    caption: `Parameters, of ${treated} treated`,
    columns: [
      { head: "Parameter", header: true, cell: ({ name, unit }) => withUnit(word(name), unit) },
      cell("n", ({ summary }) => figures.count(summary?.n)),
      cell("Median", ({ summary }) => figures.measured(summary?.median)),
      cell("Range", ({ summary }) =>
        figures.between(summary?.minimum, summary?.maximum, figures.measured),
      ),
      cell("Geometric mean", ({ summary }) => figures.measured(summary?.geometric_mean?.estimate)),
      cell("CV, %", ({ summary }) => figures.measured(summary?.geometric_cv_percent)),
    ],
    rows,
  });
}

function profile({ profile: rows }, unit) {
  const cell = (head, write) => ({ head, number: true, cell: write });
  return table({
    caption: `Levels by nominal day, ${figures.unit(unit)}`,
    columns: [
      { head: "Day", header: true, cell: (row) => figures.count(row.nominal_day) },
      cell("n", ({ levels }) => figures.count(levels.n)),
      cell("below LLOQ", ({ levels }) => figures.count(levels.n_below_lloq)),
      cell("Median", ({ levels }) => figures.measured(levels.median)),
      cell("Range", ({ levels }) => figures.between(levels.minimum, levels.maximum, figures.measured)),
    ],
    rows,
  });
}

function persistence({ persistence: rows }) {
  const cell = (head, write) => ({ head, number: true, cell: write });
  return table({
    caption: "Still quantifiable, with 95 % limits",
    columns: [
      { head: "Visit", header: true, cell: ({ visit }) => visitName(visit) },
      cell("x / sampled", (row) => figures.of(row.over_sampled)),
      cell("Share", (row) => figures.proportion(row.over_sampled)),
      cell("Limits", (row) => figures.limits(row.over_sampled)),
    ],
    rows,
    empty: "No visit has come yet.",
  });
}

async function markers(context) {
  const answer = await api.json("/v1/endpoints/pharmacodynamics", context.asked, context.signal);
  const name = await wordsOf("analyte");
  const rows = answer.tables.map((one) => ({ ...one, all: one.groups.find(({ group }) => group === "all") }));
  const of = (row, name) => row.all?.parameters.find((one) => one.name === name)?.levels;
  const names = rows[0]?.all?.parameters.map(({ name }) => name) ?? [];
  return [
    provenance(answer),
    table({
      caption: "Medians of all subjects",
      columns: [
        { head: "Marker", header: true, cell: ({ analyte, unit: of }) => withUnit(capital(name(analyte)), of) },
        { head: "Subjects", number: true, cell: ({ n }) => figures.count(n) },
        ...names.map((parameter) => ({
          head: capital(word(parameter)),
          number: true,
          cell: (row) => figures.measured(of(row, parameter)?.median),
        })),
      ],
      rows,
      empty: "No result counts by then.",
    }),
    humoral(answer),
  ];
}

function humoral({ b_cell_aplasia: cells, hypogammaglobulinaemia: low }) {
  const recovery = ({ recovered, recovery_day: on }) =>
    recovered ? `${figures.of(recovered)}, day ${figures.measured(on.median)}` : figures.NONE;
  return table({
    caption: `B cells and immunoglobulin G, of ${cells.n_treated} treated, with 95 % limits`,
    columns: [
      { head: "Condition", header: true, cell: ({ name }) => name },
      { head: "x / N", number: true, cell: ({ found }) => figures.of(found) },
      { head: "Rate", number: true, cell: ({ found }) => figures.proportion(found) },
      { head: "Limits", number: true, cell: ({ found }) => figures.limits(found) },
      { head: "First day, median", number: true, cell: ({ found }) => figures.measured(found.first_day.median) },
      { head: "Recovered, median day", number: true, cell: ({ found }) => recovery(found) },
      { head: "Lowest, g/L", number: true, cell: ({ found }) => figures.measured(found.lowest?.minimum) },
    ],
    rows: [
      { name: "B-cell aplasia", found: cells },
      { name: "Hypogammaglobulinaemia", found: low },
    ],
  });
}
