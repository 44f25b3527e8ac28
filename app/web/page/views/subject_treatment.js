// What a subject was given: the preparation for its cells, and every other therapy.

import * as api from "../api.js";
import * as figures from "../figures.js";
import { facts, table } from "../table.js";
import { specified, wordsOf } from "../vocabularies.js";
import { capital } from "../words.js";

const LONGEST = 1000;

export async function treatment(context) {
  const ask = async (kind) => {
    const { as_of, cutoff } = context.asked;
    const path = `/v1/subjects/${encodeURIComponent(context.subject)}/${kind}`;
    const asked = { as_of, to: cutoff, state: "active", limit: LONGEST };
    return (await api.json(path, asked, context.signal)).items;
  };
  const [preparations, therapies, agent, ended, unit, kind] = await Promise.all([
    ask("preparations"),
    ask("therapies"),
    ...["lymphodepletion-agent", "preparation-outcome", "lymphodepletion-dose-unit", "therapy-kind"].map(wordsOf),
  ]);
  return [
    ...preparations.map((one) => outcome(one, ended)),
    table({
      caption: "Lymphodepletion",
      columns: [
        { head: "Given", header: true, cell: (row) => figures.written(row.given_on) },
        {
          head: "Agent",
          cell: ({ agent: code, other_agent: other }) =>
            code === "other" ? specified(capital(agent(code)), other) : capital(agent(code)),
        },
        { head: "Dose", number: true, cell: ({ dose }) => dose ?? figures.NONE },
        { head: "Unit", cell: (row) => unit(row.unit) },
      ],
      rows: preparations.flatMap((one) => one.lymphodepletion ?? []),
      empty: "None is recorded by then.",
    }),
    table({
      caption: "Concomitant and subsequent therapies",
      columns: [
        {
          head: "Kind",
          header: true,
          cell: ({ therapy_kind: code }) => capital(kind(code)),
        },
        {
          head: "Name",
          cell: ({ name, agents, therapy_kind: code }) =>
            name || (agents ?? []).join(", ") || (code === "other" ? "in words that are not shown to you" : figures.NONE),
        },
        {
          head: "Start",
          cell: ({ start, start_unknown: unknown }) => (unknown ? "unknown" : figures.written(start)),
        },
        { head: "End", cell: ({ end, ongoing }) => (ongoing ? "ongoing" : figures.written(end)) },
        { head: "Because of", cell: ({ indication }) => indication || figures.NONE },
      ],
      rows: therapies,
      empty: "None is recorded by then.",
      tall: therapies.length > 20,
    }),
  ];
}

function outcome({ outcome: code, outcome_note: note }, write) {
  if (!code) return null;
  return facts([["Preparation", code === "other" || note ? specified(capital(write(code)), note) : capital(write(code))]]);
}
