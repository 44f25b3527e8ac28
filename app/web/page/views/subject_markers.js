// The myeloma markers of a subject and its CAR-T cells over time, as a picture and as a table.

import * as api from "../api.js";
import { rowsOf } from "../csv.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { capital, word } from "../words.js";

const SCALES = ["linear", "log"];
const CELLS = "CAR-T cells";
const RESPONSE = "response";
const ONLY = ["as_of", "cutoff", "response_source"];

export async function markers(context) {
  const { subject, asked, chosen } = context;
  const scale = SCALES.includes(chosen.scale) ? chosen.scale : SCALES[0];
  const [as_of, cutoff, response_source] = ONLY.map((name) => asked[name]);
  const query = { subject, as_of, cutoff, response_source };
  const file = await api.file("/v1/charts/subject-markers", query, "text/csv", context.signal);
  const rows = rowsOf(await file.text());
  const values = rows.filter(({ marker }) => marker !== CELLS && marker !== RESPONSE);
  return [
    chooserOf(context, "scale", "Scale", SCALES, scale),
    picture(context, "subject-markers", {
      query: { subject, scale },
      only: ONLY,
      title: `Markers and CAR-T cells of ${subject}`,
      description:
        "M-protein of serum and urine, involved and uninvolved free light chains and CAR-T cells by day, " +
        "with the changes of the response; the tables below have the same values.",
    }),
    byDay(values, rows.filter(({ marker }) => marker === RESPONSE)),
    cells(rows.filter(({ marker }) => marker === CELLS)),
  ];
}

// A line a day of collection, a column a series; the response of an evaluation on its day.
function byDay(values, responses) {
  const columns = [...new Map(values.map((row) => [row.series, row])).values()];
  const days = [...new Set([...values, ...responses].map((row) => row.collected_on))].sort();
  const found = (on, series) => values.filter((row) => row.collected_on === on && row.series === series);
  return table({
    caption: "Markers by day of collection",
    columns: [
      { head: "Collected", header: true, cell: (on) => on },
      ...columns.map(({ series, unit }) => ({
        head: `${capital(series)}, ${figures.unit(unit)}`,
        number: true,
        cell: (on) => found(on, series).map((row) => row.comparator + figures.measured(Number(row.value))).join("; ") || figures.NONE,
      })),
      {
        head: "Response",
        cell: (on) => responses.filter((row) => row.collected_on === on).map((row) => word(row.series)).join("; ") || figures.NONE,
      },
    ],
    rows: days,
    empty: "None was measured by then.",
    tall: days.length > 20,
  });
}

function cells(rows) {
  return table({
    caption: "CAR-T cells by sample",
    columns: [
      { head: "Collected", header: true, cell: (row) => row.collected_on },
      { head: "Sample and method", cell: (row) => capital(row.series) },
      {
        head: "Level",
        number: true,
        cell: (row) => (row.value ? figures.quantity({ ...row, value: figures.measured(Number(row.value)) }) : "below the limit of quantification"),
      },
      { head: "Limit of quantification", number: true, cell: ({ lloq, unit }) => figures.quantity({ value: lloq || null, unit }) },
    ],
    rows,
    empty: "No sample counts by then.",
    tall: rows.length > 20,
  });
}
