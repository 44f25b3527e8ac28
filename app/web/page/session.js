// Who is signed in. The token is kept in sessionStorage: it outlives a reload, which people do all
// the time, and ends with the tab. Memory alone would keep it from a script that was injected and
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

// What was typed into the choosers and not shown yet, for a session that ends in between.
export function draft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? null;
  } catch {
    return null;
  }
}

export function keepDraft(typed) {
  if (typed === null) sessionStorage.removeItem(DRAFT);
  else sessionStorage.setItem(DRAFT, JSON.stringify(typed));
}
