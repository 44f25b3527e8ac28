// How an adverse event is written in a table, of one subject or of many.

import * as figures from "./figures.js";
import { specified, wordsOf } from "./vocabularies.js";
import { capital } from "./words.js";

const OTHER = /\bother, specify$/i;

export async function columnsOfEvents() {
  const [causality, outcome, action, seriousness] = await Promise.all(
    ["causality", "outcome", "action-taken", "seriousness-criterion"].map(wordsOf),
  );
  return {
    event: { head: "Event", cell: named },
    grade: { head: "Grade", number: true, cell: ({ grade }) => figures.count(grade) },
    onset: {
      head: "Onset",
      cell: ({ onset, onset_unknown: unknown }) => (unknown ? "unknown" : figures.written(onset)),
    },
    end: { head: "End", cell: ({ end, ongoing }) => (ongoing ? "ongoing" : figures.written(end)) },
    serious: { head: "Serious", cell: ({ serious }) => (serious ? "yes" : "no") },
    because: {
      head: "Because of",
      cell: (row) => (row.seriousness_criteria ?? []).map((one) => withoutVariable(seriousness(one))).join(", "),
    },
    carT: { head: "By CAR-T", cell: ({ causality: found }) => causality(found?.car_t) },
    otherDrug: { head: "By another medicine", cell: ({ causality: found }) => causality(found?.other_drug) },
    action: { head: "Action taken", cell: (row) => taken(row, action) },
    outcome: { head: "Outcome", cell: (row) => capital(outcome(row.outcome)) },
  };
}

// What CTCAE has no term for is named by the words that the centre sent.
function named({ term, other_specify: text }) {
  return OTHER.test(term) ? specified(term, text) : term;
}

function taken({ action_taken: action, other_action: other }, write) {
  return [action && write(action), other].filter(Boolean).join("; ") || figures.NONE;
}

function withoutVariable(display) {
  return display.replace(/ \(AE\w+\)$/, "");
}
