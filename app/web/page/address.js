// The address holds what is shown: the view, its subject and everything that was chosen. It stands
// behind the #, which no browser sends, so that no proxy learns a subject's code from it.

export const CHOICES = ["cutoff", "as_of", "population", "centre", "response_source"];

// Those that count where no response does.
export const OF_COHORT = ["as_of", "cutoff", "population", "centre"];

// Choices of one view, which the others leave alone.
const OF_VIEWS = ["endpoint", "variant", "window", "kinetics", "severity", "analyte", "scale", "visit", "show", "search"];

export function read(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", subject = ""] = path.split("/").map(decoded);
  const asked = new URLSearchParams(query);
  const chosen = {};
  for (const name of [...CHOICES, ...OF_VIEWS]) {
    if (asked.get(name)) chosen[name] = asked.get(name);
  }
  return { view, subject, chosen };
}

export function written({ view, subject = "", chosen }) {
  const path = ["#", encodeURIComponent(view), subject && encodeURIComponent(subject)];
  const query = new URLSearchParams();
  for (const name of [...CHOICES, ...OF_VIEWS]) {
    if (chosen[name]) query.set(name, chosen[name]);
  }
  const asked = query.toString();
  return path.filter(Boolean).join("/") + (asked ? `?${asked}` : "");
}

// Another view of the same data cut: what was chosen within this view stays behind; `within` is
// chosen there.
export function elsewhere(view, chosen, subject = "", within = {}) {
  const kept = Object.fromEntries(CHOICES.map((name) => [name, chosen[name]]));
  return written({ view, subject, chosen: { ...kept, ...within } });
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
