// The laboratory of a cohort: shifts and worst grades.

import { OF_COHORT } from "../address.js";
import * as api from "../api.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { provenance } from "../section.js";
import { table } from "../table.js";

export async function laboratory(context) {
  const asked = Object.fromEntries(OF_COHORT.map((name) => [name, context.asked[name]]));
  const answer = await api.json("/v1/endpoints/lab-abnormalities", asked, context.signal);
  const cell = (head, write) => ({ head, number: true, cell: write });
  return [
    provenance(answer),
    picture(context, "lab-shift", {
      title: "Shift from baseline to worst grade",
      description: "Worst grades are in the table below; take the data for the shifts.",
      only: OF_COHORT,
    }),
    table({
      caption: `Worst grade after baseline (${answer.rule_set.ae_grading})`,
      columns: [
        { head: "Abnormality", header: true, cell: abnormality },
        cell("With results", (row) => figures.count(row.n_with_results)),
        ...["1", "2", "3", "4"].map((grade) => cell(grade, ({ worst }) => figures.count(worst[grade]))),
        cell("Grade 3 or more", (row) => figures.proportion(row.grade_3_or_more)),
        cell("Clinically significant outlier", ({ outlier }) => figures.count(outlier.subjects.x)),
      ],
      rows: answer.tables,
      empty: "No result is recorded by then.",
      tall: true,
    }),
  ];
}

function abnormality({ term, analyte, direction }) {
  return term ?? `${analyte} ${direction.toLowerCase()}`;
}
