// The times to an event: all of them in a table, one with its curve.

import { written } from "../address.js";
import * as api from "../api.js";
import { element, newId } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { provenance } from "../section.js";
import { table } from "../table.js";
import { TIMES } from "../times.js";
import { capital, plain, word } from "../words.js";

const NAMES = Object.keys(TIMES);

// All of the times, each by the policy of the trial; the name of one leads to its curve.
export async function overview(context) {
  const ask = (name) => api.json(`/v1/endpoints/${name}`, context.asked, context.signal);
  const rows = await Promise.all(NAMES.map(ask));
  const shown = rows[0].landmarks.map(({ months }) => months);
  const yearly = shown.filter((months) => months % 12 === 0);
  const landmark = (row, wanted) => row.landmarks.find(({ months, estimable }) => months === wanted && estimable);
  const at = (months) => ({
    head: `Free of it at ${months} months`,
    number: true,
    cell: (row) => {
      const found = landmark(row, months);
      if (!found) return figures.NONE;
      return `${figures.fraction(found.survival)} (${figures.between(found.lower, found.upper, figures.fraction)})`;
    },
  });
  return [
    provenance(rows[0]),
    table({
      caption: "Kaplan-Meier estimates with 95 % limits",
      columns: [
        { head: "Time", header: true, cell: (row) => leading(context, row.endpoint) },
        { head: "Subjects", number: true, cell: ({ n }) => figures.count(n) },
        { head: "Events", number: true, cell: ({ n_event: events }) => figures.count(events) },
        { head: "Median, months", number: true, cell: ({ median }) => figures.median(median) },
        ...(yearly.length > 0 ? yearly : shown).slice(0, 2).map(at),
      ],
      rows,
    }),
  ];
}

function leading(context, endpoint) {
  const chosen = { ...context.chosen, endpoint, variant: "" };
  return element("a", { href: written({ view: context.view, chosen }) }, word(endpoint));
}

// One of the times, chosen in the address; the curve and the figures beside it.
export async function curve(context) {
  const chosen = NAMES.includes(context.chosen.endpoint) ? context.chosen.endpoint : NAMES[0];
  const { variant } = context.chosen;
  const asked = { ...context.asked, variant };
  const answer = await api.json(`/v1/endpoints/${chosen}`, asked, context.signal);
  const title = word(chosen);
  return [
    chooserOfTimes(context, chosen, answer),
    provenance(answer),
    element(
      "div",
      { class: "curve" },
      picture(context, "kaplan-meier", {
        query: { endpoint: chosen, variant },
        title,
        description: `Kaplan-Meier curve with its interval, censor ticks and the subjects at risk; ${inWords(answer)}`,
      }),
      element("div", {}, inFigures(answer), landmarks(answer)),
    ),
    besides(answer),
    censored(answer),
  ];
}

function chooserOfTimes(context, chosen, answer) {
  const times = element(
    "select",
    { id: newId("time"), "data-keep": "endpoint" },
    NAMES.map((name) => element("option", { value: name, selected: name === chosen }, word(name))),
  );
  const definitions = [
    [answer.variant, answer.definition],
    ...Object.values(answer.variants).map(({ variant, definition }) => [variant, definition]),
  ];
  const variants = element(
    "select",
    { id: newId("definition") },
    definitions.map(([name, { words }]) => element("option", { value: name }, capital(words))),
  );
  const take = element("button", { type: "submit", "data-keep": "show-endpoint" }, "Show");
  const choose = (event) => {
    event.preventDefault();
    const same = times.value === chosen;
    const variant = same && variants.value !== answer.variant ? variants.value : "";
    const kept = same && !variant ? context.chosen.variant : variant;
    context.choose({ endpoint: times.value, variant: kept });
  };
  return element(
    "form",
    { class: "inline", on: { submit: choose } },
    element("label", { for: times.id }, "Endpoint"),
    times,
    element("label", { for: variants.id }, "Definition"),
    variants,
    take,
  );
}

function inWords({ n_event: events, n_censored: censored, median, definition }) {
  const happened = `${figures.counted(events, "event")}, ${censored} censored`;
  return `${happened}, median in months ${figures.median(median)}; ${definition.words}.`;
}

function inFigures(answer) {
  const { median, follow_up: followUp, conf_type: method } = answer;
  return table({
    caption: `Figures, months (limits ${plain(method)})`,
    columns: [
      { head: "Figure", header: true, cell: ([name]) => name },
      { head: "Value", number: true, cell: ([, value]) => value },
    ],
    rows: [
      ["Subjects", figures.count(answer.n)],
      ["Events", figures.count(answer.n_event)],
      ["Censored", figures.count(answer.n_censored)],
      ...(answer.n_without_baseline > 0
        ? [["Without a baseline evaluation", figures.count(answer.n_without_baseline)]]
        : []),
      ["Median (95 % limits)", figures.median(median)],
      ["Median follow-up (95 % limits)", figures.median(followUp.median)],
      ["Contact recent enough", figures.of(followUp.complete)],
    ],
  });
}

function landmarks(answer) {
  return table({
    caption: "Free of the event at landmarks, with 95 % limits",
    columns: [
      { head: "Months", header: true, cell: ({ months }) => figures.count(months) },
      { head: "Estimate", number: true, cell: (row) => figures.fraction(row.survival) },
      {
        head: "Limits",
        number: true,
        cell: (row) => figures.between(row.lower, row.upper, figures.fraction),
      },
      { head: "At risk", number: true, cell: (row) => figures.count(row.n_risk) },
    ],
    rows: answer.landmarks.filter(({ estimable }) => estimable),
    empty: "None is reached yet.",
  });
}

function besides(answer) {
  return table({
    caption: "The same under other definitions",
    columns: [
      { head: "Definition", header: true, cell: ([, { definition }]) => capital(definition.words) },
      { head: "Subjects", number: true, cell: ([, { n }]) => figures.count(n) },
      { head: "Events", number: true, cell: ([, row]) => figures.count(row.n_event) },
      { head: "Median, months", number: true, cell: ([, { median }]) => figures.median(median) },
    ],
    rows: Object.entries(answer.variants),
  });
}

function censored(answer) {
  const events = Object.entries(answer.event_components).map(([name, n]) => ({ name, n, kind: "event" }));
  const reasons = Object.values(answer.censor_reasons).map(({ reason, n }) => ({
    name: reason,
    n,
    kind: "censored",
  }));
  return table({
    caption: "What the events were, and why others are censored",
    columns: [
      { head: "Reason", header: true, cell: ({ name }) => capital(plain(name)) },
      { head: "Counts as", cell: ({ kind }) => kind },
      { head: "Subjects", number: true, cell: ({ n }) => figures.count(n) },
    ],
    rows: [...events, ...reasons],
  });
}
