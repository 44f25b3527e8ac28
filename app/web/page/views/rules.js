// The rule book: by which rules categories, grades and figures are made, from which sources, and which
// tests hold them.

import * as api from "../api.js";
import { CHAPTERS } from "../chapters.js";
import { element, newId } from "../elements.js";
import { counted } from "../figures.js";
import { section, shared } from "../section.js";
import { table } from "../table.js";

const OPENED = 5; // rules found up to which each is shown open
const LONGEST = 100; // characters that a search may have
const CODE = /``([^`]+)``|:[a-z]+:`([^`]+)`/g;

export function show(context) {
  const search = context.chosen.search ?? "";
  const book = shared(() => api.json("/v1/rules", { search }, context.signal));
  const chapters = Object.entries(CHAPTERS).map(([room, title]) =>
    section(context, title, async () => chapter(await book(), room, search)),
  );
  return [section(context, "Find a rule", async () => found(context, await book(), search)), ...chapters];
}

function found(context, { version, code_digest: digest, items }, search) {
  const field = element("input", {
    id: newId("search"),
    type: "search",
    value: search,
    maxlength: LONGEST,
    autocomplete: "off",
    "data-keep": "search",
  });
  const submit = (event) => {
    event.preventDefault();
    context.choose({ search: field.value.trim() });
  };
  const button = element("button", { type: "submit", class: "main", "data-keep": "find" }, "Find");
  return [
    element(
      "form",
      { class: "inline", role: "search", "aria-label": "Rules by their words", on: { submit } },
      element("label", { for: field.id }, "Words of a rule, of its source or of its name"),
      field,
      button,
    ),
    element("p", { class: "provenance" }, `Rules ${version}, code ${digest.slice(0, 12)}.`),
    element("p", {}, search ? `${counted(items.length, "rule has", "rules have")} these words.` : `${counted(items.length, "rule")}.`),
  ];
}

function chapter({ items }, room, search) {
  const rules = items.filter((rule) => rule.room === room);
  if (rules.length === 0) return element("p", { class: "nothing" }, "No rule of this chapter has these words.");
  const open = search !== "" && items.length <= OPENED;
  return rules.map((rule) => written(rule, open));
}

function written({ module, said, boundaries, functions, tests }, open) {
  const name = module.replace(/^app\.services\./, "");
  return element(
    "details",
    { class: "why rule", open },
    element("summary", {}, worded(said.title), " ", element("code", {}, name)),
    words(said),
    boundaries.length > 0 ? turns(name, boundaries) : null,
    functions.map((one) => [
      element("h3", {}, element("code", {}, one.name)),
      element("p", {}, worded(one.said.title)),
      words(one.said),
    ]),
    tests.length > 0 ? held(tests) : null,
  );
}

function words({ text, sources, decisions }) {
  return [
    text.map((paragraph) => element("p", {}, worded(paragraph))),
    sources.map((source) => labelled("Source", source)),
    decisions.map((decision) => labelled("Decision", decision)),
  ];
}

function labelled(label, text) {
  return element("p", {}, element("strong", {}, `${label}: `), worded(text));
}

function turns(name, boundaries) {
  return table({
    caption: `Boundaries of ${name}`,
    columns: [
      { head: "Boundary", header: true, cell: (row) => element("code", {}, row.name) },
      { head: "Value", number: true, cell: ({ value }) => value },
      { head: "Meaning", cell: ({ meaning }) => element("span", { class: "long" }, worded(meaning)) },
    ],
    rows: boundaries,
  });
}

function held(tests) {
  return element(
    "p",
    { class: "note" },
    "Held by ",
    tests.map((test, index) => [index > 0 ? ", " : null, element("code", {}, test)]),
    ".",
  );
}

// What a docstring marks as code becomes code.
function worded(text) {
  const parts = [];
  let end = 0;
  for (const mark of text.matchAll(CODE)) {
    parts.push(text.slice(end, mark.index), element("code", {}, mark[1] ?? mark[2]));
    end = mark.index + mark[0].length;
  }
  return [...parts, text.slice(end)];
}
