// A part of a view that loads by itself, and says what went wrong if something does.

import { Refused, SessionEnded } from "./api.js";
import { announce, element, newId } from "./elements.js";
import { counted } from "./figures.js";
import { populationName } from "./words.js";

// Make a section whose content comes from `load`, which gets the context of the view.
export function section(context, title, load, { note = null, level = 2 } = {}) {
  const id = newId("heading");
  const body = element("div", { class: "body" });
  const made = element(
    "section",
    { class: "part", "aria-labelledby": id },
    element(`h${level}`, { id }, title),
    note && element("p", { class: "note" }, note),
    body,
  );
  fill(context, body, load, title);
  return made;
}

// Load into a place; the place says that it is loading, and why it could not be loaded.
export async function fill(context, place, load, title) {
  place.setAttribute("aria-busy", "true");
  context.progress.begun();
  place.replaceChildren(element("p", { class: "loading" }, "Loading"));
  try {
    const content = await load(context);
    if (context.signal.aborted) return;
    place.replaceChildren(...[content].flat(Infinity).filter(Boolean));
    context.progress.refocus(place);
  } catch (error) {
    if (context.signal.aborted) return;
    if (error instanceof SessionEnded) {
      context.sessionEnded();
      return;
    }
    place.replaceChildren(
      wentWrong(error, title, () => fill(context, place, load, title)),
    );
  } finally {
    place.removeAttribute("aria-busy");
    context.progress.ended();
  }
}

// Ask once for what several sections show; after a failure, again.
export function shared(ask) {
  let answer = null;
  return () => {
    answer ??= ask().catch((error) => {
      answer = null;
      throw error;
    });
    return answer;
  };
}

export function wentWrong(error, title, again) {
  const refused = error instanceof Refused;
  if (!refused) console.error(error);
  const said = refused ? error.message : "This part of the page failed";
  const sentences = refused ? error.sentences() : ["Try again; if it stays, tell your data manager."];
  announce(`${title}: ${said}. ${sentences.join(" ")}`);
  return element(
    "div",
    { class: "notice wrong" },
    element("p", {}, element("strong", {}, `${said}.`)),
    sentences.map((sentence) => element("p", {}, sentence)),
    again && element("button", { type: "button", on: { click: again } }, "Try again"),
  );
}

// What a figure stands on, as every answer says it.
export function provenance(answer, more = null) {
  const cut = answer.cutoff ?? `${answer.data_cutoff} (no cut-off)`;
  const facts = [
    answer.n !== undefined && `n = ${answer.n}`,
    answer.population && `population ${populationName(answer.population)}`,
    answer.centre && `centre ${answer.centre}`,
    `data up to ${cut}`,
    `ledger at ${answer.as_of}`,
    answer.rule_set && `rules ${answer.rule_set.version}, code ${answer.rule_set.code_digest.slice(0, 12)}`,
    more,
  ];
  const errors = answer.n_data_errors
    ? ` ${counted(answer.n_data_errors, "subject has", "subjects have")} records that contradict each other.`
    : "";
  const left = answer.n_not_plausible
    ? ` ${counted(answer.n_not_plausible, "value is", "values are")} not plausible and left out until confirmed.`
    : "";
  const said = `${facts.filter(Boolean).join(" · ")}.${errors}${left}`;
  return element("p", { class: "provenance" }, said);
}
