// What happened to the subjects: syndromes, serious events, worst grades, laboratory.

import * as api from "../api.js";
import { OF_COHORT, elsewhere } from "../address.js";
import { element } from "../elements.js";
import * as figures from "../figures.js";
import { picture } from "../picture.js";
import { columnsOfEvents } from "../adverse_events.js";
import { provenance, section, shared } from "../section.js";
import { table } from "../table.js";
import { chooserOf } from "../view_chooser.js";
import { wordsOf } from "../vocabularies.js";
import { capital, plain, word } from "../words.js";
import { laboratory } from "./laboratory.js";

const GRADES = ["grade_1", "grade_2", "grade_3", "grade_4", "grade_5"];

export function show(context) {
  const ask = shared(() =>
    api.json("/v1/endpoints/adverse-events", withoutSource(context), context.signal),
  );
  const parts = [
    section(context, "CRS and ICANS", async () => syndromes(await ask(), await wordsOf("therapy-kind"))),
    section(context, "Events of special interest and deaths", async () => special(await ask(), await wordsOf("aesi-kind"))),
    section(context, "Neutropenia after the cells: ICAHT", async () => icaht(await ask()), {
      note: "Graded from neutrophil counts, not from reported events; days without a count are said.",
    }),
    section(context, "Worst grades", async (within) => worstGrades(within, await ask()), {
      note: "Each subject once a term, at its worst grade.",
    }),
    section(context, "Laboratory", laboratory),
  ];
  if (context.may("record:read")) parts.splice(1, 0, section(context, "Serious events", serious));
  return parts;
}

function withoutSource({ asked }) {
  return Object.fromEntries(OF_COHORT.map((name) => [name, asked[name]]));
}

function syndromes(answer, therapy) {
  const kinds = Object.values(answer.syndromes);
  const onset = word(kinds[0]?.onset_rule ?? "");
  const cell = (head, write) => ({ head, number: true, cell: write });
  const { crs_icans_grading: scale } = answer.rule_set;
  return [
    provenance(answer),
    table({
      caption: `Subjects with CRS and ICANS, by worst grade (${scale})`,
      columns: [
        { head: "Syndrome", header: true, cell: ({ kind }) => kind },
        cell("x / n", ({ affected }) => figures.of(affected)),
        cell("Share", ({ affected }) => figures.proportion(affected)),
        cell("95 % limits", ({ affected }) => figures.limits(affected)),
        ...GRADES.map((grade) => cell(capital(plain(grade)), ({ grades }) => figures.count(grades[grade]))),
        cell("Grade 3 or more", (row) => figures.proportion(row.grade_3_or_more)),
        cell("Unresolved", ({ unresolved }) => figures.count(unresolved)),
        cell("End unknown", (row) => figures.count(row.end_unknown)),
        cell("Dated before infusion", (row) => figures.count(row.before_infusion)),
      ],
      rows: kinds,
    }),
    element(
      "div",
      { class: "beside" },
      table({
        caption: `Onset (${onset}) and duration, days: median (range)`,
        columns: [
          { head: "Syndrome", header: true, cell: ({ kind }) => kind },
          cell("Onset day", ({ onset_days: days }) => figures.range(days)),
          cell("Onset of grade 3 or more", ({ severe_onset_days: days }) => figures.range(days)),
          cell("Duration", ({ duration_days: days }) => figures.range(days)),
          cell("Onset not known to the day", (row) => figures.count(row.onset_imputed)),
          cell("Duration not known to the day", (row) => figures.count(row.duration_imputed)),
        ],
        rows: kinds,
      }),
      table({
        caption: "Treatment of CRS and ICANS",
        columns: [
          { head: "Treatment", header: true, cell: ({ kind, treatment }) => `${kind}: ${therapy(treatment.kind)}` },
          cell("x / affected", ({ treatment }) => figures.of(treatment.of_affected)),
          cell("of affected", ({ treatment }) => figures.proportion(treatment.of_affected)),
          cell("of all", ({ treatment }) => figures.proportion(treatment.of_all)),
        ],
        rows: kinds.flatMap(({ kind, treatments }) => treatments.map((treatment) => ({ kind, treatment }))),
      }),
    ),
  ];
}

async function serious(context) {
  const { as_of, cutoff, centre } = context.asked;
  const asked = { as_of, to: cutoff, centre, serious: true, limit: 200 };
  const answer = await api.page("/v1/adverse-events", asked, context.signal);
  const rows = answer.items.filter(({ state }) => state === "active");
  const of = await columnsOfEvents();
  return [
    table({
      caption: "Serious adverse events, with the subject's code",
      columns: [
        {
          head: "Subject",
          header: true,
          cell: ({ subject }) =>
            element("a", { href: elsewhere("subject", context.chosen, subject) }, subject),
        },
        of.event, of.grade, of.onset, of.end, of.because, of.carT, of.otherDrug, of.action, of.outcome,
      ],
      rows,
      empty: "None is recorded by then.",
      tall: true,
    }),
    answer.next && element("p", { class: "note" }, "These are the first 200."),
  ];
}

