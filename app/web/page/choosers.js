// What is shown, chosen: data cut, population, centre, whose responses. Nothing changes before the
// button is pressed; what was typed until then belongs to this view at this cut and to no other, and
// is kept for it, whatever happens to the session.

import { CHOICES, elsewhere } from "./address.js";
import { announce, element, newId } from "./elements.js";
import * as session from "./session.js";
import { capital, populationName } from "./words.js";

const SOURCES = ["derived", "investigator", "adjudicated"];
const DEFAULT_SOURCE = "derived";

const wide = matchMedia("(min-width: 62rem)");
wide.addEventListener("change", () => {
  for (const one of document.querySelectorAll(".choosing")) one.open ||= wide.matches;
});

export function choosers(context) {
  const { chosen, trial, centres } = context;
  const place = elsewhere(context.view, chosen, context.subject);
  const typed = session.draft(place) ?? chosen;
  const populations = trial.populations.definitions.map(({ name }) => name);
  const fields = {
    cutoff: element("input", { type: "date", value: typed.cutoff }),
    as_of: element("input", {
      type: "text",
      value: typed.as_of,
      placeholder: "now",
      spellcheck: "false",
      autocomplete: "off",
      inputmode: "text",
    }),
    population: choice(
      populations.map((name) => [name, capital(populationName(name))]),
      typed.population || trial.populations.default,
    ),
    centre: choice(
      [...(centres.length > 1 ? [["", "All I can see"]] : []), ...centres.map(({ code, name }) => [code, name])],
      typed.centre || "",
    ),
    response_source: choice(
      SOURCES.map((name) => [name, capital(name)]),
      typed.response_source || DEFAULT_SOURCE,
    ),
  };
  const labels = {
    cutoff: ["Data cut-off", "Clinical days up to this one"],
    as_of: ["As of", "Ledger number, or a time with its offset, as 2026-03-31T12:00Z"],
    population: ["Population", null],
    centre: ["Centre", null],
    response_source: ["Responses by", null],
  };
  const state = element("span", { class: "pending", hidden: true }, "Not shown yet");
  const read = () => {
    const found = Object.fromEntries(CHOICES.map((name) => [name, fields[name].value.trim()]));
    if (found.population === trial.populations.default) found.population = "";
    if (found.response_source === DEFAULT_SOURCE) found.response_source = "";
    if (centres.length <= 1) found.centre = chosen.centre ?? "";
    return found;
  };
  const differs = () => CHOICES.some((name) => read()[name] !== (chosen[name] ?? ""));
  const noted = () => {
    session.keepDraft(place, differs() ? read() : null);
    state.hidden = !differs();
  };
  const submit = (event) => {
    event.preventDefault();
    session.keepDraft(place, null);
    if (differs()) context.choose(read());
    else announce("This is what is shown.");
    state.hidden = true;
  };
  const reset = () => {
    session.keepDraft(place, null);
    context.choose(Object.fromEntries(CHOICES.map((name) => [name, ""])));
  };
  const made = element(
    "form",
    { class: "choosers", role: "search", "aria-label": "What is shown", on: { submit, input: noted } },
    CHOICES.map((name) => labelled(fields[name], ...labels[name])),
    element(
      "div",
      { class: "buttons" },
      element("button", { type: "submit", class: "main", "data-keep": "show" }, "Show"),
      element("button", { type: "button", "data-keep": "reset", on: { click: reset } }, "Reset"),
      state,
    ),
  );
  noted();
  return folded(made, chosen, centres, session.draft(place) !== null);
}

// On a narrow screen the form is folded away behind what is chosen.
function folded(form, chosen, centres, drafted) {
  const centre = centres.find(({ code }) => code === chosen.centre)?.name;
  const said = [
    chosen.cutoff ? `up to ${chosen.cutoff}` : "no cut-off",
    chosen.as_of ? `as of ${chosen.as_of}` : "as of now",
    chosen.population && populationName(chosen.population),
    centre,
    chosen.response_source,
  ];
  const made = element(
    "details",
    { class: "choosing" },
    element("summary", {}, "Data cut: ", said.filter(Boolean).join(", ")),
    form,
  );
  made.open = wide.matches || drafted;
  return made;
}

// What an address names is shown as chosen even where it is none of what is offered.
function choice(options, chosen) {
  const offered = chosen === "" || options.some(([value]) => value === chosen);
  return element(
    "select",
    {},
    [...options, ...(offered ? [] : [[chosen, chosen]])].map(([value, name]) => element("option", { value, selected: value === chosen }, name)),
  );
}

function labelled(field, label, hint) {
  field.id = newId("chooser");
  const hintId = hint && newId("hint");
  if (hint) field.setAttribute("aria-describedby", hintId);
  return element(
    "div",
    { class: "field" },
    element("label", { for: field.id }, label),
    field,
    hint && element("span", { class: "hint", id: hintId }, hint),
  );
}
