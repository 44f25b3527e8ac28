// Subjects by scheduled visits: what is done, due, overdue and missing.

import * as api from "../api.js";
import { elsewhere } from "../address.js";
import { element, newId, unseen } from "../elements.js";
import { provenance, section } from "../section.js";
import { sideways } from "../sideways.js";

// A shape for each status, so that none rests on its colour.
const SHAPES = {
  done: "●",
  due: "◐",
  overdue: "▲",
  missing: "✕",
  samples_only: "◇",
  upcoming: "·",
  not_applicable: "–",
};
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
const URGENT = ["due", "overdue", "samples_only", "missing"];

export function show(context) {
  return [section(context, "Visits of every subject", board)];
}

async function board(context) {
  const { as_of, cutoff, centre } = context.asked;
  const answer = await api.json("/v1/status-board", { as_of, cutoff, centre }, context.signal);
  const meanings = new Map(answer.statuses.map(({ code, meaning }) => [code, meaning]));
  return [
    counted(answer, meanings),
    provenance(answer, `status on ${answer.status_on}`),
    shownRows(context, answer),
  ];
}

function counted({ counts }, meanings) {
  const order = ["done", "due", "overdue", "samples_only", "missing", "upcoming", "not_applicable"];
  return element(
    "dl",
    { class: "tiles" },
    order.map((code) =>
      element(
        "div",
        { class: `tile ${code}` },
        element("dt", {}, mark(code), name(code)),
        element("dd", {}, element("strong", {}, counts[code]), unseen(counts[code] === 1 ? " visit: " : " visits: "), meanings.get(code)),
      ),
    ),
  );
}

function shownRows(context, answer) {
  const only = context.chosen.show === "open";
  const toggle = element("input", { type: "checkbox", id: newId("only"), "data-keep": "open", checked: only });
  toggle.addEventListener("change", () => context.choose({ show: toggle.checked ? "open" : "" }));
  const open = ({ visits }) => visits.some(({ status }) => status === "due" || status === "overdue");
  const rows = only ? answer.subjects.filter(open) : answer.subjects;
  const choice = element(
    "p",
    { class: "choice" },
    toggle,
    element("label", { for: toggle.id }, "Only subjects with a visit due or overdue"),
  );
  if (rows.length === 0) return [choice, element("p", { class: "nothing" }, "No subject here.")];
  return [choice, grid(context, answer.visits, rows)];
}

function grid(context, columns, rows) {
  const id = newId("caption");
  const head = columns.map(({ code, label }) =>
    element("th", { scope: "col", title: label }, element("span", {}, code)),
  );
  const made = element(
    "table",
    { class: "board", on: { keydown: move } },
    element("caption", { id, class: "unseen" }, "Subjects by visits of the schedule"),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Subject"), head)),
    element("tbody", {}, rows.map((row) => line(context, row, columns))),
  );
  return element(
    "div",
    { class: "wide" },
    element(
      "p",
      { class: "note" },
      "A cell leads to what is recorded of the visit. From a subject, the arrow keys go from cell to cell.",
    ),
    sideways({ class: "sideways tall", role: "region", "aria-labelledby": id }, made),
  );
}

// The tab key goes from subject to subject, past thirty visits of each; the arrows go to these.
function move(event) {
  const [right, down] = STEPS[event.key] ?? [0, 0];
  const cell = event.target.closest("td, th");
  if (!cell || (right === 0 && down === 0)) return;
  const rows = [...cell.closest("tbody").rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += right;
    const found = rows[row]?.cells[column];
    if (!found) return;
    const link = found.querySelector("a");
    if (link) {
      event.preventDefault();
      link.focus();
      return;
    }
  }
}

function line(context, { subject, state, visits }, columns) {
  const found = new Map(visits.map((visit) => [visit.visit, visit]));
  const address = elsewhere("subject", context.chosen, subject);
  return element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("a", { href: address }, subject),
      element("span", { class: "state" }, name(state)),
    ),
    columns.map(({ code }) => cell(context, subject, found.get(code))),
  );
}

function cell(context, subject, visit) {
  if (!visit) return element("td", {}, unseen("none"));
  const { visit: code, status, on, window_from: from, window_to: to } = visit;
  const when = on ? ` on ${on}` : from && URGENT.includes(status) ? `, window ${from} to ${to}` : "";
  const said = name(status) + when;
  const address = elsewhere("subject", context.chosen, subject, { visit: code });
  const attributes = { href: address, tabindex: "-1", "aria-label": `${code}: ${said}` };
  return element("td", { class: status, title: said }, element("a", attributes, mark(status), unseen(said)));
}

function mark(code) {
  return element("span", { class: `mark ${code}`, "aria-hidden": "true" }, SHAPES[code] ?? "?");
}

function name(code) {
  return code.replaceAll("_", " ");
}
