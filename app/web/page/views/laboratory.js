// The laboratory of a cohort: shifts and worst grades.

import { OF_COHORT } from "../address.js";
import * as api from "../api.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { provenance } from "../section.js";
import { table } from "../table.js";
import { wordsOf } from "../vocabularies.js";
import { capital, word } from "../words.js";

export async function laboratory(context) {
  const asked = Object.fromEntries(OF_COHORT.map((name) => [name, context.asked[name]]));
  const answer = await api.json("/v1/endpoints/lab-abnormalities", asked, context.signal);
  const name = await wordsOf("analyte");
  const cell = (head, write) => ({ head, number: true, cell: write });
  return [
    provenance(answer),
    picture(context, "lab-shift", {
      title: "Shift from baseline to worst grade",
      description:
        "Worst grades are in the table below; take the data for the shifts. Where CTCAE grades in multiples of an abnormal baseline, both grades of the shift are by the laboratory's limits.",
      only: OF_COHORT,
    }),
    ...notAnalysed(answer),
    table({
      caption: `Worst grade after baseline (${answer.rule_set.ae_grading})`,
      columns: [
        { head: "Abnormality", header: true, cell: (row) => abnormality(row, name) },
        cell("With results", (row) => figures.count(row.n_with_results)),
        ...["1", "2", "3", "4"].map((grade) => cell(grade, ({ worst }) => figures.count(worst[grade]))),
        cell("Grade 3 or more", (row) => figures.proportion(row.grade_3_or_more)),
        cell("By multiples of the baseline", (row) => figures.count(row.n_by_baseline)),
        { head: "Shift", cell: ({ shift_scale }) => (shift_scale === "limits" ? "by the limits" : "to CTCAE") },
        cell("Baseline not comparable", (row) => figures.count(row.n_baseline_not_comparable)),
        cell("Clinically significant", (row) => figures.count(row.clinically_significant.subjects.x)),
        cell("Outlier by the rule", ({ outlier }) => figures.count(outlier.subjects.x)),
      ],
      rows: answer.tables,
      empty: "No result is recorded by then.",
      tall: true,
    }),
  ];
}

function notAnalysed({ n_not_analysed, not_analysed }) {
  if (!n_not_analysed) return [];
  const codes = not_analysed.map(({ analyte }) => analyte ?? "withheld").join(", ");
  const words = `In no table, because their codes name no analyte of the trial: ${figures.counted(n_not_analysed, "result")} (${codes}).`;
  return [element("p", {}, words)];
}

function abnormality({ term, analyte, direction }, name) {
  return term ?? `${capital(name(analyte))}, ${word(direction).toLowerCase()}`;
}
