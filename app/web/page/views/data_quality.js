// Where the sources differ, and what the edit checks notice.

import * as api from "../api.js";
import { SessionEnded } from "../api.js";
import { elsewhere } from "../address.js";
import { element } from "../elements.js";
import { section, wentWrong } from "../section.js";
import { table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { capital, plain, word } from "../words.js";

const PAGE = 40;
const SEVERITIES = ["", "error", "warning", "notice"];

export function show(context) {
  const parts = [];
  if (context.may("response:read")) {
    parts.push(
      section(context, "Derived response against the investigator's", discrepancies, {
        note:
          "Neither overwrites the other; the last columns say what the investigator's would change. " +
          "A lesion not at baseline waits for an answer: there they say what calling it new would.",
      }),
    );
  }
  if (context.may("findings:read")) {
    parts.push(
      section(context, "Findings of the edit checks", findings, {
        note: "A finding refuses nothing and goes away with its cause. A clinical cut-off does not count here.",
      }),
    );
  }
  return parts;
}

async function discrepancies(context) {
  const { as_of, cutoff, centre } = context.asked;
  const asked = { as_of, cutoff, centre, limit: PAGE };
  const columns = [
    { head: "Subject", header: true, cell: ({ subject }) => link(context, subject) },
    { head: "Assessed", cell: (row) => row.assessed_on },
    { head: "Derived", cell: ({ derived }) => word(derived) },
    { head: "Investigator", cell: ({ investigator }) => word(investigator) },
    { head: "Adjudicated", cell: ({ adjudicated }) => word(adjudicated?.category) },
    { head: "Difference", cell: ({ kind }) => word(kind) },
    {
      head: "Best response would be",
      cell: ({ impact }) => (impact.best_response ? word(impact.best_response_would_be) : "the same"),
    },
    {
      head: "Progression would be",
      cell: ({ impact }) => (impact.progression ? (impact.progression_would_be ?? "none") : "the same"),
    },
  ];
  return growing(context, "/v1/discrepancies", asked, {
    caption: "Visits on which the two differ",
    columns,
    empty: "They agree on every visit.",
  });
}

async function findings(context) {
  const { as_of, centre } = context.asked;
  const severity = SEVERITIES.includes(context.chosen.severity) ? context.chosen.severity : "";
  const asked = { as_of, centre, severity, limit: PAGE };
  const columns = [
    { head: "Subject", header: true, cell: ({ subject }) => link(context, subject) },
    { head: "Severity", cell: (row) => element("span", { class: `severity of-${row.severity}` }, row.severity) },
    { head: "Record", cell: ({ kind }) => capital(plain(kind).replaceAll("-", " ")) },
    { head: "Records", cell: ({ count }) => String(count) },
    { head: "What would settle it", cell: ({ message }) => element("span", { class: "long" }, capital(message)) },
    { head: "Place", cell: ({ pointer }) => placeOf(pointer) },
    { head: "Rule", cell: ({ rule }) => element("code", {}, rule) },
  ];
  const list = await growing(context, "/v1/findings", asked, {
    caption: "Findings",
    columns,
    empty: "There is none.",
  });
  const name = (value) => (value === "" ? "all" : value);
  return [chooserOf(context, "severity", "Severity", SEVERITIES, severity ?? "", name), list];
}

// A JSON pointer as words: `/serum_m_protein/value` becomes "serum M-protein, value".
function placeOf(pointer) {
  const steps = pointer.split("/").filter(Boolean);
  return steps.map((step) => (/^\d+$/.test(step) ? `number ${Number(step) + 1}` : word(step))).join(", ") || "the whole record";
}

// A list that is shown page by page, as far as one asks.
async function growing(context, path, asked, shape) {
  const first = await api.page(path, asked, context.signal);
  const rows = [...first.items];
  const place = element("div");
  const draw = (next) => {
    place.replaceChildren(table({ ...shape, rows, tall: true }));
    if (!next) return;
    const more = element("button", { type: "button" }, "Show more");
    more.addEventListener("click", async () => {
      more.disabled = true;
      try {
        const page = await api.page(next, {}, context.signal);
        rows.push(...page.items);
        draw(page.next);
      } catch (error) {
        if (context.signal.aborted) return;
        if (error instanceof SessionEnded) context.sessionEnded();
        else more.replaceWith(wentWrong(error, shape.caption, () => draw(next)));
      }
    });
    place.append(element("p", {}, `${rows.length} shown. `, more));
  };
  draw(first.next);
  return place;
}

function link(context, subject) {
  return element("a", { href: elsewhere("subject", context.chosen, subject) }, subject);
}
