// Who is signed in. The token is kept in sessionStorage: it outlives a reload, which people do all
// the time, and ends with the tab; another tab of this origin gets it while one is open (tabs.js),
// and nothing keeps it when the last is closed. Memory alone would keep it from a script that was injected and
// runs once; the policy of the page lets none run, and one that ran could call the service with the
// token wherever it lies. No cookie: no other site can make a request in the person's name.

const KEY = "dayzero.session";
const DRAFT = "dayzero.draft";
const WHERE = "dayzero.where";

export function token() {
  return sessionStorage.getItem(KEY);
}

export function keep(accessToken) {
  sessionStorage.setItem(KEY, accessToken);
}

export function forget() {
  sessionStorage.removeItem(KEY);
}

// Where the person was, for a link that is opened in the same tab.
export function where() {
  return sessionStorage.getItem(WHERE) ?? "";
}

export function rememberWhere(hash) {
  sessionStorage.setItem(WHERE, hash);
}

// What was typed into the choosers of one place and not shown yet, for a session that ends in
// between and for one who looks elsewhere and comes back. No other place is touched by it.
export function draft(place) {
  return drafts()[place] ?? null;
}

export function keepDraft(place, typed) {
  const kept = drafts();
  if (typed === null) delete kept[place];
  else kept[place] = typed;
  sessionStorage.setItem(DRAFT, JSON.stringify(kept));
}

export function forgetDrafts() {
  sessionStorage.removeItem(DRAFT);
}

function drafts() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
}
