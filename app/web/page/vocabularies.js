// The words of the service for its codes. They do not change while the page is open.

import * as api from "./api.js";
import { NONE } from "./figures.js";
import { plain } from "./words.js";

const asked = new Map();

// Give what writes the codes of a vocabulary as words. Other codes are written as they are spelt.
export async function wordsOf(name) {
  const names = await displays(name);
  return (code) => (isNone(code) ? NONE : (names.get(code) ?? plain(code)));
}

// Give the words of a vocabulary by code, in its order.
export async function displays(name) {
  if (!asked.has(name)) {
    const answer = api.json(`/v1/vocabularies/${name}`, { limit: 5000 });
    asked.set(name, answer.then(({ items }) => new Map(items.map(({ code, display }) => [code, display]))));
    answer.catch(() => asked.delete(name));
  }
  return asked.get(name);
}

// A code that means "another one", with the text that says which. Who may not read what people
// wrote is told that there is something.
export function specified(said, text) {
  return `${said}: ${text ?? "in words that are not shown to you"}`;
}

function isNone(code) {
  return code === null || code === undefined || code === "";
}
