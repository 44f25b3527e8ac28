// How figures are written. Nothing is computed here: a digit that is not shown is rounded off.

const NOT_REACHED = "not reached";
export const NONE = "–";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const upToTenth = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat("en-GB", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const significant = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 4 });
const signed = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1, signDisplay: "exceptZero" });

const isNone = (value) => value === null || value === undefined;

export const count = (value) => (isNone(value) ? NONE : whole.format(value));
export const days = (value) => (isNone(value) ? NONE : upToTenth.format(value));
export const months = (value) => (isNone(value) ? NOT_REACHED : tenth.format(value));
export const measured = (value) => (isNone(value) ? NONE : significant.format(value));
export const change = (value) => (isNone(value) ? NONE : `${signed.format(value)} %`);
export const percent = (value) => (isNone(value) ? NONE : `${tenth.format(value)} %`);
// Of a part of one, as the tables of safety give it.
export const fraction = (value) => (isNone(value) ? NONE : share.format(value).replace("%", " %"));

export function between(lower, upper, write, absent = NONE) {
  if (isNone(lower) && isNone(upper)) return absent;
  return `${isNone(lower) ? absent : write(lower)} to ${isNone(upper) ? absent : write(upper)}`;
}

// How many of something, in words that agree: "1 event", "0 events".
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

// A measured value as it was sent, with its comparator and unit.
export function quantity({ value, comparator, unit: code }) {
  if (isNone(value)) return NONE;
  return `${comparator ?? ""}${value} ${unit(code ?? "")}`.trim();
}

// A unit as people write it; UCUM puts what is counted into braces.
export function unit(code) {
  return code
    .replaceAll("(24.h)", "24 h")
    .replaceAll(/[{}]/g, "")
    .replaceAll(/10\*(\d+)/g, "10^$1")
    .replace(/\bu(?=[gLl]\b)/g, "µ")
    .replace(/\.d$/, "·d");
}

// What a value can be, written by the service as "[0.83, 0.83]" or "[0, 5)".
export function interval(text) {
  const [, open, low, high, close] = /^([[(])(.*), (.*)([\])])$/.exec(text ?? "") ?? [];
  if (open === undefined) return text ?? NONE;
  if (low === high) return low;
  if (low === "" || low.includes("inf")) return `${close === ")" ? "below" : "up to"} ${high}`;
  if (high === "" || high.includes("inf")) return `${open === "(" ? "above" : "from"} ${low}`;
  return `${open === "(" ? "above " : ""}${low} to ${close === ")" ? "below " : ""}${high}`;
}

// x of N.
export function of({ x, N, n }) {
  return `${count(x)} / ${count(N ?? n)}`;
}

export function proportion({ percent: given, estimate }) {
  return isNone(given) ? fraction(estimate) : percent(given);
}

export function limits({ percent: given, lower, upper }) {
  return between(lower, upper, isNone(given) ? fraction : percent);
}

export function median({ estimate_months: middle, lower_months: low, upper_months: high, withheld }) {
  if (withheld) return `not given: ${withheld}`;
  const limits =
    isNone(low) && isNone(high) ? "limits not reached" : between(low, high, months, NOT_REACHED);
  return `${months(middle)} (${limits})`;
}

export function range({ median: middle, minimum, min, maximum, max }) {
  if (isNone(middle)) return NONE;
  return `${days(middle)} (${days(minimum ?? min)} to ${days(maximum ?? max)})`;
}

// A date as it was sent, with its clock and offset where it has them: only the service knows the
// time zone of the centre, and so the day of a moment.
export function written(date) {
  return date ? date.replace("T", " ") : NONE;
}
