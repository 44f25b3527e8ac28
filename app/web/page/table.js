// A table that a screen reader can walk and a phone can move sideways.

import { element, newId } from "./elements.js";
import { sideways } from "./sideways.js";

const DAY = /^\d{4}-\d\d-\d\d$/;

// columns: {head, cell(row), number?, header?}; `header` marks the cell that names its row. A `tall`
// table scrolls within itself, under its head.
export function table({ caption, columns, rows, empty = "There is none.", tall = false }) {
  if (rows.length === 0) return element("p", { class: "nothing" }, `${caption}: ${lowered(empty)}`);
  const id = newId("caption");
  const head = columns.map(({ head: text, number }) =>
    element("th", { scope: "col", class: number ? "number" : null }, text),
  );
  const body = rows.map((row) =>
    element("tr", {}, columns.map((column) => cellOf(column, row))),
  );
  const made = element(
    "table",
    {},
    element("caption", { id }, caption),
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, body),
  );
  const kind = tall ? "sideways tall" : "sideways";
  return element("div", { class: "wide" }, sideways({ class: kind, role: "region", "aria-labelledby": id }, made));
}

function cellOf({ cell, number, header }, row) {
  const content = cell(row);
  const kinds = [number && "number", content === "0" && "zero", DAY.test(content) && "day"];
  const attributes = { class: kinds.filter(Boolean).join(" ") || null };
  if (header) return element("th", { ...attributes, scope: "row" }, content);
  return element("td", attributes, content);
}

// Rows of a name and a value.
export function facts(pairs) {
  return element(
    "dl",
    { class: "facts" },
    pairs.map(([name, value]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, value ?? "–")),
    ),
  );
}

function lowered(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