function special(answer, kindOf) {
  const { deaths } = answer;
  const cell = (head, write) => ({ head, number: true, cell: write });
  return [
    table({
      caption: "Events of special interest",
      columns: [
        { head: "Event", header: true, cell: ({ kind }) => capital(kindOf(kind)) },
        cell("x / n", ({ counts }) => figures.of(counts.subjects)),
        cell("Share", ({ counts }) => figures.proportion(counts.subjects)),
        cell("95 % limits", ({ counts }) => figures.limits(counts.subjects)),
        cell("Grade 3 or more", ({ counts }) => figures.count(counts.grade_3_or_more.x)),
        cell("Serious", ({ counts }) => figures.count(counts.serious.x)),
        cell("Onset day, median (range)", ({ onset_days: days }) => (days ? figures.range(days) : figures.NONE)),
        cell("Onset not known to the day", (row) => figures.count(row.onset_imputed)),
      ],
      rows: answer.special_interest,
    }),
    table({
      caption: "Deaths",
      columns: [
        { head: "Deaths", header: true, cell: ([name]) => name },
        cell("x / n", ([, rate]) => figures.of(rate)),
        cell("Share", ([, rate]) => figures.proportion(rate)),
        cell("95 % limits", ([, rate]) => figures.limits(rate)),
      ],
      rows: [
        ["All", deaths.deaths],
        ["Within 30 days of infusion", deaths.within_30_days],
        ["In the primary period", deaths.in_primary_period],
        ["After new therapy", deaths.after_new_therapy],
        ["By a fatal event", deaths.by_fatal_event],
      ],
    }),
  ];
}

function icaht({ icaht: found }) {
  const cell = (head, write) => ({ head, number: true, cell: write });
  const phases = [
    { phase: "Early, day 0 to 30", ...found.early },
    { phase: "Late, after day 30", ...found.late },
  ];
  return [
    table({
      caption: `Subjects by ICAHT grade, n = ${figures.count(found.n)}`,
      columns: [
        { head: "Phase", header: true, cell: ({ phase }) => phase },
        ...["0", "1", "2", "3", "4"].map((grade) => cell(grade, ({ grades }) => figures.count(grades[grade]))),
        cell("Grade 3 or more", (row) => figures.proportion(row.grade_3_or_more)),
        cell("Could be higher", (row) => figures.count(row.at_least)),
        cell("No counts", (row) => figures.count(row.not_graded.no_counts)),
        cell("Gaps decide", (row) => figures.count(row.not_graded.gaps)),
        cell("One low count", (row) => figures.count(row.not_graded.one_low_count)),
        cell("Not followed", (row) => figures.count(row.not_graded.not_followed)),
        cell("Days with a count, median (range)", (row) => figures.range(row.measured_days)),
      ],
      rows: phases,
    }),
    element(
      "p",
      { class: "note" },
      `G-CSF was given to ${figures.count(found.given_g_csf)}, blood products to ${figures.count(found.transfused)}.`,
    ),
  ];
}

function worstGrades(context, answer) {
  const windows = Object.keys(answer.tables);
  const window = windows.includes(context.chosen.window) ? context.chosen.window : windows[0];
  const { rows } = answer.tables[window];
  const cell = (head, write) => ({ head, number: true, cell: write });
  return [
    chooserOf(context, "window", "Period", windows, window),
    picture(context, "adverse-events", {
      query: { window },
      title: "Adverse events by term and worst grade",
      description: "The table below has the same figures.",
      only: OF_COHORT,
    }),
    table({
      caption: `Subjects by worst grade (${answer.rule_set.ae_grading}): ${word(window).toLowerCase()}`,
      columns: [
        { head: "Term", header: true, cell: named },
        cell("x / n", ({ counts }) => figures.of(counts.subjects)),
        cell("Share", ({ counts }) => figures.proportion(counts.subjects)),
        ...GRADES.map((grade) => cell(grade.slice(-1), ({ counts }) => figures.count(counts.grades[grade]))),
        cell("Grade 3 or more", ({ counts }) => figures.proportion(counts.grade_3_or_more)),
        cell("Serious", ({ counts }) => figures.count(counts.serious.x)),
        cell("Related to CAR-T", ({ counts }) => figures.count(counts.related_to_car_t.x)),
      ],
      rows,
      empty: "None is recorded by then.",
      tall: true,
    }),
  ];
}

function named({ level, system_organ_class: organ, term }) {
  if (level === "any") return element("strong", {}, "Any event");
  if (level === "system_organ_class") return element("strong", {}, organ);
  return element("span", { class: "indented" }, term);
}
