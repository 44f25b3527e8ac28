// A choice within a view, kept in the address.

import { element, newId } from "./elements.js";
import { word } from "./words.js";

export function chooserOf(context, name, label, options, chosen, write = word) {
  const select = element(
    "select",
    { id: newId(name), "data-keep": name, on: { change: () => context.choose({ [name]: select.value }) } },
    options.map((value) => element("option", { value, selected: value === chosen }, write(value))),
  );
  return element(
    "form",
    { class: "inline", on: { submit: (event) => event.preventDefault() } },
    element("label", { for: select.id }, label),
    select,
  );
}
