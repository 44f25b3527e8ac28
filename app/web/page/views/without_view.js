// For those whose roles see no figures: what they are here for, in a sentence.

import { element } from "../elements.js";
import { section } from "../section.js";
import { table } from "../table.js";

export function show(context) {
  if (!context.may("centres:read")) {
    return [element("p", { class: "notice" }, "Your roles have ended, or none was given to you yet. Ask whoever runs the service.")];
  }
  return [
    element(
      "p",
      { class: "notice" },
      "You administer the study: centres, clients and grants, which is done on the command line. Your role sees no clinical data.",
    ),
    section(context, "Centres", () =>
      table({
        caption: "Centres of the trial",
        columns: [
          { head: "Code", header: true, cell: ({ code }) => code },
          { head: "Name", cell: ({ name }) => name },
        ],
        rows: context.centres,
      }),
    ),
  ];
}
