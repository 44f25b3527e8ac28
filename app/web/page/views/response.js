// The response of a cohort: rates, by month, times to response, residual disease.

import * as api from "../api.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { provenance } from "../section.js";
import { table } from "../table.js";
import { visitName, word } from "../words.js";

export async function response(context) {
  const answer = await api.json("/v1/endpoints/response", context.asked, context.signal);
  const pictures = [
    picture(context, "response-over-time", {
      title: "Response over time",
      description: "Share of each category by month; the rates by month are in the table below.",
    }),
  ];
  if (context.may("record:read")) {
    pictures.push(
      picture(context, "response-waterfall", {
        title: "Best change of the tracked marker",
        description: "One bar a subject, best percent change from baseline; take the data for the figures.",
      }),
      picture(context, "swimmer", {
        title: "Each subject's time on study",
        description: "Responses, progression, new therapy and death by subject; take the data for the days.",
      }),
    );
  }
  return [
    provenance(answer),
    element(
      "div",
      { class: "beside" },
      rates("Response rates", answer.rates, answer.conf_type),
      rates("Best response", answer.categories, answer.conf_type),
      unconfirmed(answer.unconfirmed, answer.conf_type),
      timesToResponse(answer.time_to_response),
      residualDisease(answer.mrd, answer.conf_type),
    ),
    samples(answer.mrd.samples),
    byMonth(answer.by_month),
    pictures,
  ];
}

function rates(caption, rows, method) {
  return table({
    caption: `${caption}, with 95 % limits (${word(method)})`,
    columns: [
      { head: "Response", header: true, cell: ([name]) => word(name) },
      { head: "x / N", number: true, cell: ([, rate]) => figures.of(rate) },
      { head: "Rate", number: true, cell: ([, rate]) => figures.proportion(rate) },
      { head: "Limits", number: true, cell: ([, rate]) => figures.limits(rate) },
    ],
    rows: Object.entries(rows),
  });
}

// What any one visit showed, and why some of it was never confirmed.
function unconfirmed({ rates: rows, not_confirmed: lacking }, method) {
  const why = ({ reasons }) =>
    Object.entries(reasons)
      .filter(([, n]) => n > 0)
      .map(([reason, n]) => `${n} ${word(reason)}`)
      .join(", ");
  return table({
    caption: `Best response of any one visit, confirmed or not, with 95 % limits (${word(method)})`,
    columns: [
      { head: "Response", header: true, cell: ([name]) => word(name) },
      { head: "x / N", number: true, cell: ([, rate]) => figures.of(rate) },
      { head: "Rate", number: true, cell: ([, rate]) => figures.proportion(rate) },
      { head: "Limits", number: true, cell: ([, rate]) => figures.limits(rate) },
      { head: "Never confirmed", cell: ([name]) => why(lacking[name]) || figures.NONE },
    ],
    rows: Object.entries(rows),
  });
}

function samples(counted) {
  const { n_inadequate_negative: negatives, n_sensitivity_missing: unstated } = counted;
  const said = [
    negatives > 0 &&
      `${figures.counted(negatives, "negative marrow sample was", "negative marrow samples were")} diluted or not the first pull: ${word(counted.inadequate_sample)}.`,
    unstated > 0 && `${figures.counted(unstated, "flow cytometry sample states", "flow cytometry samples state")} no sensitivity and cannot be evaluated.`,
  ].filter(Boolean);
  return said.length > 0 ? element("p", { class: "note" }, said.join(" ")) : element("div", {});
}

function timesToResponse(rows) {
  return table({
    caption: "Time to response, days: median (range)",
    columns: [
      { head: "Time", header: true, cell: ([name]) => word(name) },
      { head: "Subjects", number: true, cell: ([, { n }]) => figures.count(n) },
      { head: "Days", number: true, cell: ([, days]) => figures.range(days) },
    ],
    rows: Object.entries(rows),
  });
}

function residualDisease(mrd, method) {
  const denominators = Object.entries(mrd.by_threshold[mrd.threshold] ?? {}).map(
    ([denominator, rate]) => [`Negative at ${mrd.threshold}, of ${word(denominator)}`, rate],
  );
  const further = [
    ["Negative and in complete response", mrd.mrd_neg_cr],
    ["Sustained for 6 months", mrd.sustained_6m],
    ["Sustained for 12 months", mrd.sustained_12m],
  ];
  return table({
    caption: `Measurable residual disease, with 95 % limits (${word(method)})`,
    columns: [
      { head: "Status", header: true, cell: ([name]) => name },
      { head: "x / N", number: true, cell: ([, rate]) => figures.of(rate) },
      { head: "Rate", number: true, cell: ([, rate]) => figures.proportion(rate) },
      { head: "Limits", number: true, cell: ([, rate]) => figures.limits(rate) },
    ],
    rows: [...denominators, ...further].filter(([, rate]) => rate),
  });
}

function byMonth(rows) {
  const rate = (name) => ({ head: word(name), number: true, cell: (row) => figures.proportion(row.rates[name]) });
  return element(
    "details",
    {},
    element("summary", {}, "Rates by month"),
    table({
      caption: "Best response so far, by scheduled evaluation",
      columns: [
        { head: "Visit", header: true, cell: ({ visit }) => visitName(visit) },
        { head: "Assessed", number: true, cell: ({ assessed }) => figures.count(assessed) },
        ...["ORR", ">=VGPR", ">=CR"].map(rate),
      ],
      rows,
    }),
  );
}
